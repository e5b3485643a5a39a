/** @module Truths and scores of one binary problem -> the pairs sorted once, from which curves are read often. */
import type { Matrix } from './matrix.ts';

/**
 * How often each poster counts, `[posters]`: whole numbers, the multiplicities of a bootstrap resample.
 * A poster that counts twice is exactly a poster that stands in the data twice.
 */
export type Counts = Float64Array;

/** The pairs of one binary problem by descending score; `[pairs]` each. */
export interface Ranked {
  /** The poster of each pair. */
  readonly poster: Uint32Array;
  /** 1 where the pair is true. */
  readonly positive: Uint8Array;
  /** 1 at the last pair of each distinct score: only there can a threshold stand. */
  readonly closes: Uint8Array;
  readonly score: Float64Array;
}

/** Sorts `length` pairs; pair i has the truth `yTrue[at(i)]` and the score `yScore[at(i)]`. */
function rank(
  yTrue: ArrayLike<number>,
  yScore: ArrayLike<number>,
  length: number,
  at: (pair: number) => number,
  posterOf: (pair: number) => number,
): Ranked {
  const scores = new Float64Array(length);
  for (let i = 0; i < length; i++) scores[i] = yScore[at(i)] as number;
  const order = Uint32Array.from({ length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const ranked: Ranked = {
    poster: order.map(posterOf),
    positive: Uint8Array.from(order, (i) => yTrue[at(i)] as number),
    closes: new Uint8Array(length),
    score: Float64Array.from(order, (i) => scores[i]),
  };
  for (let i = 0; i < length; i++)
    ranked.closes[i] = i + 1 === length || ranked.score[i] !== ranked.score[i + 1] ? 1 : 0;
  return ranked;
}

/** One vector of truths and scores; each pair is its own poster. */
export function rankVector(yTrue: ArrayLike<number>, yScore: ArrayLike<number>): Ranked {
  return rank(
    yTrue,
    yScore,
    yScore.length,
    (i) => i,
    (i) => i,
  );
}

/** The posters by descending score of one genre. */
export function rankGenre(yTrue: Matrix, yScore: Matrix, genre: number): Ranked {
  const at = (poster: number) => poster * yTrue.columns + genre;
  return rank(yTrue.data, yScore.data, yTrue.rows, at, (i) => i);
}

/** The genres by descending score of one poster. */
export function rankPoster(yTrue: Matrix, yScore: Matrix, poster: number): Ranked {
  const at = (genre: number) => poster * yTrue.columns + genre;
  return rank(yTrue.data, yScore.data, yTrue.columns, at, () => poster);
}

/** All poster-genre pairs by descending score, as `micro` reads them. */
export function rankPairs(yTrue: Matrix, yScore: Matrix): Ranked {
  const { columns } = yTrue;
  return rank(
    yTrue.data,
    yScore.data,
    yTrue.data.length,
    (i) => i,
    (i) => Math.floor(i / columns),
  );
}

/** Average precision, `sum_n (R_n - R_(n-1)) P_n` over distinct scores; 0 without positives. */
export function averagePrecisionOf(ranked: Ranked, counts: Counts): number {
  const { poster, positive, closes } = ranked;
  let hits = 0;
  let seen = 0;
  let newHits = 0;
  let area = 0;
  for (let i = 0; i < poster.length; i++) {
    const count = counts[poster[i]];
    seen += count;
    if (positive[i] === 1) newHits += count;
    if (closes[i] === 1 && newHits > 0) {
      hits += newHits;
      area += newHits * (hits / seen);
      newHits = 0;
    }
  }
  return hits === 0 ? 0 : area / hits;
}

/**
 * The area under the ROC curve: the chance that a positive pair scores above a negative one, ties by half
 * (Mann & Whitney 1947); NaN without a positive or without a negative.
 */
export function rocAucOf(ranked: Ranked, counts: Counts): number {
  const { poster, positive, closes } = ranked;
  let hits = 0;
  let misses = 0;
  let newHits = 0;
  let newMisses = 0;
  let ordered = 0;
  for (let i = 0; i < poster.length; i++) {
    const count = counts[poster[i]];
    if (positive[i] === 1) newHits += count;
    else newMisses += count;
    if (closes[i] === 1) {
      ordered += newMisses * (hits + newHits / 2);
      hits += newHits;
      misses += newMisses;
      newHits = 0;
      newMisses = 0;
    }
  }
  return ordered / (hits * misses);
}

/** Every poster once: the data as they are. */
export function countOnce(posters: number): Counts {
  return new Float64Array(posters).fill(1);
}
