/** @module A table -> what every row says, what every column is, and the rows that cannot be read. */
import { join } from 'node:path';
import { onesheetError } from '../errors.ts';
import {
  columnsByName,
  describeColumns,
  type FoundColumns,
  findColumns,
  type IndicatorColumn,
  splitOfCell,
  type TableColumn,
} from './columns.ts';
import { type Flag, flagReader } from './flags.ts';
import type { RowFault, Table, TableRow } from './formats/table.ts';
import { isMissingWord, parseGenres } from './genres.ts';
import { type SeparatedGenres, separateGenres } from './joinedGenres.ts';
import { LiteralError } from './literal.ts';
import type { SplitName } from './subset.ts';
import type { GenreVocabulary } from './vocabulary.ts';

export interface Entry {
  readonly line: number;
  readonly file?: string;
  /** As in the table; '' where the table has no such column or an empty cell. */
  readonly id: string;
  readonly image: string;
  /** The picture itself, where the table holds it. */
  readonly bytes?: Uint8Array;
  /** As the row says them, words for a missing genre among them. */
  readonly genres: readonly string[];
  /** The genres that were judged, as the row says them; `undefined` for all. */
  readonly known: readonly string[] | undefined;
  readonly split: SplitName | undefined;
  /** What the row's 0/1 columns say, where that is something else than its list. */
  readonly disagreeing: readonly string[] | undefined;
}

export interface TableReading extends Pick<SeparatedGenres, 'separated' | 'doubtful'> {
  readonly entries: readonly Entry[];
  readonly columns: readonly TableColumn[];
  readonly faults: readonly RowFault[];
  readonly notes: readonly string[];
}

/**
 * Reads every row. Rows that cannot be read are left out and named, as long as they are at most one in ten.
 *
 * @throws {OnesheetError} TABLE_LAYOUT; TABLE_ROW with the first line that cannot be read, where there are more.
 */
export function readEntries(table: Table, vocabulary: GenreVocabulary): TableReading {
  const found = findColumns(table, vocabulary);
  const faults: RowFault[] = [...table.faults];
  const attempt = <Value>(row: TableRow, work: () => Value): Value | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RowError || error instanceof LiteralError)) throw error;
      faults.push({ ...placeOf(row), reason: error.message });
      return undefined;
    }
  };
  const rows = table.rows.flatMap((row) => {
    const raw = attempt(row, () => readRow(table, row, found));
    return raw === undefined ? [] : [raw];
  });
  const { lists, separated, doubtful } = separateGenres(
    rows.map(({ list }) => list),
    vocabulary,
  );
  const named = new Set(lists.flat().map((genre) => vocabulary.keyOf(genre)));
  // Beside lists, a column of 0 and 1 may be anything; it is a genre only if some list names it.
  const used = found.indicators.filter(
    ({ genre }) => found.genres === undefined || named.has(vocabulary.keyOf(genre)),
  );
  const readFlag = flagReader(used);
  const entries = rows.flatMap(({ row, ...rest }, at) => {
    const flags = attempt(row, () => readFlags(table, row, used, readFlag));
    return flags === undefined ? [] : [entryOf({ ...rest, list: lists[at]! }, flags, found, vocabulary)];
  });
  refuseManyFaults(table, faults);
  refuseNumbers(table, found, entries, vocabulary);
  const columns = describeColumns(table, found, used);
  return { entries, columns, faults, notes: table.notes, separated, doubtful };
}

/** A row cannot be read; the message is the reason. */
class RowError extends Error {}

interface RawRow extends Pick<Entry, 'line' | 'file' | 'id' | 'image' | 'bytes' | 'known' | 'split'> {
  readonly row: TableRow;
  readonly list: readonly string[];
}

const namesNothing = 'it names neither an image nor an id';

function placeOf({ line, file }: TableRow): Pick<TableRow, 'line' | 'file'> {
  return file === undefined ? { line } : { line, file };
}

function readRow(table: Table, row: TableRow, found: FoundColumns): RawRow {
  const id = textOf(found.id === undefined ? undefined : row.cells[found.id]);
  const picture = readPicture(found.image === undefined ? undefined : row.cells[found.image]);
  if (id === '' && picture.image === '' && picture.bytes === undefined) throw new RowError(namesNothing);
  return {
    row,
    ...placeOf(row),
    id,
    ...picture,
    list: readList(table, row, found.genres) ?? [],
    known: readKnown(table, row, found.known),
    split: found.split === undefined ? undefined : splitOfCell(row.cells[found.split]),
  };
}

function readList(table: Table, row: TableRow, index: number | undefined): string[] | undefined {
  if (index === undefined) return undefined;
  try {
    return parseGenres(row.cells[index]);
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    throw new RowError(
      `the list of genres in the column ${table.columns[index]} is broken, ${error.message}`,
    );
  }
}

/** `all`, an empty cell and a missing key say that every genre was judged; `[]` that none was. */
function readKnown(table: Table, row: TableRow, index: number | undefined): readonly string[] | undefined {
  const cell = index === undefined ? undefined : row.cells[index];
  if (cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === ''))
    return undefined;
  const list = readList(table, row, index);
  return list?.length === 1 && list[0]!.toLowerCase() === 'all' ? undefined : list;
}

interface RowFlags {
  readonly yes: readonly string[];
  readonly known: readonly string[];
}

function readFlags(
  table: Table,
  row: TableRow,
  indicators: readonly IndicatorColumn[],
  readFlag: (cell: unknown) => Flag,
): RowFlags {
  const yes: string[] = [];
  const known: string[] = [];
  for (const { index, genre } of indicators) {
    const flag = readFlag(row.cells[index]);
    if (flag === 'other')
      throw new RowError(
        `expected 0 or 1 in the column ${table.columns[index]} but found ${String(row.cells[index])}`,
      );
    if (flag === 'yes') yes.push(genre);
    if (flag !== 'unknown' && !isMissingWord(genre)) known.push(genre);
  }
  return { yes, known };
}

function entryOf(
  { list, known, ...rest }: Omit<RawRow, 'row'>,
  flags: RowFlags,
  found: FoundColumns,
  vocabulary: GenreVocabulary,
): Entry {
  const byFlags = found.genres === undefined;
  const compared = !byFlags && flags.known.length > 0;
  return {
    ...rest,
    genres: byFlags ? flags.yes : list,
    known: known ?? (byFlags ? flags.known : undefined),
    disagreeing: compared && disagrees(list, flags.yes, vocabulary) ? flags.yes : undefined,
  };
}

/** What the rows say of their pictures alone, where genres may be missing; and lines that say nothing of any. */
export function readPictureRows(table: Table): Pick<TableReading, 'entries' | 'columns' | 'faults'> {
  const { id, image } = columnsByName(table.columns);
  if (id === undefined && image === undefined)
    throw onesheetError(
      'TABLE_LAYOUT',
      table.path,
      table.columns.join(', '),
      'image (or file_name, path, poster, id)',
    );
  const faults: RowFault[] = [...table.faults];
  const entries = table.rows.flatMap((row) => {
    const own = readPicture(image === undefined ? undefined : row.cells[image]);
    const entry = { ...placeOf(row), id: textOf(id === undefined ? undefined : row.cells[id]), ...own };
    if (entry.id !== '' || entry.image !== '' || entry.bytes !== undefined)
      return [{ ...entry, genres: [], known: undefined, split: undefined, disagreeing: undefined }];
    faults.push({ ...placeOf(row), reason: namesNothing });
    return [];
  });
  const columns = table.columns.map(
    (name, at): TableColumn => ({
      name,
      role: at === id ? 'id' : at === image ? 'image' : 'ignored',
    }),
  );
  return { entries, columns, faults };
}

function textOf(cell: unknown): string {
  return ['string', 'number', 'bigint'].includes(typeof cell) ? String(cell).trim() : '';
}

/** A path or address, or what Hugging Face's columns of images hold: `{ path, bytes }`. */
function readPicture(cell: unknown): Pick<Entry, 'image' | 'bytes'> {
  if (cell instanceof Uint8Array) return { image: '', bytes: cell };
  if (typeof cell !== 'object' || cell === null) return { image: textOf(cell) };
  const { path, bytes } = cell as { path?: unknown; bytes?: unknown };
  return { image: textOf(path), ...(bytes instanceof Uint8Array && { bytes }) };
}

function disagrees(
  list: readonly string[],
  flagged: readonly string[],
  vocabulary: GenreVocabulary,
): boolean {
  const keys = (names: readonly string[]) => new Set(names.map((name) => vocabulary.keyOf(name)));
  const [one, other] = [keys(list), keys(flagged)];
  return one.size !== other.size || [...one].some((key) => !other.has(key));
}

function refuseManyFaults(table: Table, faults: readonly RowFault[]): void {
  if (faults.length * 10 <= table.rows.length + table.faults.length) return;
  const [first] = [...faults].sort((a, b) => a.line - b.line);
  if (first === undefined) return;
  const { line, file = '', reason } = first;
  throw onesheetError('TABLE_ROW', join(table.path, file), line, reason);
}

/** Numbers are no genres: a model that names them would help nobody. */
function refuseNumbers(
  table: Table,
  { genres }: FoundColumns,
  entries: readonly Entry[],
  vocabulary: GenreVocabulary,
): void {
  if (genres === undefined) return;
  for (const file of new Set(entries.map((entry) => entry.file))) {
    const own = entries.filter((entry) => entry.file === file).flatMap((entry) => entry.genres);
    const names = [...new Set(own)].filter((name) => !isMissingWord(name));
    const isNumber = (name: string) => /^\d+(\.0*)?$/.test(name) && !vocabulary.knows(name);
    if (names.length === 0 || !names.every(isNumber)) continue;
    throw onesheetError(
      'TABLE_LAYOUT',
      join(table.path, file ?? ''),
      `only numbers in the column ${table.columns[genres]} (${names.slice(0, 3).join(', ')})`,
      'names of genres, or a file that names the numbers, {"Drama": ["0"], ...}, as --genre-names',
    );
  }
}
