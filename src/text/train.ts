/** @module Counted features with labels -> a linear model of what each says of every genre. */
import type { TextCounts } from './features.ts';
import { type FeatureTable, type LinearModel, placesOf, weigh } from './linear.ts';
import { fitLogistic, type SparseRows } from './logistic.ts';
import type { WordVectors } from './vectors.ts';

/** Texts with genres; rows of all are in one order. */
export interface LabelledTexts {
  readonly texts: readonly TextCounts[];
  /** 0 or 1, one row of genres a text; every genre has texts that are known to be with and without it. */
  readonly labels: readonly ArrayLike<number>[];
  /** 0 where nothing is known of a label, which then teaches nothing. @default everything is known */
  readonly known?: readonly ArrayLike<number>[];
}

export interface TrainLinearOptions {
  /** Words that are alike, of which the model learns what they say together. @default none */
  readonly vectors?: WordVectors;
  /** Features that are kept, those that say most. @default all */
  readonly mostFeatures?: number;
}

/** A feature that stands in fewer texts says nothing of others. */
const leastTexts = 2;

/** How strongly every weight is drawn to zero. */
const penalty = 3.3;

/** How much a word's meaning counts beside its letters. */
const meaningScale = 2.5;

/** All hashes are keys of their own. */
const modulus = 2 ** 32;

/** Learns each genre by a logistic regression of its own. */
export function trainLinear(data: LabelledTexts, options: TrainLinearOptions = {}): LinearModel {
  const { mostFeatures = Number.POSITIVE_INFINITY } = options;
  const posters = documentFrequencies(data.texts, ['words', 'letters']);
  const keys = Uint32Array.from([...posters.keys()].filter((key) => posters.get(key)! >= leastTexts)).sort();
  const all = learnAll(data, keys, posters, options.vectors);
  if (keys.length <= mostFeatures) return all;
  return learnAll(data, loudest(all, mostFeatures), posters, options.vectors);
}

/** Keys of the features that say most of any genre. */
function loudest({ features, bias }: LinearModel, most: number): Uint32Array {
  const genres = bias.length;
  const loudness = Float64Array.from(features.keys, (_, place) => {
    const row = features.weights.subarray(place * genres, (place + 1) * genres);
    return Math.max(...row.map(Math.abs)) * features.rarity[place]!;
  });
  const ranked = [...features.keys.keys()].sort((a, b) => loudness[b]! - loudness[a]! || a - b);
  return Uint32Array.from(ranked.slice(0, most), (place) => features.keys[place]!).sort();
}

function documentFrequencies(
  texts: readonly TextCounts[],
  groups: readonly (keyof TextCounts)[],
): Map<number, number> {
  const posters = new Map<number, number>();
  for (const text of texts)
    for (const group of groups)
      for (const hash of text[group].keys()) posters.set(hash, (posters.get(hash) ?? 0) + 1);
  return posters;
}

function rarityOf(
  keys: ArrayLike<number>,
  posters: ReadonlyMap<number, number>,
  texts: number,
): Float32Array {
  return Float32Array.from(keys, (key) => Math.log((1 + texts) / (1 + (posters.get(key) ?? 0))) + 1);
}

function learnAll(
  { texts, labels, known }: LabelledTexts,
  keys: Uint32Array,
  posters: ReadonlyMap<number, number>,
  vectors: WordVectors | undefined,
): LinearModel {
  const genres = labels[0]!.length;
  const rarity = rarityOf(keys, posters, texts.length);
  const words = vectors?.hashes ?? [];
  const wordRarity = rarityOf(words, documentFrequencies(texts, ['meanings']), texts.length);
  const rows = rowsOf(texts, { keys, rarity }, { words, rarity: wordRarity, vectors });
  const weights = new Float32Array(keys.length * genres);
  const ofVector = new Float64Array((rows.width - keys.length) * genres);
  const bias = new Float32Array(genres);
  for (let g = 0; g < genres; g++) {
    const fitted = fitLogistic(
      rows,
      labels.map((row) => row[g]!),
      { penalty, ...(known && { known: known.map((row) => row[g]!) }) },
    );
    for (let place = 0; place < keys.length; place++) weights[place * genres + g] = fitted[place]!;
    for (let d = keys.length; d < rows.width; d++) ofVector[(d - keys.length) * genres + g] = fitted[d]!;
    bias[g] = fitted[rows.width]!;
  }
  const meanings = meaningsOf(words, wordRarity, ofVector, genres, vectors);
  return { modulus, features: { keys, rarity, weights }, meanings, bias };
}

/** Features of each text, and behind them its mean vector. */
function rowsOf(
  texts: readonly TextCounts[],
  features: Pick<FeatureTable, 'keys' | 'rarity'>,
  meant: {
    readonly words: readonly number[];
    readonly rarity: Float32Array;
    readonly vectors: WordVectors | undefined;
  },
): SparseRows {
  const places = placesOf(features.keys);
  const wordPlaces = placesOf(meant.words);
  const { size = 0, data = new Float32Array() } = meant.vectors ?? {};
  const starts = new Uint32Array(texts.length + 1);
  const allPlaces: number[] = [];
  const values: number[] = [];
  texts.forEach((text, i) => {
    for (const counts of [text.words, text.letters]) {
      const row = weigh(counts, (hash) => places.get(hash), features.rarity);
      for (const place of row.places) allPlaces.push(place);
      for (const value of row.values) values.push(value);
    }
    const { places: found, values: shares } = weigh(
      text.meanings,
      (hash) => wordPlaces.get(hash),
      meant.rarity,
    );
    for (let d = 0; d < (found.length === 0 ? 0 : size); d++) {
      allPlaces.push(features.keys.length + d);
      values.push(
        found.reduce((sum, word, j) => sum + meaningScale * shares[j]! * data[word * size + d]!, 0),
      );
    }
    starts[i + 1] = values.length;
  });
  return {
    starts,
    places: Uint32Array.from(allPlaces),
    values: Float32Array.from(values),
    width: features.keys.length + size,
  };
}

/** What each word says by its vector alone, so that the vectors themselves are no longer needed. */
function meaningsOf(
  words: readonly number[],
  rarity: Float32Array,
  ofVector: Float64Array,
  genres: number,
  vectors: WordVectors | undefined,
): FeatureTable {
  const ranked = [...words.keys()].sort((a, b) => words[a]! - words[b]!);
  const weights = new Float32Array(words.length * genres);
  ranked.forEach((word, place) => {
    for (let d = 0; d < (vectors?.size ?? 0); d++)
      for (let g = 0; g < genres; g++)
        weights[place * genres + g]! +=
          meaningScale * vectors!.data[word * vectors!.size + d]! * ofVector[d * genres + g]!;
  });
  return {
    keys: Uint32Array.from(ranked, (word) => words[word]!),
    rarity: Float32Array.from(ranked, (word) => rarity[word]!),
    weights,
  };
}
