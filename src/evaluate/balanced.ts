/** @module Probabilities and how common genres are -> thresholds at which each is decided as often as it is true. */
import type { Labels, Matrix } from './matrix.ts';
import { rankGenre } from './ranked.ts';
import { decide, likeliest, thresholdAfter } from './thresholds.ts';

/** Rounds over the genres; each fixes one genre's count given the others', and few rounds change anything. */
const maximumRounds = 20;

/**
 * One threshold a genre, `[genres]`, such that after the top-1 fallback each genre is decided for its share of these
 * posters, up to ties of the probability.
 *
 * The fallback makes the genres depend on each other: raising one threshold leaves posters without a genre,
 * and these go to their likeliest one. So the thresholds are chosen in turn: a poster that no other genre
 * claims and whose likeliest genre is g has g whatever its threshold; the rest of g's count is filled with the
 * likeliest other posters. Where the fallback alone gives g too often, its threshold is above 1.
 *
 * @param prevalence share of posters that have each genre, from 0 to 1, `[genres]`
 */
export function balancedThresholds(yTrue: Labels, yScore: Matrix, prevalence: readonly number[]): number[] {
  const { rows, columns } = yTrue;
  // Every poster will be decided, whether its label is known or not.
  const everything = { ...yTrue, known: undefined };
  const ranked = Array.from({ length: columns }, (_, genre) => rankGenre(everything, yScore, genre));
  const favourite = Uint16Array.from({ length: rows }, (_, poster) => likeliest(yScore, poster));
  const supports = prevalence.map((share) => Math.round(share * rows));
  const thresholds = ranked.map((each, genre) => thresholdAfter(each, supports[genre]!));

  for (let round = 0; round < maximumRounds; round++) {
    const before = [...thresholds];
    for (let genre = 0; genre < columns; genre++) {
      const { poster, closes } = ranked[genre]!;
      const { data } = decide(yScore, thresholds, { fallback: 'none' });
      const claimed = (row: number) => {
        for (let c = 0; c < columns; c++) if (c !== genre && data[row * columns + c] === 1) return true;
        return false;
      };
      const given = poster.map((row) => (favourite[row] === genre && !claimed(row) ? 1 : 0));
      const support = supports[genre]!;
      let count = given.reduce((sum, free) => sum + free, 0);
      let accepted = 0;
      let distance = Math.abs(count - support);
      for (let i = 0; i < rows; i++) {
        count += 1 - given[i]!;
        if (closes[i] === 0) continue;
        if (Math.abs(count - support) < distance) {
          distance = Math.abs(count - support);
          accepted = i + 1;
        }
        if (count >= support) break;
      }
      thresholds[genre] = thresholdAfter(ranked[genre]!, accepted);
    }
    if (thresholds.every((threshold, genre) => threshold === before[genre])) break;
  }
  return thresholds;
}
