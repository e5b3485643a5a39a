/** @module Labels and scores -> average precision, area under the ROC curve, and the precision-recall curve. */
import { onesheetError } from '../errors.ts';
import { type Average, type Averaged, mean, weightedMean } from './average.ts';
import { confusionOf } from './confusion.ts';
import { type Labels, type Matrix, matrixFromRows, requireScores } from './matrix.ts';
import {
  averagePrecisionOf,
  type Counts,
  countOnce,
  type Ranked,
  rankGenre,
  rankPairs,
  rankPoster,
  rankVector,
  rocAucOf,
} from './ranked.ts';

export interface RankingOptions<A extends Average> {
  /** How the genres' scores become one; see {@link Average}. */
  readonly average: A;
}

/** One binary problem a genre (a poster for `samples`, a single one for `micro`), each scored by `statistic`. */
function scoresOf(
  statistic: (ranked: Ranked, counts: Counts) => number,
  yTrue: Labels,
  yScore: Matrix,
  average: Average,
): Float64Array {
  requireScores(yTrue, yScore);
  const counts = countOnce(yTrue.rows);
  if (average === 'micro') return Float64Array.of(statistic(rankPairs(yTrue, yScore), counts));
  const rank = average === 'samples' ? rankPoster : rankGenre;
  const length = average === 'samples' ? yTrue.rows : yTrue.columns;
  return Float64Array.from({ length }, (_, i) => statistic(rank(yTrue, yScore, i), counts));
}

/**
 * Average precision: the precision at each distinct score weighted by the recall it adds,
 * `AP = sum_n (R_n - R_(n-1)) P_n`, without interpolation.
 *
 * yTrue: 0 or 1, yScore: finite numbers, higher is likelier, `[posters, genres]`. Range [0, 1], 1 is best;
 * a constant score gives the share of positives.
 * Zero division: a genre (poster, for `samples`) without positives scores 0, as in scikit-learn 1.2, and so
 * lowers the macro average; {@link withoutPositives} names such genres so that nobody is misled.
 *
 * @example
 * // By score: true, false, true. The first adds half the recall at P = 1, the last at P = 2/3.
 * const yTrue = matrixFromRows([[1], [0], [1]]);
 * const yScore = matrixFromRows([[0.9], [0.8], [0.3]]);
 * averagePrecisionScore(yTrue, yScore, { average: 'macro' }); // (1 / 2) * 1 + (1 / 2) * (2 / 3)
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1, or scores not finite.
 */
export function averagePrecisionScore<A extends Average>(
  yTrue: Labels,
  yScore: Matrix,
  options: RankingOptions<A>,
): Averaged<A> {
  const scores = scoresOf(averagePrecisionOf, yTrue, yScore, options.average);
  if (options.average === 'none') return scores as Averaged<A>;
  if (options.average !== 'weighted') return mean(scores) as Averaged<A>;
  return (weightedMean(scores, confusionOf(yTrue, yTrue, 'none').support) ?? 0) as Averaged<A>;
}

/**
 * The area under the ROC curve: the chance that a poster with the genre scores above one without it,
 * `(#ordered pairs + #ties / 2) / (positives * negatives)`.
 *
 * yTrue: 0 or 1, yScore: finite numbers, higher is likelier, `[posters, genres]`. Range [0, 1], 1 is best;
 * a constant score gives 1/2.
 * Zero division: a genre (poster, for `samples`) without a positive or without a negative has no area: `none`
 * gives NaN for it and the averages leave it out; NaN when none is left. scikit-learn 1.2 raises there.
 *
 * @example
 * // Two positives, one negative: one pair is ordered, one is tied.
 * const yTrue = matrixFromRows([[1], [0], [1]]);
 * const yScore = matrixFromRows([[0.9], [0.3], [0.3]]);
 * rocAucScore(yTrue, yScore, { average: 'macro' }); // 1.5 / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1, or scores not finite.
 */
export function rocAucScore<A extends Average>(
  yTrue: Labels,
  yScore: Matrix,
  options: RankingOptions<A>,
): Averaged<A> {
  const scores = scoresOf(rocAucOf, yTrue, yScore, options.average);
  if (options.average === 'none') return scores as Averaged<A>;
  const weights =
    options.average === 'weighted' ? confusionOf(yTrue, yTrue, 'none').support : scores.map(() => 1);
  const defined = weights.map((weight, i) => (Number.isNaN(scores[i]) ? 0 : weight));
  return (weightedMean(scores, defined) ?? Number.NaN) as Averaged<A>;
}

/**
 * The genres (columns) that are known of some posters and that none of them has: average precision and recall are not defined for them, and as
 * zeros they lower every macro average.
 *
 * @example
 * withoutPositives(matrixFromRows([[1, 0], [1, 0]])); // [1]
 */
export function withoutPositives(yTrue: Labels): number[] {
  const { support, known } = confusionOf(yTrue, yTrue, 'none');
  return [...support.keys()].filter((genre) => support[genre] === 0 && known[genre]! > 0);
}

export interface PrecisionRecallCurve {
  /** Precision of the decisions `score >= thresholds[i]`, then a closing 1; `[thresholds + 1]`. */
  readonly precision: Float64Array;
  /** Recall of the same, falling, then a closing 0; `[thresholds + 1]`. */
  readonly recall: Float64Array;
  /** The distinct scores, rising. */
  readonly thresholds: Float64Array;
}

/**
 * Precision and recall of one genre at each distinct score taken as threshold.
 *
 * yTrue: 0 or 1, yScore: finite numbers, `[posters]` both.
 * Zero division: without positives, recall is 1 at every threshold, as in scikit-learn.
 *
 * @example
 * precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).precision; // [1 / 2, 2 / 3, 1 / 2, 1, 1]
 *
 * @throws {OnesheetError} OPTION_INVALID for different lengths, labels other than 0 and 1, or scores not finite.
 */
export function precisionRecallCurve(
  yTrue: ArrayLike<number>,
  yScore: ArrayLike<number>,
): PrecisionRecallCurve {
  if (yTrue.length !== yScore.length)
    throw onesheetError('OPTION_INVALID', 'yScore', `${yTrue.length} values`, String(yScore.length));
  requireScores(matrixFromRows([yTrue]), matrixFromRows([yScore]));
  const ranked = rankVector(yTrue, yScore);
  const positives = ranked.positive.reduce((sum, positive) => sum + positive, 0);
  const precision = [1];
  const recall = [0];
  const thresholds: number[] = [];
  for (let i = 0, hits = 0; i < ranked.score.length; i++) {
    hits += ranked.positive[i]!;
    if (ranked.closes[i] === 0) continue;
    precision.push(hits / (i + 1));
    recall.push(positives === 0 ? 1 : hits / positives);
    thresholds.push(ranked.score[i]!);
  }
  return {
    precision: Float64Array.from(precision.reverse()),
    recall: Float64Array.from(recall.reverse()),
    thresholds: Float64Array.from(thresholds.reverse()),
  };
}
