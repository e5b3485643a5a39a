/** @module Thresholds and probabilities -> decisions. */
import { type Matrix, requirePerGenre } from './matrix.ts';
import type { Ranked } from './ranked.ts';

/** A threshold that no probability reaches; finite, so that it can be written as JSON. */
export const never = 2;

/** Halfway between the last score accepted and the next one below (0 after the last): neither is on the edge. */
export function thresholdAfter(ranked: Pick<Ranked, 'score'>, accepted: number): number {
  if (accepted === 0) return never;
  const below = accepted < ranked.score.length ? ranked.score[accepted] : 0;
  return (ranked.score[accepted - 1]! + below!) / 2;
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
  for (let c = 1; c < yScore.columns; c++) if (yScore.data[start + c]! > yScore.data[start + best]!) best = c;
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
      if (yScore.data[i]! < thresholds[c]!) continue;
      data[i] = 1;
      decided++;
    }
    if (decided === 0 && fallback === 'top-1') data[r * columns + likeliest(yScore, r)] = 1;
  }
  return { rows, columns, data };
}
