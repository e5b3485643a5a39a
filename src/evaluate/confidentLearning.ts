/** @module Labels and out-of-sample probabilities -> the labels that are probably missing or wrong. */
import { knownOfGenre, type Labels, type Matrix, requireProbabilities, valuesAt } from './matrix.ts';
import { logLossByPoster } from './reliability.ts';

/** A poster-genre pair whose label the model confidently contradicts. */
export interface LabelCandidate {
  /** Row and column in the matrices. */
  readonly poster: number;
  readonly genre: number;
  /** `missing`: labelled without the genre; `wrong`: labelled with it. */
  readonly kind: 'missing' | 'wrong';
  /** The model's probability of the genre. */
  readonly probability: number;
  /**
   * Probability of the other label less that of the given one, each less its threshold, which makes rare and
   * frequent genres comparable; larger is more doubtful.
   */
  readonly margin: number;
}

/** One genre's confident joint, by Northcutt, Jiang & Chuang 2021, section 3.1. */
export interface ConfidentJoint {
  /**
   * Thresholds t_0 and t_1: the mean probability of not having (having) the genre over the posters labelled
   * so; NaN where no poster is.
   */
  readonly thresholds: readonly [without: number, withGenre: number];
  /** `counts[given][believed]`: posters labelled `given` that confidently belong to `believed`. */
  readonly counts: readonly [readonly [number, number], readonly [number, number]];
  /**
   * Estimated share of posters whose label is missing (given 0, true 1) and wrong (given 1, true 0); null when it
   * cannot be estimated. Only a good model estimates them: a weak one's own errors are counted too.
   */
  readonly missingRate: number | null;
  readonly wrongRate: number | null;
}

export interface LabelErrors {
  /** One a genre, in the order of the columns. */
  readonly joints: readonly ConfidentJoint[];
  /** All candidates, the most doubtful first. */
  readonly candidates: readonly LabelCandidate[];
}

function meanWhere(values: Float64Array, labels: Float64Array, label: 0 | 1): number {
  let [sum, posters] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (labels[i] !== label) continue;
    sum += label === 1 ? values[i]! : 1 - values[i]!;
    posters += 1;
  }
  return sum / posters;
}

/** The label that a poster confidently belongs to: above its threshold, the likelier if both are. */
function believedLabel(p: number, [without, withGenre]: ConfidentJoint['thresholds']): 0 | 1 | undefined {
  const [isWithout, isWith] = [1 - p >= without, p >= withGenre];
  if (isWithout && isWith) return p > 0.5 ? 1 : 0;
  return isWith ? 1 : isWithout ? 0 : undefined;
}

/** Eq. 3 of the paper for two labels: rows of the joint scaled to the given labels' counts, then to a sum of 1. */
function errorRates(counts: ConfidentJoint['counts'], given: readonly [number, number]) {
  const rows = counts.map((row, label) => {
    const sum = row[0] + row[1];
    return sum === 0 ? undefined : row.map((entry) => (entry / sum) * given[label]!);
  });
  const [without, withGenre] = rows;
  if (!without || !withGenre) return { missingRate: null, wrongRate: null };
  const all = given[0] + given[1];
  return { missingRate: without[1]! / all, wrongRate: withGenre[0]! / all };
}

/**
 * Confident learning (Northcutt, Jiang & Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset
 * Labels"), each genre taken as a problem of two labels: a poster is a candidate when its probability of the
 * other label reaches the mean of that probability over the posters that carry it (the off-diagonal of the
 * confident joint). They are ranked by the margin of the two probabilities, from each of which its threshold is
 * subtracted: otherwise the labels of rare genres, which no poster makes likely, would seem the most doubtful.
 *
 * It rests on the probabilities: they must come from a model that did not learn from these posters, and a weak
 * model contradicts right labels too. So candidates are posters to look at, not errors that are proved. A
 * genre that all or none of the posters carry has no candidates, and a pair of which nothing is known is none: there is no
 * label to doubt.
 *
 * yTrue: 0 or 1, yScore: calibrated out-of-sample probabilities in [0, 1], `[posters, genres]`.
 *
 * @example
 * // Labelled without: 0.1, 0.9; with: 0.8, 0.6. t_0 = 0.5, t_1 = 0.7: the second is probably missing its label.
 * const errors = findLabelErrors(matrixFromRows([[0], [0], [1], [1]]), matrixFromRows([[0.1], [0.9], [0.8], [0.6]]));
 * errors.candidates.map(({ poster }) => poster); // [1]
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1 or scores outside [0, 1].
 */
export function findLabelErrors(yTrue: Labels, yScore: Matrix): LabelErrors {
  requireProbabilities(yTrue, yScore);
  const candidates: LabelCandidate[] = [];
  const joints = Array.from({ length: yTrue.columns }, (_, genre): ConfidentJoint => {
    const pairs = knownOfGenre(yTrue, genre);
    const [labels, values] = [valuesAt(yTrue.data, pairs), valuesAt(yScore.data, pairs)];
    const thresholds = [meanWhere(values, labels, 0), meanWhere(values, labels, 1)] as const;
    const counts: [[number, number], [number, number]] = [
      [0, 0],
      [0, 0],
    ];
    const given: [number, number] = [0, 0];
    for (let i = 0; i < pairs.length; i++) {
      const label = labels[i] as 0 | 1;
      given[label] += 1;
      const probability = values[i]!;
      const believed = believedLabel(probability, thresholds);
      if (believed === undefined) continue;
      counts[label][believed] += 1;
      if (believed === label) continue;
      const towardsWith = 2 * probability - 1 - (thresholds[1] - thresholds[0]);
      const margin = believed === 1 ? towardsWith : -towardsWith;
      const poster = (pairs[i]! - genre) / yTrue.columns;
      candidates.push({ poster, genre, kind: believed === 1 ? 'missing' : 'wrong', probability, margin });
    }
    return { thresholds, counts, ...errorRates(counts, given) };
  });
  candidates.sort((a, b) => b.margin - a.margin || a.poster - b.poster || a.genre - b.genre);
  return { joints, candidates };
}

/**
 * The posters by their log loss, the worst first, equal losses in their order. Posters of which nothing is known are
 * left out.
 *
 * yTrue: 0 or 1, yScore: probabilities in [0, 1], `[posters, genres]`.
 *
 * @example
 * const worst = postersByLoss(matrixFromRows([[1], [0]]), matrixFromRows([[0.5], [0.9]]));
 * worst.map(({ poster }) => poster); // [1, 0]
 *
 * @throws {OnesheetError} OPTION_INVALID as {@link findLabelErrors}.
 */
export function postersByLoss(yTrue: Labels, yScore: Matrix): { poster: number; loss: number }[] {
  requireProbabilities(yTrue, yScore);
  return Array.from(logLossByPoster(yTrue, yScore), (loss, poster) => ({ poster, loss }))
    .filter(({ loss }) => !Number.isNaN(loss))
    .sort((a, b) => b.loss - a.loss || a.poster - b.poster);
}
