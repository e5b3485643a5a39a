/** @module Logits of the validation posters -> the measures of one epoch. */
import {
  averagePrecisionScore,
  decide,
  f1Score,
  type Labels,
  precisionScore,
  recallScore,
} from '../evaluate/index.ts';
import { type ValidationMeasures, validationMeasureNames, validationRow } from '../run/index.ts';

/** Probabilities [rows, genres] of logits: each by itself, or competing in each row. */
export function probabilitiesOf(
  logits: Float32Array,
  genres: number,
  activation: 'sigmoid' | 'softmax',
): Float64Array {
  const values = Float64Array.from(logits, (z) => (activation === 'sigmoid' ? 1 / (1 + Math.exp(-z)) : z));
  if (activation === 'sigmoid') return values;
  for (let start = 0; start < values.length; start += genres) {
    const row = values.subarray(start, start + genres);
    const highest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let total = 0;
    for (let i = 0; i < genres; i++) total += row[i] = Math.exp(row[i]! - highest);
    for (let i = 0; i < genres; i++) row[i]! /= total;
  }
  return values;
}

/** The labels of some posters, and what is known of them, [rows, genres]. */
export function labelsOfRows(
  {
    labels,
    known,
    genres,
  }: { readonly labels: Uint8Array; readonly known?: Uint8Array; readonly genres: number },
  rows: readonly number[],
): Labels<Uint8Array> {
  const chosen = (values: Uint8Array): Uint8Array => {
    const matrix = new Uint8Array(rows.length * genres);
    rows.forEach((row, i) => {
      matrix.set(values.subarray(row * genres, (row + 1) * genres), i * genres);
    });
    return matrix;
  };
  return { rows: rows.length, columns: genres, data: chosen(labels), known: known && chosen(known) };
}

/** Pairs of which nothing is known are left out; without any other every measure is NaN. */
export function validationMeasures(
  logits: Float32Array,
  loss: number,
  data: {
    readonly labels: Uint8Array;
    readonly known?: Uint8Array;
    readonly genres: number;
    readonly validation: readonly number[];
  },
  activation: 'sigmoid' | 'softmax',
): ValidationMeasures {
  const yTrue = labelsOfRows(data, data.validation);
  const { rows, columns, known } = yTrue;
  if (rows === 0 || known?.includes(1) === false)
    return Object.fromEntries(validationMeasureNames.map((name) => [name, Number.NaN])) as ValidationMeasures;
  const yScore = { rows, columns, data: probabilitiesOf(logits, columns, activation) };
  const yPred = decide(yScore, Array<number>(columns).fill(0.5));
  return validationRow(loss, {
    microPrecision: precisionScore(yTrue, yPred, { average: 'micro' }),
    microRecall: recallScore(yTrue, yPred, { average: 'micro' }),
    microF1: f1Score(yTrue, yPred, { average: 'micro' }),
    microAveragePrecision: averagePrecisionScore(yTrue, yScore, { average: 'micro' }),
    macroPrecision: precisionScore(yTrue, yPred, { average: 'macro' }),
    macroRecall: recallScore(yTrue, yPred, { average: 'macro' }),
    macroF1: f1Score(yTrue, yPred, { average: 'macro' }),
    macroAveragePrecision: averagePrecisionScore(yTrue, yScore, { average: 'macro' }),
  });
}
