/** @module Rows of numbers -> a checked row-major matrix of posters by genres, as every measure reads it. */
import { onesheetError } from '../errors.ts';

/** Row-major `[rows, columns]` = `[posters, genres]`: poster r's value for genre c is `data[r * columns + c]`. */
export interface Matrix<Data extends ArrayLike<number> = Float64Array | Float32Array | Uint8Array> {
  readonly rows: number;
  readonly columns: number;
  readonly data: Data;
}

/** What is true of posters: 0 or 1, `[posters, genres]`. */
export interface Labels<Data extends ArrayLike<number> = Float64Array | Float32Array | Uint8Array>
  extends Matrix<Data> {
  /**
   * Row-major `[posters, genres]`: 0 where nothing is known of the pair. Every measure leaves it out, whatever its label,
   * score and decision.
   *
   * @default everything is known
   */
  readonly known?: Uint8Array;
}

/**
 * A matrix of rows written out, one array a poster.
 *
 * @example
 * matrixFromRows([[1, 0], [0, 1]]).data; // [1, 0, 0, 1]
 *
 * @throws {OnesheetError} OPTION_INVALID when the rows are not of one length.
 */
export function matrixFromRows(rows: readonly ArrayLike<number>[]): Matrix<Float64Array> {
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, r) => {
    if (row.length !== columns)
      throw onesheetError('OPTION_INVALID', `row ${r}`, `${columns} values`, String(row.length));
    data.set(row, r * columns);
  });
  return { rows: rows.length, columns, data };
}

function shapeOf(matrix: Matrix): string {
  return `[${matrix.rows}, ${matrix.columns}]`;
}

function requireShape(name: string, matrix: Matrix, yTrue: Labels): void {
  if (matrix.rows < 1 || matrix.columns < 1)
    throw onesheetError('OPTION_INVALID', name, 'at least one poster and one genre', shapeOf(matrix));
  if (matrix.rows !== yTrue.rows || matrix.columns !== yTrue.columns)
    throw onesheetError('OPTION_INVALID', name, `the shape ${shapeOf(yTrue)} of yTrue`, shapeOf(matrix));
  if (matrix.data.length !== matrix.rows * matrix.columns)
    throw onesheetError(
      'OPTION_INVALID',
      name,
      `${matrix.rows * matrix.columns} values`,
      String(matrix.data.length),
    );
}

function requireBinary(name: string, data: ArrayLike<number>): void {
  for (let i = 0; i < data.length; i++)
    if (data[i] !== 0 && data[i] !== 1)
      throw onesheetError('OPTION_INVALID', name, 'only 0 and 1', String(data[i]));
}

/** Scores and thresholds alike: NaN has no place in an order, and infinity none in an average. */
function requireFinite(name: string, matrix: Matrix): void {
  const { data } = matrix;
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw onesheetError('OPTION_INVALID', name, 'only finite numbers', String(data[i]));
}

function requireTruth(yTrue: Labels): void {
  requireShape('yTrue', yTrue, yTrue);
  requireBinary('yTrue', yTrue.data);
  const { known, data } = yTrue;
  if (known === undefined) return;
  if (known.length !== data.length)
    throw onesheetError('OPTION_INVALID', 'yTrue.known', `${data.length} values`, String(known.length));
  requireBinary('yTrue.known', known);
  if (!known.includes(1))
    throw onesheetError(
      'OPTION_INVALID',
      'yTrue.known',
      'at least one pair of which something is known',
      'none',
    );
}

/** @throws {OnesheetError} OPTION_INVALID unless both are of one shape and hold only 0 and 1. */
export function requireLabels(yTrue: Labels, yPred: Matrix): void {
  requireTruth(yTrue);
  requireShape('yPred', yPred, yTrue);
  requireBinary('yPred', yPred.data);
}

/** @throws {OnesheetError} OPTION_INVALID unless both are of one shape, yTrue of 0 and 1, yScore finite. */
export function requireScores(yTrue: Labels, yScore: Matrix, name = 'yScore'): void {
  requireTruth(yTrue);
  requireShape(name, yScore, yTrue);
  requireFinite(name, yScore);
}

/** @throws {OnesheetError} OPTION_INVALID unless yScore also lies in [0, 1], as a probability must. */
export function requireProbabilities(yTrue: Labels, yScore: Matrix): void {
  requireScores(yTrue, yScore);
  const { data } = yScore;
  for (let i = 0; i < data.length; i++)
    if ((data[i] as number) < 0 || (data[i] as number) > 1)
      throw onesheetError('OPTION_INVALID', 'yScore', 'probabilities in [0, 1]', String(data[i]));
}

/** @throws {OnesheetError} OPTION_INVALID unless there is one value for each genre. */
export function requirePerGenre(name: string, values: ArrayLike<unknown>, columns: number): void {
  if (values.length !== columns)
    throw onesheetError(
      'OPTION_INVALID',
      name,
      `one value for each of ${columns} genres`,
      String(values.length),
    );
}

/** Where the known pairs stand in `data`, poster by poster. */
export function knownPairs(labels: Labels): Uint32Array {
  return pairsOf(labels, 0, labels.data.length, 1);
}

/** Where the posters stand in `data` of which one genre is known. */
export function knownOfGenre(labels: Labels, genre: number): Uint32Array {
  return pairsOf(labels, genre, labels.data.length, labels.columns);
}

/** Where the genres stand in `data` that are known of one poster. */
export function knownOfPoster(labels: Labels, poster: number): Uint32Array {
  const start = poster * labels.columns;
  return pairsOf(labels, start, start + labels.columns, 1);
}

function pairsOf({ known }: Labels, start: number, end: number, stride: number): Uint32Array {
  const length = Math.ceil((end - start) / stride);
  const pairs = Uint32Array.from({ length }, (_, i) => start + i * stride);
  return known ? pairs.filter((pair) => known[pair] === 1) : pairs;
}

/** How many genres are known of each poster, `[posters]`. */
export function knownByPoster(labels: Labels): Float64Array {
  const { rows, columns, known } = labels;
  if (known === undefined) return new Float64Array(rows).fill(columns);
  return Float64Array.from({ length: rows }, (_, poster) => knownOfPoster(labels, poster).length);
}

/** The values at some places. */
export function valuesAt(data: ArrayLike<number>, places: ArrayLike<number>): Float64Array {
  return Float64Array.from(places, (place) => data[place] as number);
}
