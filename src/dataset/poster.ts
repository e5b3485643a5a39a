/** @module Posters, labelled or not -> a data set with its genre counts and its hash. */
import { createHash } from 'node:crypto';
import type { ImageSource } from '../image/index.ts';
import type { TableAgreement } from './agreement.ts';
import type { TableColumn } from './columns.ts';
import type { NearNameKind } from './nearNames.ts';
import type { SkipCounts } from './skips.ts';
import type { SplitName } from './subset.ts';

export interface Poster {
  /** Unique in its data set: the table's id, or the image's path without its ending. */
  readonly id: string;
  readonly source: ImageSource;
  /** As the table spells them, each once; never empty. Absent for an unlabelled poster. */
  readonly genres?: readonly string[];
  /**
   * The genres that were judged; of any other, nothing is known: its absence says nothing. Holds all of `genres`.
   * Absent where every genre was judged.
   */
  readonly known?: readonly string[];
  /** Equal for near-duplicates, which no split separates. Before `withGroups` the poster's own id. */
  readonly group: string;
}

/** A row of the table: `line` counts from 1, and a table's first line holds its column names. */
export interface RowReference {
  readonly line: number;
  /** The table or file, where there are several. */
  readonly table?: string;
  readonly id: string;
}

export interface RepeatedId {
  readonly id: string;
  /** The table, where there are several. */
  readonly table?: string;
  readonly lines: readonly number[];
  /** Whether every row names the same genres; such rows are one poster and nothing is lost. */
  readonly agree: boolean;
  /** The genres of each row. */
  readonly lists: readonly (readonly string[])[];
  /** The genres that the poster carries: where rows disagree, every genre that any of them names. */
  readonly resolution: readonly string[];
}

/** Names of one genre. */
export interface GenreSpellings {
  /** The name that the posters carry. */
  readonly genre: string;
  /** Every name that the table has for it, with its rows; the most frequent first. */
  readonly names: readonly { readonly name: string; readonly rows: number }[];
}

/** How the table was read, and what it says twice, in two ways, or not at all. */
export interface Findings {
  /** Rows of the table; 0 without a table. */
  readonly rows: number;
  /** What every column is, in the table's order; of several tables one after the other. */
  readonly columns: readonly (TableColumn & { readonly table?: string })[];
  /** What was decided in reading that the table does not say itself, one sentence each. */
  readonly notes: readonly string[];
  /** Rows that cannot be read, or whose image lies outside of the folder; they are left out. */
  readonly unreadableRows: readonly (Omit<RowReference, 'id'> & { readonly reason: string })[];
  /** Genres that the table calls by more than one name. */
  readonly spellings: readonly GenreSpellings[];
  /** Rows by each name that was taken apart because its parts are genres, such as `Action / Adventure`. */
  readonly separated: ReadonlyMap<string, number>;
  /** Rows by each name that looks like several genres but has parts that are not known as such. */
  readonly doubtful: ReadonlyMap<string, number>;
  readonly repeatedIds: readonly RepeatedId[];
  /**
   * Posters named by the table (once each) whose image is not in the folder; they are left out. With a reason where
   * something there is called so, or almost.
   */
  readonly rowsWithoutImage: readonly (RowReference & { readonly reason?: string })[];
  /** Rows whose image has almost the name that they say: what they say, the image's path, and in what they differ. */
  readonly nearNames: readonly (RowReference & {
    readonly named: string;
    readonly path: string;
    readonly how: readonly NearNameKind[];
  })[];
  /** What the folder holds that is no poster, counted by kind. */
  readonly skipped: SkipCounts;
  /** Paths of pictures in the folder that are links to nothing. */
  readonly brokenLinks: readonly string[];
  /** Paths of images, relative to their folder, that no row names; they are unlabelled posters. */
  readonly imagesWithoutRow: readonly string[];
  /** Posters whose rows name no genre; with an image they are unlabelled posters. */
  readonly rowsWithoutGenre: readonly RowReference[];
  /** Posters by each word for "no genre" that their rows use, such as `N/A`. */
  readonly missingWords: ReadonlyMap<string, number>;
  /** Rows whose list of genres differs from their own 0/1 columns; the list counts. */
  readonly disagreeingColumns: readonly (RowReference & {
    readonly list: readonly string[];
    readonly columns: readonly string[];
  })[];
  /** The tables, where several were joined. */
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** How far these agree on posters that several have. */
  readonly agreement: TableAgreement | undefined;
}

export interface Dataset {
  /** For people: the name of the table, or of the folder. */
  readonly name: string;
  /** Posters with at least one genre and an image, by id. */
  readonly labelled: readonly Poster[];
  /** Posters with an image but no genre, by id: images without a row and rows without a genre. */
  readonly unlabelled: readonly Poster[];
  /** Labelled posters of each genre, the most frequent first. */
  readonly genreCounts: ReadonlyMap<string, number>;
  readonly findings: Findings;
  /** The subset of each labelled poster for which the table names one; absent unless it names two and more. */
  readonly ownSplit?: ReadonlyMap<string, SplitName>;
  /**
   * SHA-256 in hexadecimal of the ids, sorted genres and, where not all were judged, sorted known genres of the
   * labelled posters, in the order of the ids.
   */
  readonly hash: string;
}

export const noFindings: Findings = {
  rows: 0,
  columns: [],
  notes: [],
  unreadableRows: [],
  spellings: [],
  separated: new Map(),
  doubtful: new Map(),
  repeatedIds: [],
  rowsWithoutImage: [],
  nearNames: [],
  skipped: {},
  brokenLinks: [],
  imagesWithoutRow: [],
  rowsWithoutGenre: [],
  missingWords: new Map(),
  disagreeingColumns: [],
  tables: [],
  agreement: undefined,
};

/** Sorts the posters by id, so that nothing depends on the order of rows, and counts and hashes them. */
export function assembleDataset(name: string, posters: readonly Poster[], findings: Findings): Dataset {
  const sorted = [...posters].sort((a, b) => compareText(a.id, b.id));
  const labelled = sorted.filter((poster) => poster.genres !== undefined);
  const unlabelled = sorted.filter((poster) => poster.genres === undefined);
  const counts = new Map<string, number>();
  const hash = createHash('sha256');
  for (const { id, genres = [], known } of labelled) {
    for (const genre of genres) counts.set(genre, (counts.get(genre) ?? 0) + 1);
    const lists = known === undefined ? [genres] : [genres, known];
    hash.update(`${JSON.stringify([id, ...lists.map((list) => [...list].sort(compareText))])}\n`);
  }
  const descending = [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  return { name, labelled, unlabelled, genreCounts: new Map(descending), findings, hash: hash.digest('hex') };
}

/** The order of UTF-16 units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
