/** @module Features of a text and a linear model of what each says of every genre -> logits, and what each added. */
import { type FeatureGroup, type TextCounts, visitFeatures } from './features.ts';

/** Features that a model knows, rising by key, and what each says of every genre. */
export interface FeatureTable {
  /** Hashes, modulo the model's. */
  readonly keys: Uint32Array;
  /** Inverse document frequencies, `[features]`. */
  readonly rarity: Float32Array;
  /** `[features, genres]` */
  readonly weights: Float32Array;
}

/** Logits of genres from the text of a poster. */
export interface LinearModel {
  /** What hashes are taken modulo: features that share a key share their weights (Weinberger et al. 2009). */
  readonly modulus: number;
  /** Words, pairs of words and groups of letters. */
  readonly features: FeatureTable;
  /** Words by their meaning; none in a model that was learned without word vectors. */
  readonly meanings: FeatureTable;
  /** Logit of each genre for a poster without text, `[genres]`. */
  readonly bias: Float32Array;
}

/** A feature that the model knows: where its weights begin, and how much it counts in this text. */
export interface ActiveFeature {
  readonly weights: Float32Array;
  readonly at: number;
  readonly value: number;
}

/** Logarithmic term frequency times inverse document frequency, of length 1 (Salton & Buckley 1988). */
export function weigh(
  counts: ReadonlyMap<number, number>,
  placeOf: (hash: number) => number | undefined,
  rarity: ArrayLike<number>,
): { readonly hashes: number[]; readonly places: number[]; readonly values: number[] } {
  const hashes: number[] = [];
  const places: number[] = [];
  const values: number[] = [];
  for (const [hash, n] of counts) {
    const place = placeOf(hash);
    if (place === undefined) continue;
    hashes.push(hash);
    places.push(place);
    values.push((1 + Math.log(n)) * rarity[place]!);
  }
  const norm = Math.hypot(...values);
  return { hashes, places, values: values.map((value) => value / norm) };
}

/** Where each key stands in a table. */
export function placesOf(keys: ArrayLike<number>): Map<number, number> {
  const places = new Map<number, number>();
  for (let place = 0; place < keys.length; place++) places.set(keys[place]!, place);
  return places;
}

const groups: readonly FeatureGroup[] = ['words', 'letters', 'meanings'];

/** Finds the features of texts that a model knows, by group and hash. */
function featureFinder({ modulus, features, meanings, bias }: LinearModel) {
  const places = { features: placesOf(features.keys), meanings: placesOf(meanings.keys) };
  return (text: TextCounts): Record<FeatureGroup, Map<number, ActiveFeature>> => {
    const found = { words: new Map(), letters: new Map(), meanings: new Map() };
    for (const group of groups) {
      const table = group === 'meanings' ? meanings : features;
      const of = group === 'meanings' ? places.meanings : places.features;
      const row = weigh(keysOf(text[group], modulus), (key) => of.get(key), table.rarity);
      row.hashes.forEach((key, i) => {
        const at = row.places[i]! * bias.length;
        found[group].set(key, { weights: table.weights, at, value: row.values[i]! });
      });
    }
    return found;
  };
}

function keysOf(counts: ReadonlyMap<number, number>, modulus: number): ReadonlyMap<number, number> {
  const keys = new Map<number, number>();
  for (const [hash, n] of counts) keys.set(hash % modulus, (keys.get(hash % modulus) ?? 0) + n);
  return keys;
}

/**
 * What texts add to the logits of a poster without text, `[genres]` each, as a model sees them; `undefined` for one of
 * which it knows no feature.
 */
export function linearLogits(model: LinearModel): (text: TextCounts) => Float64Array | undefined {
  const find = featureFinder(model);
  return (text) => {
    const found = find(text);
    const logits = new Float64Array(model.bias.length);
    let known = 0;
    for (const group of groups)
      for (const { weights, at, value } of found[group].values()) {
        known += 1;
        for (let g = 0; g < logits.length; g++) logits[g]! += weights[at + g]! * value;
      }
    return known === 0 ? undefined : logits;
  };
}

/**
 * What each word of a text adds to the logits, `[genres]` each, in the text's order: its own features, and its share of
 * the pairs and of the groups of letters that it is in. They add up to {@link linearLogits}.
 */
export function linearContributions(model: LinearModel) {
  const find = featureFinder(model);
  return (lines: readonly string[], counts: TextCounts) => {
    const found = find(counts);
    const times = { words: new Map<number, number>(), letters: new Map(), meanings: new Map() };
    for (const group of groups)
      keysOf(counts[group], model.modulus).forEach((n, key) => times[group].set(key, n));
    const shares: Float64Array[] = [];
    const visits: { active: ActiveFeature; share: number; words: readonly number[] }[] = [];
    const words = visitFeatures(lines, (group, hash, of) => {
      const key = hash % model.modulus;
      const active = found[group].get(key);
      if (active) visits.push({ active, share: 1 / (times[group].get(key)! * of.length), words: of });
    });
    for (const _ of words) shares.push(new Float64Array(model.bias.length));
    for (const { active, share, words: of } of visits)
      for (const word of of)
        for (let g = 0; g < model.bias.length; g++)
          shares[word]![g]! += active.weights[active.at + g]! * active.value * share;
    return words.map((word, i) => ({ ...word, logits: shares[i]! }));
  };
}
