/** @module Posters and a model, or lines of predictions -> labels, probabilities and decisions side by side. */
import { onlyUnlearned, type Poster } from '../dataset/index.ts';
import {
  applyPolicy,
  decide,
  type Labels,
  type Matrix,
  type Policy,
  postersByLoss,
} from '../evaluate/index.ts';
import type { Classifier } from '../model/index.ts';
import { policyOf, score } from '../predict/index.ts';
import { labelsOf } from '../run/index.ts';

export interface ScoredPoster {
  readonly id: string;
  /** Genres that the model knows. */
  readonly genres: readonly string[];
  /** Genres that are known of it; absent where all are. */
  readonly known?: readonly string[];
  /** `[genres]` */
  readonly probabilities: readonly number[];
  /** Absent when the posters have been moved away. */
  readonly poster?: Poster;
}

/** Posters that the weights were not trained on. */
export interface ScoredPosters {
  readonly subset: 'validation' | 'test';
  readonly genres: readonly string[];
  readonly posters: readonly ScoredPoster[];
  readonly ids: readonly string[];
  /** `[posters, genres]` each. */
  readonly yTrue: Labels;
  readonly yScore: Matrix<Float64Array>;
  readonly yPred: Matrix;
  /** Log loss of each poster; NaN where nothing is known of it. */
  readonly losses: Float64Array;
  /** Rows of posters that have only genres that were not learned: they are measured, but nobody errs on them. */
  readonly unlearned: ReadonlySet<number>;
  /** Posters of the subset that could not be read, one sentence each. */
  readonly failed: readonly string[];
}

/** Decides by the policy, or at 1/2 with the likeliest genre as fallback. */
export function scoredOf(
  subset: ScoredPosters['subset'],
  genres: readonly string[],
  posters: readonly ScoredPoster[],
  policy: Policy | undefined,
  failed: readonly string[],
): ScoredPosters {
  const [rows, columns] = [posters.length, genres.length];
  const yTrue = labelsOf(posters, genres);
  const yScore = {
    rows,
    columns,
    data: Float64Array.from(posters.flatMap(({ probabilities }) => probabilities)),
  };
  if (rows === 0)
    return {
      subset,
      genres,
      posters,
      ids: [],
      yTrue,
      yScore,
      yPred: yTrue,
      losses: new Float64Array(0),
      unlearned: new Set(),
      failed,
    };
  const yPred = policy
    ? applyPolicy(policy, yScore)
    : decide(yScore, new Float64Array(columns).fill(0.5), { fallback: 'top-1' });
  const losses = new Float64Array(rows).fill(Number.NaN);
  const isNothing = yTrue.known?.includes(1) === false;
  for (const { poster, loss } of isNothing ? [] : postersByLoss(yTrue, yScore)) losses[poster] = loss;
  const ids = posters.map(({ id }) => id);
  const unlearned = new Set(
    [...posters.keys()].filter((row) => onlyUnlearned(posters[row]!.poster?.genres, genres)),
  );
  return { subset, genres, posters, ids, yTrue, yScore, yPred, losses, unlearned, failed };
}

/** Predicts test posters by the same path as every prediction; unreadable ones are counted and left out. */
export async function predictPosters(
  classifier: Classifier,
  posters: readonly Poster[],
  options: { readonly policy?: string; readonly onProgress: (done: number, total: number) => void },
): Promise<ScoredPosters> {
  const { genres } = classifier.model.metadata;
  const scores = await score(classifier, posters, { onProgress: options.onProgress });
  const { data } = scores.yScore;
  const scored = scores.posters.map((poster, row) => ({
    id: poster.id,
    genres: (poster.genres ?? []).filter((genre) => genres.includes(genre)),
    known: poster.known,
    probabilities: Array.from(data.subarray(row * genres.length, (row + 1) * genres.length)),
    poster,
  }));
  const failed = scores.failed.map(({ message }) => message);
  const policy = options.policy === undefined ? undefined : policyOf(classifier.model, options.policy);
  return scoredOf('test', genres, scored, policy, failed);
}
