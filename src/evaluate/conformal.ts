/** @module Validation labels and probabilities, and a recall -> the threshold that keeps it, with a guarantee. */
import { onesheetError } from '../errors.ts';
import { knownByPoster, knownOfPoster, type Labels, type Matrix, requireProbabilities } from './matrix.ts';
import { never } from './thresholds.ts';

/**
 * Conformal risk control of the false-negative proportion (Angelopoulos, Bates, Fisch, Lei & Schuster 2022,
 * equation 4 and section 4.2): the greatest threshold t, one for all genres, with
 *
 * `n / (n + 1) * mean_i L_i(t) + 1 / (n + 1) <= 1 - recall`,
 *
 * where `L_i(t)` is the share of poster i's true genres whose probability lies below t (0 for a poster without
 * genres) and n the number of posters; genres of which nothing is known of a poster, and posters of which nothing is
 * known, are left out.
 *
 * **Guarantee**: for a further poster, `E[L(t)] <= 1 - recall`: on average over posters and over the draw of
 * these n, at most that share of a poster's genres is missed.
 * **Assumptions**: the n posters and the further one are exchangeable, and the probabilities were fixed before
 * these posters were looked at. Posters of another time or collection break the first; early stopping and
 * calibration on these same posters bend the second, so the recall on test posters should be reported too.
 * The guarantee says nothing about a single genre, nor about how many genres are proposed.
 *
 * One threshold on calibrated probability, rather than one a genre, since the guarantee holds for a family
 * of sets that grows along a single parameter.
 *
 * yTrue: 0 or 1, yScore: probabilities, `[posters, genres]`; 0 < recall < 1. Gives 0 (everything is proposed)
 * when n is too small for the recall: `1 / (n + 1) > 1 - recall`.
 *
 * @example
 * // n = 4: the mean share missed must be at most (0.4 * 5 - 1) / 4 = 1 / 4, so one poster of four may be missed.
 * const yTrue = matrixFromRows([[1, 0], [1, 0], [1, 0], [0, 1]]);
 * const yScore = matrixFromRows([[0.9, 0.1], [0.7, 0.1], [0.2, 0.6], [0.3, 0.5]]);
 * recallThreshold(yTrue, yScore, 0.6); // 0.5
 *
 * @throws {OnesheetError} OPTION_INVALID for a recall outside (0, 1), different shapes, labels other than 0
 * and 1 or scores outside [0, 1].
 */
export function recallThreshold(yTrue: Labels, yScore: Matrix, recall: number): number {
  if (!(recall > 0 && recall < 1))
    throw onesheetError('OPTION_INVALID', 'recall', 'a number between 0 and 1', String(recall));
  return recallThresholds(yTrue, yScore, [recall])[0]!;
}

/** {@link recallThreshold} of several recalls at once. */
export function recallThresholds(yTrue: Labels, yScore: Matrix, recalls: readonly number[]): number[] {
  requireProbabilities(yTrue, yScore);
  const { rows } = yTrue;
  const n = knownByPoster(yTrue).filter((genres) => genres > 0).length;
  const found: { probability: number; share: number }[] = [];
  let all = 0; // mean share missed above every probability
  for (let r = 0; r < rows; r++) {
    const positives = knownOfPoster(yTrue, r).filter((pair) => yTrue.data[pair] === 1);
    if (positives.length > 0) all += 1 / n;
    for (const pair of positives)
      found.push({ probability: yScore.data[pair]!, share: 1 / (positives.length * n) });
  }
  found.sort((a, b) => b.probability - a.probability);

  const tolerance = 1e-12; // sums of shares such as 1/3 carry rounding
  return recalls.map((recall) => {
    const allowed = ((1 - recall) * (n + 1) - 1) / n + tolerance;
    if (allowed < tolerance) return 0;
    let threshold = never;
    let risk = all;
    for (const { probability, share } of found) {
      if (risk <= allowed) break;
      risk -= share;
      threshold = probability;
    }
    return threshold;
  });
}
