/** @module A score for each genre, each poster or all pairs at once -> the average that was asked for. */

/**
 * How the scores of genres become one, in scikit-learn's words:
 *
 * - `micro`: all poster-genre pairs are counted as one problem, so frequent genres weigh more;
 * - `macro`: the unweighted mean over genres, so a rare genre weighs as much as a common one;
 * - `weighted`: the mean over genres weighted by support (how many posters truly have the genre);
 * - `samples`: each poster is scored over its genres, and the mean over posters is taken;
 * - `none`: no average: one score a genre.
 *
 * Pairs of which nothing is known are left out. A genre (a poster, for `samples`) without any known pair has no score:
 * `none` gives NaN for it and the averages leave it out.
 */
export type Average = 'micro' | 'macro' | 'weighted' | 'samples' | 'none';

/** `none` gives one score a genre, every other average gives a number. */
export type Averaged<A extends Average> = A extends 'none' ? Float64Array : number;

/** The mean of those `values` that are defined; NaN when none is. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  let defined = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    sum += value;
    defined++;
  }
  return sum / defined;
}

/** The mean weighted by `weights`; undefined when they sum to zero. */
export function weightedMean(values: ArrayLike<number>, weights: ArrayLike<number>): number | undefined {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue; // an undefined value of no weight must not spoil the sum
    sum += weight * (values[i] as number);
    total += weight;
  }
  return total === 0 ? undefined : sum / total;
}
