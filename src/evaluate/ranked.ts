/** @module Truths and scores of one binary problem -> the pairs sorted once, from which curves are read often. */
import { knownOfGenre, knownOfPoster, knownPairs, type Labels, type Matrix, valuesAt } from './matrix.ts';

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

/** Sorts the pairs that stand at `places`. */
function rank(
  yTrue: ArrayLike<number>,
  yScore: ArrayLike<number>,
  places: ArrayLike<number>,
  posterOf: (place: number) => number,
): Ranked {
  const { length } = places;
  const scores = valuesAt(yScore, places);
  const order = Uint32Array.from({ length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const ranked: Ranked = {
    poster: order.map((i) => posterOf(places[i] as number)),
    positive: Uint8Array.from(order, (i) => yTrue[places[i] as number] as number),
    closes: new Uint8Array(length),
    score: Float64Array.from(order, (i) => scores[i]!),
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
    Uint32Array.from({ length: yScore.length }, (_, i) => i),
    (i) => i,
  );
}

/** The posters by descending score of one genre, which is known of them. */
export function rankGenre(yTrue: Labels, yScore: Matrix, genre: number): Ranked {
  const { columns } = yTrue;
  return rank(yTrue.data, yScore.data, knownOfGenre(yTrue, genre), (pair) => (pair - genre) / columns);
}

/** The genres by descending score of one poster, of which they are known. */
export function rankPoster(yTrue: Labels, yScore: Matrix, poster: number): Ranked {
  return rank(yTrue.data, yScore.data, knownOfPoster(yTrue, poster), () => poster);
}

/** All known poster-genre pairs by descending score, as `micro` reads them. */
export function rankPairs(yTrue: Labels, yScore: Matrix): Ranked {
  const { columns } = yTrue;
  return rank(yTrue.data, yScore.data, knownPairs(yTrue), (pair) => Math.floor(pair / columns));
}

/** Average precision, `sum_n (R_n - R_(n-1)) P_n` over distinct scores; 0 without positives, NaN without pairs. */
export function averagePrecisionOf(ranked: Ranked, counts: Counts): number {
  const { poster, positive, closes } = ranked;
  let hits = 0;
  let seen = 0;
  let newHits = 0;
  let area = 0;
  for (let i = 0; i < poster.length; i++) {
    const count = counts[poster[i]!];
    seen += count!;
    if (positive[i] === 1) newHits += count!;
    if (closes[i] === 1 && newHits > 0) {
      hits += newHits;
      area += newHits * (hits / seen);
      newHits = 0;
    }
  }
  if (seen === 0) return Number.NaN;
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
    const count = counts[poster[i]!];
    if (positive[i] === 1) newHits += count!;
    else newMisses += count!;
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
