/** @module Labels and decisions -> precision, recall, F-beta, Jaccard, Hamming loss and subset accuracy. */
import { onesheetError } from '../errors.ts';
import { type Average, type Averaged, mean, weightedMean } from './average.ts';
import { confusionOf, ratio } from './confusion.ts';
import { knownOfPoster, knownPairs, type Labels, type Matrix, requireLabels } from './matrix.ts';

export interface AverageOptions<A extends Average> {
  /** How the genres' scores become one; see {@link Average}. */
  readonly average: A;
  /**
   * The score where its denominator is zero, as scikit-learn's `zero_division`.
   *
   * @default 0
   */
  readonly zeroDivision?: 0 | 1;
}

interface Scores {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly fBeta: Float64Array;
}

/** (1 + b^2) P R / (b^2 P + R), the weighted harmonic mean; 0 when both are 0; recall when beta is infinite. */
function fBetaOf(precision: number, recall: number, beta: number): number {
  if (beta === Infinity) return recall;
  return ratio((1 + beta ** 2) * precision * recall, beta ** 2 * precision + recall, 0);
}

function scoreOf<A extends Average>(
  name: keyof Scores,
  yTrue: Labels,
  yPred: Matrix,
  options: AverageOptions<A>,
  beta = 1,
): Averaged<A> {
  requireLabels(yTrue, yPred);
  if (!(beta >= 0)) throw onesheetError('OPTION_INVALID', 'beta', 'a number of at least 0', String(beta));
  const zeroDivision = options.zeroDivision ?? 0;
  const { truePositives, predicted, support, known } = confusionOf(yTrue, yPred, options.average);
  const share = (hits: number, of: number, i: number) =>
    known[i] === 0 ? Number.NaN : ratio(hits, of, zeroDivision);
  const precision = truePositives.map((hits, i) => share(hits, predicted[i]!, i));
  const recall = truePositives.map((hits, i) => share(hits, support[i]!, i));
  const fBeta = precision.map((value, i) => fBetaOf(value, recall[i]!, beta));
  const scores: Scores = { precision, recall, fBeta };

  if (options.average === 'none') return scores[name] as Averaged<A>;
  if (options.average !== 'weighted') return mean(scores[name]) as Averaged<A>;
  // Without any positive, scikit-learn calls precision and F-beta undefined only if nothing was predicted.
  const undefinedScore = name === 'recall' || predicted.every((count) => count === 0) ? zeroDivision : 0;
  return (weightedMean(scores[name], support) ?? undefinedScore) as Averaged<A>;
}

/**
 * Of the genres that were proposed, how many are true: `tp / (tp + fp)`.
 *
 * yTrue and yPred: 0 or 1, `[posters, genres]`. Range [0, 1], 1 is best.
 * Zero division: a genre (poster, for `samples`) for which nothing was predicted scores `zeroDivision`.
 *
 * @example
 * // Drama is proposed twice and right once; War is proposed once and right.
 * const yTrue = matrixFromRows([[1, 1], [0, 0]]);
 * const yPred = matrixFromRows([[1, 1], [1, 0]]);
 * precisionScore(yTrue, yPred, { average: 'macro' }); // (1 / 2 + 1 / 1) / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for matrices of different shapes or values other than 0 and 1.
 */
export function precisionScore<A extends Average>(
  yTrue: Labels,
  yPred: Matrix,
  options: AverageOptions<A>,
): Averaged<A> {
  return scoreOf('precision', yTrue, yPred, options);
}

/**
 * Of the genres that are true, how many were proposed: `tp / (tp + fn)`.
 *
 * yTrue and yPred: 0 or 1, `[posters, genres]`. Range [0, 1], 1 is best.
 * Zero division: a genre (poster, for `samples`) without positives scores `zeroDivision`.
 *
 * @example
 * // Three genres are true over both posters, two of them were proposed.
 * const yTrue = matrixFromRows([[1, 1], [1, 0]]);
 * const yPred = matrixFromRows([[1, 0], [1, 1]]);
 * recallScore(yTrue, yPred, { average: 'micro' }); // 2 / 3
 *
 * @throws {OnesheetError} OPTION_INVALID for matrices of different shapes or values other than 0 and 1.
 */
export function recallScore<A extends Average>(
  yTrue: Labels,
  yPred: Matrix,
  options: AverageOptions<A>,
): Averaged<A> {
  return scoreOf('recall', yTrue, yPred, options);
}

/**
 * The harmonic mean of precision P and recall R in which recall weighs `beta` times as much:
 * `(1 + beta^2) P R / (beta^2 P + R)`.
 *
 * yTrue and yPred: 0 or 1, `[posters, genres]`. `beta` >= 0; 0 is precision, Infinity is recall.
 * Range [0, 1], 1 is best. Macro F is the mean of the genres' F, not the F of the mean precision and recall.
 * Zero division: P and R are replaced first, as in scikit-learn 1.2, so with `zeroDivision: 1` a genre
 * scores 1 only when it is neither true nor predicted.
 *
 * @example
 * // P = 1 / 2 and R = 1: (1 + 4) * 1/2 * 1 / (4 * 1/2 + 1)
 * const yTrue = matrixFromRows([[1], [0]]);
 * const yPred = matrixFromRows([[1], [1]]);
 * fBetaScore(yTrue, yPred, { average: 'macro', beta: 2 }); // 2.5 / 3
 *
 * @throws {OnesheetError} OPTION_INVALID for a negative beta, different shapes or values other than 0 and 1.
 */
export function fBetaScore<A extends Average>(
  yTrue: Labels,
  yPred: Matrix,
  options: AverageOptions<A> & { readonly beta: number },
): Averaged<A> {
  return scoreOf('fBeta', yTrue, yPred, options, options.beta);
}

/**
 * The harmonic mean of precision and recall: `2 P R / (P + R) = 2 tp / (2 tp + fp + fn)`.
 *
 * yTrue and yPred: 0 or 1, `[posters, genres]`. Range [0, 1], 1 is best.
 * Zero division: see {@link fBetaScore}.
 *
 * @example
 * // The first genre has P = 1/2, R = 1; the second is never proposed.
 * const yTrue = matrixFromRows([[1, 1], [0, 0]]);
 * const yPred = matrixFromRows([[1, 0], [1, 0]]);
 * f1Score(yTrue, yPred, { average: 'none' }); // [2 / 3, 0]
 *
 * @throws {OnesheetError} OPTION_INVALID for matrices of different shapes or values other than 0 and 1.
 */
export function f1Score<A extends Average>(
  yTrue: Labels,
  yPred: Matrix,
  options: AverageOptions<A>,
): Averaged<A> {
  return scoreOf('fBeta', yTrue, yPred, options);
}

/**
 * The overlap of the proposed and the true genres: `tp / (tp + fp + fn)`.
 *
 * yTrue and yPred: 0 or 1, `[posters, genres]`. Range [0, 1], 1 is best.
 * Zero division: a genre (poster, for `samples`) neither true nor predicted scores `zeroDivision`;
 * `weighted` without any positive falls back to the unweighted mean, as in scikit-learn.
 *
 * @example
 * // The posters' sets overlap in 1 of 2 and in 1 of 1 genres.
 * const yTrue = matrixFromRows([[1, 1], [1, 0]]);
 * const yPred = matrixFromRows([[1, 0], [1, 0]]);
 * jaccardScore(yTrue, yPred, { average: 'samples' }); // (1 / 2 + 1) / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for matrices of different shapes or values other than 0 and 1.
 */
export function jaccardScore<A extends Average>(
  yTrue: Labels,
  yPred: Matrix,
  options: AverageOptions<A>,
): Averaged<A> {
  requireLabels(yTrue, yPred);
  const { truePositives, predicted, support, known } = confusionOf(yTrue, yPred, options.average);
  const scores = truePositives.map((hits, i) =>
    known[i] === 0 ? Number.NaN : ratio(hits, predicted[i]! + support[i]! - hits, options.zeroDivision ?? 0),
  );
  if (options.average === 'none') return scores as Averaged<A>;
  const weighted = options.average === 'weighted' ? weightedMean(scores, support) : undefined;
  return (weighted ?? mean(scores)) as Averaged<A>;
}

/**
 * The share of the known poster-genre pairs that are wrong: `(fp + fn) / (posters * genres)` where all are known.
 *
 * yTrue and yPred: 0 or 1, `[posters, genres]`. Range [0, 1], 0 is best. No zero division.
 *
 * @example
 * hammingLoss(matrixFromRows([[0, 1], [1, 1]]), matrixFromRows([[0, 0], [0, 0]])); // 3 / 4
 *
 * @throws {OnesheetError} OPTION_INVALID for matrices of different shapes or values other than 0 and 1.
 */
export function hammingLoss(yTrue: Labels, yPred: Matrix): number {
  requireLabels(yTrue, yPred);
  const pairs = knownPairs(yTrue);
  let wrong = 0;
  for (const pair of pairs) wrong += yTrue.data[pair] === yPred.data[pair] ? 0 : 1;
  return wrong / pairs.length;
}

/**
 * Subset accuracy: the share of posters whose whole set of genres, as far as it is known, is exactly right. Posters of
 * which nothing is known are left out.
 *
 * yTrue and yPred: 0 or 1, `[posters, genres]`. Range [0, 1], 1 is best. No zero division.
 *
 * @example
 * accuracyScore(matrixFromRows([[0, 1], [1, 1]]), matrixFromRows([[0, 1], [1, 0]])); // 1 / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for matrices of different shapes or values other than 0 and 1.
 */
export function accuracyScore(yTrue: Labels, yPred: Matrix): number {
  requireLabels(yTrue, yPred);
  const exact = Float64Array.from({ length: yTrue.rows }, (_, poster) => {
    const pairs = knownOfPoster(yTrue, poster);
    if (pairs.length === 0) return Number.NaN;
    return pairs.every((pair) => yTrue.data[pair] === yPred.data[pair]) ? 1 : 0;
  });
  return mean(exact);
}
