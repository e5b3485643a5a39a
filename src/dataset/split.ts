/** @module A data set -> its training, validation and test posters, alike in their genres, groups kept whole. */
import { createHash } from 'node:crypto';
import { onesheetError } from '../errors.ts';
import { Random } from '../random.ts';
import { compareText, type Dataset, type Poster } from './poster.ts';
import { labelMatrix } from './select.ts';
import { type Assignment, type SplitName, splitNames } from './subset.ts';

export type SplitFractions = Readonly<Record<SplitName, number>>;

export interface Split {
  readonly seed: number;
  readonly fractions: SplitFractions;
  /** `Dataset.hash` of the data that was split. */
  readonly dataHash: string;
  /** Every labelled poster's id, in their order. */
  readonly assignment: ReadonlyMap<string, Assignment>;
  /** SHA-256 in hexadecimal of the assignment; the identity of the split. */
  readonly hash: string;
}

export interface SplitOptions {
  /** Genres whose proportions are kept, as `selectGenres` chose them. */
  readonly genres: readonly string[];
  /**
   * Shares of the posters; they add up to 1.
   * @default { train: 0.7, validation: 0.15, test: 0.15 }
   */
  readonly fractions?: SplitFractions;
  /** @default 0 */
  readonly seed?: number;
}

export const defaultFractions: SplitFractions = { train: 0.7, validation: 0.15, test: 0.15 };

/**
 * Iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011, "On the Stratification of Multi-label
 * Data", algorithm 1) over groups: near-duplicates are placed together, with their labels summed. The
 * genre with the fewest posters still to place goes first, each of its groups to the subset that still
 * wants most of that genre; among equals to the one that wants most posters; then by the seed. What
 * carries none of the genres goes to the subset that wants most posters. Larger groups go before smaller
 * ones, while there is most room for them.
 *
 * @throws {OnesheetError} DATASET_EMPTY without labelled posters; OPTION_INVALID for no genres, or
 * fractions that are negative, leave nothing for training or do not add up to 1.
 */
export function splitDataset(dataset: Dataset, options: SplitOptions): Split {
  const { genres, fractions = defaultFractions, seed = 0 } = options;
  checkOptions(dataset, genres, fractions);
  const random = Random.fromSeed(seed).split('split');
  const units = gatherUnits(dataset.labelled, genres);
  random.shuffle(units).sort((a, b) => b.posters.length - a.posters.length);
  const demand = new Demand(units, genres.length, fractions);
  const assignment = new Map<string, SplitName>();

  const place = (unit: Unit, subset: number) => {
    demand.serve(unit, subset);
    for (const { id } of unit.posters) assignment.set(id, splitNames[subset]!);
  };
  const waiting = new Set(units);
  for (let genre = demand.rarest(); genre !== undefined; genre = demand.rarest()) {
    for (const unit of waiting) {
      if (unit.counts[genre] === 0) continue;
      place(unit, demand.neediest(genre, random));
      waiting.delete(unit);
    }
  }
  for (const unit of waiting) place(unit, demand.neediest(undefined, random));

  return splitOf(dataset, { seed, fractions }, assignment);
}

/** The split that gives each of the data set's labelled posters the subset of an assignment. */
export function splitOf(
  dataset: Dataset,
  { seed, fractions }: Pick<Split, 'seed' | 'fractions'>,
  assignment: ReadonlyMap<string, Assignment>,
): Split {
  const sorted = new Map(dataset.labelled.map(({ id }) => [id, assignment.get(id) as Assignment]));
  return { seed, fractions, dataHash: dataset.hash, assignment: sorted, hash: hashAssignment(sorted) };
}

/** The labelled posters of one subset, in the order of their ids. */
export function postersOf(dataset: Dataset, split: Split, name: SplitName): Poster[] {
  return dataset.labelled.filter(({ id }) => split.assignment.get(id) === name);
}

/** The same split, but that the validation posters are training posters too. */
export function withoutValidation(split: Split): Split {
  const { train, validation, test } = split.fractions;
  const assignment = new Map<string, Assignment>(
    [...split.assignment].map(([id, name]) => [id, name === 'validation' ? 'train' : name]),
  );
  const fractions = { train: train + validation, validation: 0, test };
  return { ...split, fractions, assignment, hash: hashAssignment(assignment) };
}

/** SHA-256 over `["id","subset"]` a line, by id. */
export function hashAssignment(assignment: ReadonlyMap<string, Assignment>): string {
  const lines = [...assignment].sort((a, b) => compareText(a[0], b[0])).map((pair) => JSON.stringify(pair));
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** What is placed as one: the posters of a group, and how many of them carry each genre. */
interface Unit {
  readonly posters: Poster[];
  /** `[genres]` */
  readonly counts: Uint32Array;
}

function gatherUnits(posters: readonly Poster[], genres: readonly string[]): Unit[] {
  const labels = labelMatrix(posters, genres);
  const units = new Map<string, Unit>();
  posters.forEach((poster, row) => {
    const unit = units.get(poster.group) ?? { posters: [], counts: new Uint32Array(genres.length) };
    unit.posters.push(poster);
    for (let genre = 0; genre < genres.length; genre++)
      unit.counts[genre]! += labels[row * genres.length + genre]!;
    units.set(poster.group, unit);
  });
  return [...units.values()];
}

/** How many posters, and how many of each genre, every subset still wants. */
class Demand {
  /** Indices into `splitNames` of those that are to have any. */
  readonly #subsets: readonly number[];
  /** Posters of each genre that are not placed yet. */
  readonly #remaining: Float64Array;
  /** `[subsets]` */
  readonly #posters: Float64Array;
  /** `[subsets][genres]` */
  readonly #genres: Float64Array[];

  constructor(units: readonly Unit[], genres: number, fractions: SplitFractions) {
    this.#subsets = [...splitNames.keys()].filter((subset) => fractions[splitNames[subset]!] > 0);
    this.#remaining = new Float64Array(genres);
    let total = 0;
    for (const { posters, counts } of units) {
      total += posters.length;
      for (let genre = 0; genre < genres; genre++) this.#remaining[genre]! += counts[genre]!;
    }
    this.#posters = Float64Array.from(splitNames, (name) => total * fractions[name]);
    this.#genres = splitNames.map((name) => this.#remaining.map((count) => count * fractions[name]));
  }

  /** The genre with the fewest posters still to place; `undefined` when none is left. */
  rarest(): number | undefined {
    let rarest: number | undefined;
    this.#remaining.forEach((count, genre) => {
      if (count > 0 && (rarest === undefined || count < this.#remaining[rarest]!)) rarest = genre;
    });
    return rarest;
  }

  /** The subset that wants most of the genre, then most posters, then any of those. */
  neediest(genre: number | undefined, random: Random): number {
    let subsets = this.#subsets;
    if (genre !== undefined) subsets = greatest(subsets, (subset) => this.#genres[subset]![genre]!);
    subsets = greatest(subsets, (subset) => this.#posters[subset]!);
    return subsets.length === 1 ? subsets[0]! : random.pick(subsets);
  }

  serve(unit: Unit, subset: number): void {
    this.#posters[subset]! -= unit.posters.length;
    unit.counts.forEach((count, genre) => {
      this.#remaining[genre]! -= count;
      this.#genres[subset]![genre]! -= count;
    });
  }
}

function greatest(subsets: readonly number[], wish: (subset: number) => number): readonly number[] {
  const most = Math.max(...subsets.map(wish));
  return subsets.filter((subset) => wish(subset) === most);
}

function checkOptions(dataset: Dataset, genres: readonly string[], fractions: SplitFractions): void {
  if (dataset.labelled.length === 0)
    throw onesheetError('DATASET_EMPTY', dataset.name, 'posters with genres and images');
  if (genres.length === 0) throw onesheetError('OPTION_INVALID', 'genres', 'at least one genre', 'none');
  const shares = splitNames.map((name) => fractions[name]);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (!(Math.abs(sum - 1) < 1e-9) || shares.some((share) => share < 0) || fractions.train === 0)
    throw onesheetError('OPTION_INVALID', 'fractions', 'three shares that add up to 1', shares.join(' '));
}
