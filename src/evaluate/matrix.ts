/** @module Rows of numbers -> a checked row-major matrix of posters by genres, as every measure reads it. */
import { onesheetError } from '../errors.ts';

/** Row-major `[rows, columns]` = `[posters, genres]`: poster r's value for genre c is `data[r * columns + c]`. */
export interface Matrix<Data extends ArrayLike<number> = Float64Array | Float32Array | Uint8Array> {
  readonly rows: number;
  readonly columns: number;
  readonly data: Data;
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

function requireShape(name: string, matrix: Matrix, yTrue: Matrix): void {
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

function requireBinary(name: string, matrix: Matrix): void {
  const { data } = matrix;
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

/** @throws {OnesheetError} OPTION_INVALID unless both are of one shape and hold only 0 and 1. */
export function requireLabels(yTrue: Matrix, yPred: Matrix): void {
  requireShape('yTrue', yTrue, yTrue);
  requireShape('yPred', yPred, yTrue);
  requireBinary('yTrue', yTrue);
  requireBinary('yPred', yPred);
}

/** @throws {OnesheetError} OPTION_INVALID unless both are of one shape, yTrue of 0 and 1, yScore finite. */
export function requireScores(yTrue: Matrix, yScore: Matrix, name = 'yScore'): void {
  requireShape('yTrue', yTrue, yTrue);
  requireShape(name, yScore, yTrue);
  requireBinary('yTrue', yTrue);
  requireFinite(name, yScore);
}

/** @throws {OnesheetError} OPTION_INVALID unless yScore also lies in [0, 1], as a probability must. */
export function requireProbabilities(yTrue: Matrix, yScore: Matrix): void {
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

/** The values of one genre, `[posters]`. */
export function columnOf(matrix: Matrix, column: number): Float64Array {
  const values = new Float64Array(matrix.rows);
  for (let r = 0; r < matrix.rows; r++) values[r] = matrix.data[r * matrix.columns + column] as number;
  return values;
}
