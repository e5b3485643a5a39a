/** @module Counted features with labels -> a linear model of what each says of every genre, and its logits. */
import type { Random } from '../random.ts';
import { bucketCount, type TextCounts } from './features.ts';

/** Logits of genres from the text of a poster. */
export interface LinearModel {
  /** The buckets that it knows, rising, and their inverse document frequencies; both `[features]`. */
  readonly buckets: Int32Array;
  readonly rarity: Float32Array;
  /** `[features, genres]` */
  readonly weights: Float32Array;
  /** Logit of each genre for a poster without text, `[genres]`. */
  readonly bias: Float32Array;
}

/** Features of a text that the model knows: their places in it and their weight, of length 1 for words and for letters. */
interface Row {
  readonly features: readonly number[];
  readonly values: readonly number[];
}

/** A feature that stands on fewer posters says nothing of others. */
const leastPosters = 2;

function placesOf(buckets: Int32Array): Map<number, number> {
  const places = new Map<number, number>();
  for (let place = 0; place < buckets.length; place++) places.set(buckets[place]!, place);
  return places;
}

/** Logarithmic term frequency times inverse document frequency, normalized (Salton & Buckley 1988). */
function rowOf(text: TextCounts, places: ReadonlyMap<number, number>, rarity: ArrayLike<number>): Row {
  const features: number[] = [];
  const values: number[] = [];
  for (const counts of [text.words, text.letters]) {
    const start = values.length;
    for (const [bucket, n] of counts) {
      const place = places.get(bucket);
      if (place === undefined) continue;
      features.push(place);
      values.push((1 + Math.log(n)) * rarity[place]!);
    }
    const norm = Math.hypot(...values.slice(start));
    for (let i = start; i < values.length; i++) values[i]! /= norm;
  }
  return { features, values };
}

function logitsOf(row: Row, weights: Float32Array, bias: ArrayLike<number>): Float64Array {
  const logits = Float64Array.from(bias);
  row.features.forEach((feature, i) => {
    for (let g = 0, at = feature * logits.length; g < logits.length; g++, at++)
      logits[g]! += weights[at]! * row.values[i]!;
  });
  return logits;
}

/**
 * Logistic regression of every genre by stochastic gradients with a rate for each weight (AdaGrad, Duchi et al. 2011).
 * The same generator gives the same bits.
 *
 * @param texts of the posters to learn from
 * @param labels 0 or 1, one row of genres a poster; every genre has posters that are known to be with and without it
 * @param known 0 where nothing is known of a label, which then teaches nothing; by default everything is
 */
export function trainLinear(
  texts: readonly TextCounts[],
  labels: readonly ArrayLike<number>[],
  random: Random,
  known?: readonly ArrayLike<number>[],
): LinearModel {
  const [epochs, rate, decay] = [12, 0.05, 3e-4];
  const posters = new Uint32Array(bucketCount);
  for (const { words, letters } of texts)
    for (const bucket of new Set([...words.keys(), ...letters.keys()])) posters[bucket]! += 1;
  const buckets = Int32Array.from(posters.keys()).filter((bucket) => posters[bucket]! >= leastPosters);
  const rarity = Float32Array.from(buckets, (b) => Math.log((1 + texts.length) / (1 + posters[b]!)) + 1);
  const places = placesOf(buckets);
  const rows = texts.map((text) => rowOf(text, places, rarity));
  const genres = labels[0]!.length;
  const bias = Float32Array.from({ length: genres }, (_, g) => {
    const judged = labels.filter((_, poster) => known?.[poster]?.[g] !== 0);
    const share = judged.filter((row) => row[g] === 1).length / judged.length;
    return Math.log(share / (1 - share));
  });
  const weights = new Float32Array(buckets.length * genres);
  const squares = new Float32Array(weights.length).fill(1e-8);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const poster of random.split(epoch).shuffle([...rows.keys()])) {
      const row = rows[poster]!;
      const errors = logitsOf(row, weights, bias).map(
        (logit, g) => 1 / (1 + Math.exp(-logit)) - labels[poster]![g]!,
      );
      row.features.forEach((feature, i) => {
        for (let g = 0, at = feature * genres; g < genres; g++, at++) {
          if (known?.[poster]?.[g] === 0) continue;
          const gradient = errors[g]! * row.values[i]! + decay * weights[at]!;
          squares[at]! += gradient * gradient;
          weights[at]! -= (rate * gradient) / Math.sqrt(squares[at]!);
        }
      });
    }
  }
  return { buckets, rarity, weights, bias };
}

/** Logits of texts, `[genres]` each, as a model sees them. */
export function linearLogits(model: LinearModel): (text: TextCounts) => Float64Array {
  const places = placesOf(model.buckets);
  return (text) => logitsOf(rowOf(text, places, model.rarity), model.weights, model.bias);
}
