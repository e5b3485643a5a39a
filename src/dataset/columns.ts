/** @module A table's columns -> the role of each: id, image, genres, one genre, what was judged, the split. */
import { onesheetError } from '../errors.ts';
import { type FlagColumn, flagColumn } from './flags.ts';
import type { Table } from './formats/table.ts';
import { isMissingWord } from './genres.ts';
import { type SplitName, splitOfWord } from './subset.ts';
import type { GenreVocabulary } from './vocabulary.ts';

/** Names of columns, in lower case without spaces, hyphens and underscores; the earlier one wins. */
const idNames = ['id', 'imdbid', 'tconst', 'posterid', 'movieid', 'filmid', 'key'];
const imageNames = [
  ...['image', 'filename', 'file', 'imagepath', 'imagefile', 'posterpath', 'posterfile', 'path', 'poster'],
  ...['img', 'imgpath', 'imagename', 'fname', 'filepath', 'imageid', 'imageurl', 'posterurl', 'url'],
];
const genreNames = ['genres', 'genre', 'labels', 'label', 'categories', 'category', 'tags'];
const knownNames = ['known', 'knowngenres', 'judged', 'judgedgenres'];
const splitColumnNames = ['split', 'subset', 'set', 'partition'];

/** Columns of yes and no that tables have beside genres, and that say nothing of the film's genre. */
const flagNames = [
  ...['valid', 'adult', 'video', 'active', 'checked', 'verified', 'duplicate', 'duplicated', 'missing'],
  ...['train', 'training', 'test', 'validation', 'val', 'flag', 'flagged', 'nsfw', 'color', 'colour', 'seen'],
];

const expected =
  'image (or file_name, path, poster, id) and genres (or genre, labels, label, or a column of 0 and 1 for each genre)';

export type ColumnRole =
  | 'id'
  | 'image'
  /** A list of genres. */
  | 'genres'
  /** Yes or no for one genre. */
  | 'genre'
  /** Yes or no for "no genre is known". */
  | 'unknown label'
  /** The genres that were judged. */
  | 'known'
  | 'split'
  | 'ignored';

/** What is read from a column. */
export interface TableColumn {
  readonly name: string;
  readonly role: ColumnRole;
  /** Why, where the name alone does not say it. */
  readonly note?: string;
}

export interface IndicatorColumn extends FlagColumn {
  readonly genre: string;
}

/** Indices into a row's cells. At least one of `id` and `image` is known, and genres from either side. */
export interface FoundColumns {
  readonly id: number | undefined;
  readonly image: number | undefined;
  readonly genres: number | undefined;
  readonly known: number | undefined;
  readonly split: number | undefined;
  /** Columns of yes and no for one genre; beside a list of genres all columns of yes and no. */
  readonly indicators: readonly IndicatorColumn[];
  /** Why other columns of yes and no are no genre, by index. */
  readonly refused: ReadonlyMap<number, string>;
}

/** The name as the lists above have it. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/** Where each role's column is, by the names alone; in Hugging Face's folders `*_file_name` is the image's. */
export function columnsByName(names: readonly string[]): {
  readonly id?: number;
  readonly image?: number;
  readonly genres?: number;
} {
  const ending = names.findIndex((name) => plainName(name).endsWith('filename'));
  return {
    id: columnNamed(names, idNames),
    image: columnNamed(names, imageNames) ?? (ending < 0 ? undefined : ending),
    genres: columnNamed(names, genreNames),
  };
}

/** @param candidates in lower case without spaces, hyphens and underscores; the earlier one wins */
export function columnNamed(names: readonly string[], candidates: readonly string[]): number | undefined {
  const plain = names.map(plainName);
  const name = candidates.find((candidate) => plain.includes(candidate));
  return name === undefined ? undefined : plain.indexOf(name);
}

/**
 * Finds the columns by their names, and columns of yes and no by their cells.
 *
 * @throws {OnesheetError} TABLE_LAYOUT with the columns found and those expected.
 */
export function findColumns(table: Table, vocabulary: GenreVocabulary): FoundColumns {
  const { id, image, genres } = columnsByName(table.columns);
  const taken = [id, image, genres].filter((index) => index !== undefined);
  const known = findOther(table, knownNames, taken, (index) => flagColumn(table.rows, index) === undefined);
  const split = findOther(table, splitColumnNames, taken, (index) => isSplit(table, index));
  taken.push(...[known, split].filter((index) => index !== undefined));
  const flags = table.columns.flatMap((name, index) => {
    const column = taken.includes(index) ? undefined : flagColumn(table.rows, index);
    return column === undefined ? [] : [{ ...column, genre: genreOfName(name, vocabulary) }];
  });
  const refused = new Map<number, string>();
  if (genres === undefined) refuseFlags(flags, vocabulary, refused);
  const indicators = flags.filter(({ index }) => !refused.has(index));
  if ((id === undefined && image === undefined) || (genres === undefined && indicators.length === 0))
    throw onesheetError('TABLE_LAYOUT', table.path, table.columns.join(', '), expected);
  return { id, image, genres, known, split, indicators, refused };
}

function findOther(
  table: Table,
  names: readonly string[],
  taken: readonly number[],
  suits: (index: number) => boolean,
): number | undefined {
  const plain = table.columns.map(plainName);
  const index = names.map((name) => plain.indexOf(name)).find((at) => at >= 0 && !taken.includes(at));
  return index !== undefined && suits(index) ? index : undefined;
}

function isSplit(table: Table, index: number): boolean {
  const words = new Set(table.rows.map(({ cells }) => String(cells[index] ?? '').trim()));
  words.delete('');
  return words.size > 0 && [...words].every((word) => splitOfWord(word) !== undefined);
}

/** The subset that a row names. */
export function splitOfCell(cell: unknown): SplitName | undefined {
  return splitOfWord(String(cell ?? '').trim());
}

/** `genre_Drama` and `is_drama` are Drama. */
function genreOfName(name: string, vocabulary: GenreVocabulary): string {
  const listed = /^(?:genres?|labels?)[\s_:.-]+(.+)$/i.exec(name)?.[1];
  if (listed !== undefined) return listed;
  const said = /^(?:is|has)[\s_-]?(.+)$/i.exec(name)?.[1];
  return said !== undefined && !vocabulary.knows(name) && vocabulary.knows(said) ? said : name;
}

/**
 * A column of yes and no is a genre unless it is no known genre and either is called like a flag (`is_...`, `has_...`,
 * `valid`, `adult`, ...) or is written otherwise (true/false) than every column of a known genre (0/1).
 */
function refuseFlags(
  flags: readonly IndicatorColumn[],
  vocabulary: GenreVocabulary,
  refused: Map<number, string>,
): void {
  // IMDb's genre is Adult; TMDB's tables have a column adult of false and true.
  const isSure = ({ genre }: IndicatorColumn) =>
    (vocabulary.knows(genre) && genre !== 'adult') || isMissingWord(genre);
  const notations = new Set(flags.filter(isSure).map(({ notation }) => notation));
  for (const flag of flags) {
    if (isSure(flag)) continue;
    if (/^(is|has|was)[\s_-]/i.test(flag.genre) || flagNames.includes(plainName(flag.genre)))
      refused.set(flag.index, 'called like a flag, not like a genre');
    else if (notations.size > 0 && !notations.has(flag.notation))
      refused.set(flag.index, `${flag.notation}, but the genres are ${[...notations].join(' or ')}`);
  }
}

/** The role of every column, in the table's order. */
export function describeColumns(
  table: Table,
  found: FoundColumns,
  used: readonly IndicatorColumn[],
): TableColumn[] {
  const roles = new Map<number | undefined, ColumnRole>([
    [found.known, 'known'],
    [found.split, 'split'],
    [found.genres, 'genres'],
    [found.image, 'image'],
    [found.id, 'id'],
  ]);
  for (const { index, genre } of used) roles.set(index, isMissingWord(genre) ? 'unknown label' : 'genre');
  return table.columns.map((name, index) => {
    const role = roles.get(index) ?? 'ignored';
    const note = role === 'ignored' ? whyIgnored(found, index) : undefined;
    return { name, role, ...(note !== undefined && { note }) };
  });
}

function whyIgnored({ refused, indicators }: FoundColumns, index: number): string | undefined {
  if (refused.has(index)) return refused.get(index);
  return indicators.some((column) => column.index === index)
    ? 'yes and no, but no list of genres names it'
    : undefined;
}
