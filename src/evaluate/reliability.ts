/** @module Labels and probabilities -> how far they can be believed: calibration error, reliability bins, Brier score, log loss. */
import { onesheetError } from '../errors.ts';
import { type Averaged, mean, weightedMean } from './average.ts';
import {
  knownByPoster,
  knownOfGenre,
  knownOfPoster,
  knownPairs,
  type Labels,
  type Matrix,
  requireProbabilities,
  valuesAt,
} from './matrix.ts';

export interface BinOptions {
  /**
   * How many bins part the probabilities.
   *
   * @default 15, as in Guo et al. 2017
   */
  readonly bins?: number;
  /**
   * `uniform`: bins of equal width; `quantile`: bins of about equally many pairs, which is fairer when most
   * probabilities are small.
   *
   * @default 'uniform'
   */
  readonly strategy?: 'uniform' | 'quantile';
}

/** The known poster-genre pairs whose probability lies in (low, high]; the first bin also holds its low. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  /** How many pairs lie in the bin; never 0, empty bins are left out. */
  readonly count: number;
  /** The mean probability that was predicted. */
  readonly meanProbability: number;
  /** How often it was true; equal to `meanProbability` when calibrated. */
  readonly positiveRate: number;
}

/** `bins + 1` edges; quantiles are interpolated linearly between the sorted probabilities. */
function edgesOf(probabilities: ArrayLike<number>, bins: number, strategy: 'uniform' | 'quantile'): number[] {
  const fractions = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? 1 : i * (1 / bins)));
  if (strategy === 'uniform') return fractions;
  const sorted = Float64Array.from(probabilities).sort();
  return fractions.map((fraction) => {
    const position = fraction * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
  });
}

/** The bin of a probability: how many inner edges lie below it. */
function binOf(probability: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle + 1]! < probability) low = middle + 1;
    else high = middle;
  }
  return low;
}

function binsOf(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { bins = 15, strategy = 'uniform' }: BinOptions,
): ReliabilityBin[] {
  if (!Number.isInteger(bins) || bins < 1)
    throw onesheetError('OPTION_INVALID', 'bins', 'a positive integer', String(bins));
  const edges = edgesOf(probabilities, bins, strategy);
  const counts = new Float64Array(bins);
  const probabilitySums = new Float64Array(bins);
  const positives = new Float64Array(bins);
  for (let i = 0; i < truth.length; i++) {
    const bin = binOf(probabilities[i]!, edges);
    counts[bin]!++;
    probabilitySums[bin]! += probabilities[i]!;
    positives[bin]! += truth[i]!;
  }
  return Array.from(counts, (count, i) => ({
    low: edges[i]!,
    high: edges[i + 1]!,
    count,
    meanProbability: probabilitySums[i]! / count,
    positiveRate: positives[i]! / count,
  })).filter(({ count }) => count > 0);
}

/** NaN without pairs. */
function errorOf(bins: readonly ReliabilityBin[], pairs: number): number {
  if (pairs === 0) return Number.NaN;
  return bins.reduce(
    (sum, bin) => sum + (bin.count / pairs) * Math.abs(bin.positiveRate - bin.meanProbability),
    0,
  );
}

/**
 * The bins of a reliability diagram (DeGroot & Fienberg 1983) over all known poster-genre pairs: what was predicted
 * against how often it was true. The points are those of scikit-learn's `calibration_curve`.
 *
 * yTrue: 0 or 1, yScore: probabilities in [0, 1], `[posters, genres]`.
 *
 * @example
 * const yTrue = matrixFromRows([[0, 1, 1]]);
 * const yScore = matrixFromRows([[0.2, 0.4, 0.9]]);
 * reliabilityDiagram(yTrue, yScore, { bins: 2 }).map((bin) => bin.positiveRate); // [1 / 2, 1]
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1, scores outside
 * [0, 1] or a number of bins that is not a positive integer.
 */
export function reliabilityDiagram(
  yTrue: Labels,
  yScore: Matrix,
  options: BinOptions = {},
): ReliabilityBin[] {
  requireProbabilities(yTrue, yScore);
  const pairs = knownPairs(yTrue);
  return binsOf(valuesAt(yTrue.data, pairs), valuesAt(yScore.data, pairs), options);
}

/**
 * Expected calibration error (Naeini, Cooper & Hauskrecht 2015): over the bins B of a reliability diagram,
 * `sum_B |B| / N * |mean truth in B - mean probability in B|`.
 *
 * yTrue: 0 or 1, yScore: probabilities in [0, 1], `[posters, genres]`. Range [0, 1], 0 is best.
 * `micro` (default) bins all poster-genre pairs together, `none` gives one error a genre over that genre's own
 * bins, `macro` their mean. No zero division: empty bins weigh nothing. With few pairs a bin the error of a
 * perfectly calibrated model is above 0, so compare only errors of equally many posters.
 *
 * @example
 * // Bins (0, 0.5] and (0.5, 1]: |1/2 - 0.3| for two pairs and |1 - 0.9| for one.
 * const yTrue = matrixFromRows([[0, 1, 1]]);
 * const yScore = matrixFromRows([[0.2, 0.4, 0.9]]);
 * expectedCalibrationError(yTrue, yScore, { bins: 2 }); // (2 / 3) * 0.2 + (1 / 3) * 0.1
 *
 * @throws {OnesheetError} OPTION_INVALID as {@link reliabilityDiagram}.
 */
export function expectedCalibrationError<A extends 'micro' | 'macro' | 'none' = 'micro'>(
  yTrue: Labels,
  yScore: Matrix,
  options: BinOptions & { readonly average?: A } = {},
): Averaged<A> {
  requireProbabilities(yTrue, yScore);
  const average: string = options.average ?? 'micro';
  const errorAt = (pairs: Uint32Array) =>
    errorOf(binsOf(valuesAt(yTrue.data, pairs), valuesAt(yScore.data, pairs), options), pairs.length);
  if (average === 'micro') return errorAt(knownPairs(yTrue)) as Averaged<A>;
  const errors = Float64Array.from({ length: yTrue.columns }, (_, genre) =>
    errorAt(knownOfGenre(yTrue, genre)),
  );
  return (average === 'none' ? errors : mean(errors)) as Averaged<A>;
}

/**
 * The mean squared distance of the probabilities from the truth, over all known poster-genre pairs (Brier 1950).
 *
 * yTrue: 0 or 1, yScore: probabilities in [0, 1], `[posters, genres]`. Range [0, 1], 0 is best; a constant
 * 1/2 gives 1/4.
 *
 * @example
 * brierScoreLoss(matrixFromRows([[0, 1]]), matrixFromRows([[0.1, 0.8]])); // (0.01 + 0.04) / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1 or scores outside [0, 1].
 */
export function brierScoreLoss(yTrue: Labels, yScore: Matrix): number {
  requireProbabilities(yTrue, yScore);
  return meanOverPairs(brierByPoster(yTrue, yScore), yTrue);
}

/**
 * The binary cross-entropy, over all known poster-genre pairs: the mean of `-y ln p - (1 - y) ln (1 - p)`.
 *
 * yTrue: 0 or 1, yScore: probabilities in [0, 1], `[posters, genres]`. At least 0, 0 is best; a constant 1/2
 * gives ln 2. Probabilities are kept 2^-52 away from 0 and 1, as scikit-learn does for doubles.
 *
 * @example
 * logLoss(matrixFromRows([[0, 1]]), matrixFromRows([[0.5, 0.25]])); // (Math.log(2) + Math.log(4)) / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1 or scores outside [0, 1].
 */
export function logLoss(yTrue: Labels, yScore: Matrix): number {
  requireProbabilities(yTrue, yScore);
  return meanOverPairs(logLossByPoster(yTrue, yScore), yTrue);
}

/** The mean over known pairs of what is given as each poster's mean. */
function meanOverPairs(values: Float64Array, yTrue: Labels): number {
  return yTrue.known === undefined ? mean(values) : weightedMean(values, knownByPoster(yTrue))!;
}

/** The Brier score of each poster over its known genres, `[posters]`; NaN for a poster without any. */
export function brierByPoster(yTrue: Labels, yScore: Matrix): Float64Array {
  return lossByPoster(yTrue, yScore, (truth, probability) => (truth - probability) ** 2);
}

/** The log loss of each poster over its known genres, `[posters]`; NaN for a poster without any. */
export function logLossByPoster(yTrue: Labels, yScore: Matrix): Float64Array {
  return lossByPoster(yTrue, yScore, (truth, probability) => {
    const clipped = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability));
    return -Math.log(truth === 1 ? clipped : 1 - clipped);
  });
}

function lossByPoster(
  yTrue: Labels,
  yScore: Matrix,
  loss: (truth: number, probability: number) => number,
): Float64Array {
  return Float64Array.from({ length: yTrue.rows }, (_, r) => {
    const pairs = knownOfPoster(yTrue, r);
    if (pairs.length === 0) return Number.NaN;
    return pairs.reduce((sum, i) => sum + loss(yTrue.data[i]!, yScore.data[i]!) / pairs.length, 0);
  });
}
