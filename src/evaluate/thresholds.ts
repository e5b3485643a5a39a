/** @module Validation labels and probabilities -> a threshold for each genre; thresholds and probabilities -> decisions. */
import { onesheetError } from '../errors.ts';
import { type Matrix, requirePerGenre, requireProbabilities } from './matrix.ts';
import { type Ranked, rankGenre } from './ranked.ts';

export interface ThresholdOptions {
  /** What each genre's threshold maximizes: `f1`, its own F1 and so macro F1. */
  readonly objective: 'f1';
}

/** The threshold of a genre that no validation poster has: nothing can be learned about it. */
export const defaultThreshold = 0.5;

/** A threshold that no probability reaches; finite, so that it can be written as JSON. */
export const never = 2;

/** Halfway between the last score accepted and the next one below (0 after the last): neither is on the edge. */
export function thresholdAfter(ranked: Ranked, accepted: number): number {
  if (accepted === 0) return never;
  const below = accepted < ranked.score.length ? ranked.score[accepted] : 0;
  return (ranked.score[accepted - 1] + below) / 2;
}

/**
 * One threshold a genre, `[genres]`, that maximizes its F1 on these posters; meant for validation, never for
 * the posters on which the decisions are then measured.
 *
 * yTrue: 0 or 1, yScore: probabilities in [0, 1], `[posters, genres]`. A poster gets the genre when its
 * probability is at least the threshold, which stands halfway between two probabilities that were seen. Of
 * thresholds with equal F1 the highest is taken. A genre without positives gets {@link defaultThreshold}.
 *
 * @example
 * // Accepting the two likeliest posters finds both positives: F1 = 1 from 0.3 to 0.6.
 * const yTrue = matrixFromRows([[1], [0], [1]]);
 * const yScore = matrixFromRows([[0.9], [0.3], [0.6]]);
 * chooseThresholds(yTrue, yScore, { objective: 'f1' }); // [(0.6 + 0.3) / 2]
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1, scores outside
 * [0, 1] or another objective.
 */
export function chooseThresholds(yTrue: Matrix, yScore: Matrix, options: ThresholdOptions): number[] {
  requireProbabilities(yTrue, yScore);
  if (options.objective !== 'f1')
    throw onesheetError('OPTION_INVALID', 'objective', 'f1', String(options.objective));
  return Array.from({ length: yTrue.columns }, (_, genre) => bestF1(rankGenre(yTrue, yScore, genre)));
}

function bestF1(ranked: Ranked): number {
  const positives = ranked.positive.reduce((sum, positive) => sum + positive, 0);
  if (positives === 0) return defaultThreshold;
  let best = 0;
  let accepted = 0;
  for (let i = 0, hits = 0; i < ranked.score.length; i++) {
    hits += ranked.positive[i];
    const f1 = (2 * hits) / (i + 1 + positives);
    if (ranked.closes[i] === 1 && f1 > best) [best, accepted] = [f1, i + 1];
  }
  return thresholdAfter(ranked, accepted);
}

/** What happens to a poster that reaches no threshold: its likeliest genre, or nothing. */
export type Fallback = 'top-1' | 'none';

export interface DecideOptions {
  /**
   * `top-1`: a poster that reaches no threshold gets its most probable genre, the first of equals. Not the
   * genre nearest to its threshold: low thresholds belong to rare genres, which would then be proposed to
   * the posters that say least; the most probable genre is the one most often right.
   *
   * @default 'top-1'
   */
  readonly fallback?: Fallback;
}

/** The column of the greatest score in row `row`, the first of equals. */
export function likeliest(yScore: Matrix, row: number): number {
  const start = row * yScore.columns;
  let best = 0;
  for (let c = 1; c < yScore.columns; c++) if (yScore.data[start + c] > yScore.data[start + best]) best = c;
  return best;
}

/**
 * Decisions, 0 or 1, `[posters, genres]`: 1 where the score is at least the genre's threshold.
 *
 * @example
 * // The second poster reaches no threshold and gets its likeliest genre.
 * decide(matrixFromRows([[0.6, 0.3], [0.2, 0.1]]), [0.5, 0.2]).data; // [1, 1, 1, 0]
 *
 * @throws {OnesheetError} OPTION_INVALID unless there is one threshold for each genre.
 */
export function decide(
  yScore: Matrix,
  thresholds: ArrayLike<number>,
  { fallback = 'top-1' }: DecideOptions = {},
): Matrix<Uint8Array> {
  const { rows, columns } = yScore;
  requirePerGenre('thresholds', thresholds, columns);
  const data = new Uint8Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    let decided = 0;
    for (let c = 0, i = r * columns; c < columns; c++, i++) {
      if (yScore.data[i] < thresholds[c]) continue;
      data[i] = 1;
      decided++;
    }
    if (decided === 0 && fallback === 'top-1') data[r * columns + likeliest(yScore, r)] = 1;
  }
  return { rows, columns, data };
}
