/** @module Predictions of measured, validation and cross-validated posters -> the errors worth reading. */
import {
  doubtLabels,
  highestLosses,
  type LabelDoubts,
  type LossyPoster,
  type NamedScores,
  scoresWhere,
  stackScores,
} from './posterErrors.ts';

/** Errors worth reading: the model's, and the data set's own. */
export interface PosterErrors {
  /** Of the measured posters, the worst first. */
  readonly highestLosses: readonly LossyPoster[];
  /** Labels that are probably missing or wrong; null where only posters are known that trained the weights. */
  readonly doubts: (LabelDoubts & { readonly from: DoubtSources }) | null;
}

/** How many posters were judged by predictions of which kind; none of them trained the weights behind its own. */
export interface DoubtSources {
  readonly measured: number;
  /** Of the run's `validation.jsonl`. */
  readonly validation: number;
  /** By cross-validation. */
  readonly outOfFold: number;
}

/**
 * The posters with the highest loss, and the labels that confident learning doubts. A poster of several sources is
 * judged by its cross-validated prediction, else by that of the measured model.
 *
 * @param sources `measured` posters that trained the weights have `isTrained`, and their labels are not doubted;
 * `blameless` are the ids of posters on which nobody errs, since no genre of theirs was learned
 */
export function findPosterErrors(
  genres: readonly string[],
  sources: {
    readonly measured: NamedScores;
    readonly isTrained: boolean;
    readonly validation?: NamedScores;
    readonly outOfFold?: NamedScores;
    readonly blameless?: ReadonlySet<string>;
  },
  most = 15,
): PosterErrors {
  const { isTrained, blameless = new Set() } = sources;
  const judged = (scores: NamedScores) => scoresWhere(scores, (id) => !blameless.has(id));
  const measured = judged(sources.measured);
  const [validation, outOfFold] = [sources.validation, sources.outOfFold].map((each) => each && judged(each));
  const parts = [outOfFold, isTrained ? undefined : measured, validation]
    .filter((part) => part !== undefined)
    .filter(({ ids, yTrue }) => ids.length > 0 && yTrue.known?.includes(1) !== false);
  const losses = measured.ids.length === 0 ? [] : highestLosses(measured, genres, most);
  if (parts.length === 0) return { highestLosses: losses, doubts: null };
  const stacked = stackScores(parts);
  const crossed = new Set(outOfFold?.ids);
  const own = new Set(isTrained ? [] : measured.ids);
  const from = { measured: 0, validation: 0, outOfFold: 0 };
  for (const id of stacked.ids)
    from[crossed.has(id) ? 'outOfFold' : own.has(id) ? 'measured' : 'validation'] += 1;
  return { highestLosses: losses, doubts: { from, ...doubtLabels(stacked, genres, most) } };
}
