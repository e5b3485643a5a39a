/** @module Training frequencies and labels -> the measures that four answers reach without looking at a poster. */
import { onesheetError } from '../errors.ts';
import { type Labels, type Matrix, requirePerGenre } from './matrix.ts';
import { computeMeasures, type Measured } from './measures.ts';
import { decide } from './thresholds.ts';

/**
 * Answers that no picture is needed for; a model is worth what it gains over the best of them, measure by
 * measure.
 *
 * - `prior`: each genre's training frequency as its probability, for every poster. Decided at 1/2 with the
 *   top-1 fallback: usually the one most common genre. Its average precision is what chance gives.
 * - `mostCommon`: probability 1 for the most common training genres, as many as a training poster has on
 *   average ({@link mostCommonGenres}), 0 for the others.
 * - `allZero`: probability 0 and no genre for every poster; the floor of Hamming loss.
 * - `allOne`: probability 1 and every genre for every poster; the floor of recall and often of F1.
 */
export const floorNames = ['prior', 'mostCommon', 'allZero', 'allOne'] as const;

export type FloorName = (typeof floorNames)[number];

/**
 * The columns of the most common genres, as many as a poster has on average (rounded, at least one), most
 * common first, the first of equals.
 *
 * @example
 * // 0.9 + 0.2 + 0.6 = 1.7 genres a poster, so the two most common.
 * mostCommonGenres([0.9, 0.2, 0.6]); // [0, 2]
 */
export function mostCommonGenres(trainPrevalence: readonly number[]): number[] {
  const genresPerPoster = trainPrevalence.reduce((sum, prevalence) => sum + prevalence, 0);
  return [...trainPrevalence.keys()]
    .sort((a, b) => trainPrevalence[b]! - trainPrevalence[a]!)
    .slice(0, Math.max(1, Math.round(genresPerPoster)));
}

/** The same row for every poster. */
function repeated(row: ArrayLike<number>, rows: number): Matrix<Float64Array> {
  const data = new Float64Array(rows * row.length);
  for (let r = 0; r < rows; r++) data.set(row, r * row.length);
  return { rows, columns: row.length, data };
}

/**
 * Each floor's measures on these posters, the same measures as the model's.
 *
 * @param trainPrevalence the share of training posters with each genre, of those of which it is known, in [0, 1],
 * `[genres]`. Training, so
 * that the floors know no more about these posters than the model does.
 * @param yTrue 0 or 1, `[posters, genres]`.
 *
 * @throws {OnesheetError} OPTION_INVALID unless there is a frequency in [0, 1] for each genre.
 */
export function floors(trainPrevalence: readonly number[], yTrue: Labels): Record<FloorName, Measured> {
  const { rows, columns } = yTrue;
  requirePerGenre('trainPrevalence', trainPrevalence, columns);
  const outside = trainPrevalence.find((prevalence) => !(prevalence >= 0 && prevalence <= 1));
  if (outside !== undefined)
    throw onesheetError('OPTION_INVALID', 'trainPrevalence', 'shares in [0, 1]', String(outside));
  const prior = repeated(trainPrevalence, rows);
  const common = mostCommonGenres(trainPrevalence);
  const constant = (row: ArrayLike<number>) => {
    const answer = repeated(row, rows);
    return computeMeasures(yTrue, answer, answer);
  };
  return {
    prior: computeMeasures(
      yTrue,
      prior,
      decide(prior, new Float64Array(columns).fill(0.5), { fallback: 'top-1' }),
    ),
    mostCommon: constant(trainPrevalence.map((_, genre) => (common.includes(genre) ? 1 : 0))),
    allZero: constant(new Float64Array(columns)),
    allOne: constant(new Float64Array(columns).fill(1)),
  };
}
