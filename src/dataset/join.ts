/** @module The rows of one table or several, each with its folder of images -> one data set. */
import { basename, extname, join } from 'node:path';
import { onesheetError } from '../errors.ts';
import { compareTables } from './agreement.ts';
import type { RowFault } from './formats/table.ts';
import { isMissingWord } from './genres.ts';
import { fileIn, type ImageFolder } from './images.ts';
import { type Located, locateRows } from './located.ts';
import { type ImageFindings, notesOnImages } from './notes.ts';
import {
  assembleDataset,
  compareText,
  type Dataset,
  type Findings,
  type Poster,
  type RepeatedId,
  type RowReference,
} from './poster.ts';
import type { Entry, TableReading } from './rows.ts';
import type { SkipCounts, SkipKind } from './skips.ts';
import type { SplitName } from './subset.ts';

/** A table that was read, and the folder of its images. */
export interface SourceTable extends TableReading {
  /** For people. */
  readonly name: string;
  readonly path: string;
  readonly folder: ImageFolder;
}

/** A row, and which table it is from. */
interface JoinedRow extends Located {
  readonly table: number;
}

/** @throws {OnesheetError} TABLE_ROW where only rows that cannot be read are left of a table; NOTHING_FOUND where no row of a table has its image. */
export function joinTables(tables: readonly SourceTable[], spellings: Findings['spellings']): Dataset {
  const several = tables.length > 1;
  const place = ({ table, line, file }: { table: number; line: number; file?: string }) => {
    const name = several ? join(tables[table]!.name, file ?? '') : file;
    return name === undefined ? { line } : { line, table: name };
  };
  const rows: JoinedRow[] = [];
  const faults: (RowFault & { readonly table: number })[] = [];
  for (const [table, { entries, columns, folder, faults: own }] of tables.entries()) {
    const { located, refused } = locateRows(folder, entries, columns);
    for (const row of located) rows.push({ ...row, table });
    for (const fault of [...own, ...refused]) faults.push({ ...fault, table });
  }
  const rowsById = groupRows(rows, tables);
  const found = gatherPosters(rowsById, everyGenreOf(rows), place);
  const withImage = new Set(
    found.posters.flatMap(({ id }) => rowsById.get(id)?.map(({ table }) => table) ?? []),
  );
  for (const [table, { path, folder, entries }] of tables.entries()) {
    if (withImage.has(table)) continue;
    const fault = faults.find((one) => one.table === table);
    if (fault !== undefined)
      throw onesheetError('TABLE_ROW', join(path, fault.file ?? ''), fault.line, fault.reason);
    const example = entries[0]?.image || `${entries[0]?.id ?? ''}.jpg`;
    throw onesheetError('NOTHING_FOUND', path, `images in the folder ${folder.root}, such as ${example}`);
  }
  const spare = spareImages(tables, rowsById);
  const name = tables.map((table) => table.name).join(' + ');
  const images: ImageFindings = {
    nearNames: rows.flatMap(({ id, near, path, ...row }) =>
      near === undefined || path === undefined
        ? []
        : [{ ...place(row), id, named: near.named, path, how: near.how }],
    ),
    skipped: sumSkips(tables),
    brokenLinks: [...new Set(tables.flatMap(({ folder }) => folder.brokenLinks))],
  };
  const dataset = assembleDataset(name, [...found.posters, ...spare.posters], {
    ...found.findings,
    rows: tables.reduce((sum, { entries, faults: own }) => sum + entries.length + own.length, 0),
    columns: tables.flatMap(({ columns, name: table }) =>
      columns.map((column) => (several ? { ...column, table } : column)),
    ),
    notes: [
      ...tables.flatMap(({ notes, name: table }) =>
        notes.map((note) => (several ? `${table}: ${note}` : note)),
      ),
      ...notesOnImages(images),
    ],
    ...images,
    unreadableRows: faults.map(({ reason, ...fault }) => ({ ...place(fault), reason })),
    spellings,
    separated: sumCounts(tables.map(({ separated }) => separated)),
    doubtful: sumCounts(tables.map(({ doubtful }) => doubtful)),
    imagesWithoutRow: spare.paths,
    disagreeingColumns: rows.flatMap(({ id, genres, disagreeing, ...row }) =>
      disagreeing === undefined ? [] : [{ ...place(row), id, list: genres, columns: disagreeing }],
    ),
    tables: several
      ? tables.map(({ name: table, entries, faults: own }) => ({
          name: table,
          rows: entries.length + own.length,
        }))
      : [],
    agreement: several ? compareTables(rowsById.values(), tables.length) : undefined,
  });
  const ownSplit = splitOfRows(rowsById, dataset);
  return ownSplit === undefined ? dataset : { ...dataset, ownSplit };
}

function everyGenreOf(rows: readonly Entry[]): string[] {
  return [...new Set(rows.flatMap(({ genres }) => genres))].filter((genre) => !isMissingWord(genre));
}

/**
 * Rows with one id are one poster, in several tables too where the tables say the id themselves, it is IMDb's, or the
 * picture is the same file. Elsewhere an id is a file's name, which in another folder names another poster.
 */
function groupRows(rows: readonly JoinedRow[], tables: readonly SourceTable[]): Map<string, JoinedRow[]> {
  const groups = new Map<string, JoinedRow[]>();
  for (const row of rows) {
    const others = groups.get(row.id)?.filter(({ table }) => table !== row.table) ?? [];
    const isSame = others.every((other) => isSamePoster(row, other, tables));
    const { name } = tables[row.table]!;
    const id = isSame ? row.id : `${basename(name, extname(name))}/${row.id}`;
    groups.set(id, [...(groups.get(id) ?? []), { ...row, id }]);
  }
  return groups;
}

function isSamePoster(one: JoinedRow, other: JoinedRow, tables: readonly SourceTable[]): boolean {
  if ((one.hasOwnId && other.hasOwnId) || /^tt\d{6,}$/.test(one.id)) return true;
  const fileOf = ({ table, path }: JoinedRow) => path && join(tables[table]!.folder.root, path);
  return fileOf(one) !== undefined && fileOf(one) === fileOf(other);
}

type Place = (row: JoinedRow) => Omit<RowReference, 'id'>;

function gatherPosters(
  rowsById: ReadonlyMap<string, readonly JoinedRow[]>,
  everyGenre: readonly string[],
  place: Place,
) {
  const posters: Poster[] = [];
  const repeatedIds: RepeatedId[] = [];
  const rowsWithoutImage: (RowReference & { readonly reason?: string })[] = [];
  const rowsWithoutGenre: RowReference[] = [];
  const missingWords = new Map<string, number>();
  for (const [id, rows] of rowsById) {
    const words = [...new Set(rows.flatMap((row) => row.genres))];
    const genres = words.filter((word) => !isMissingWord(word));
    for (const table of new Set(rows.map((row) => row.table))) {
      const own = rows.filter((row) => row.table === table);
      if (own.length > 1) repeatedIds.push(describeRepetition(id, own, genres, place));
    }
    for (const word of words.filter(isMissingWord)) missingWords.set(word, (missingWords.get(word) ?? 0) + 1);
    if (genres.length === 0) rowsWithoutGenre.push({ ...place(rows[0]!), id });
    const source = rows.find((row) => row.source !== undefined)?.source;
    if (source === undefined) {
      const reason = rows.find((row) => row.reason !== undefined)?.reason;
      rowsWithoutImage.push({ ...place(rows[0]!), id, ...(reason !== undefined && { reason }) });
      continue;
    }
    const known = genres.length > 0 ? knownOf(rows, genres, everyGenre) : undefined;
    posters.push({ id, source, ...(genres.length > 0 && { genres }), ...(known && { known }), group: id });
  }
  return { posters, findings: { repeatedIds, rowsWithoutImage, rowsWithoutGenre, missingWords } };
}

/** What any of the rows judged; `undefined` where that is every genre. Rows without a genre judged nothing. */
function knownOf(
  rows: readonly Entry[],
  genres: readonly string[],
  everyGenre: readonly string[],
): readonly string[] | undefined {
  const judging = rows.filter((row) => row.genres.some((genre) => !isMissingWord(genre)));
  if (judging.some(({ known }) => known === undefined)) return undefined;
  const known = new Set([...judging.flatMap((row) => row.known ?? []), ...genres]);
  return everyGenre.every((genre) => known.has(genre)) ? undefined : [...known];
}

function describeRepetition(
  id: string,
  rows: readonly JoinedRow[],
  resolution: readonly string[],
  place: Place,
): RepeatedId {
  const lists = rows.map((row) => row.genres);
  const agree = new Set(lists.map((list) => [...list].sort(compareText).join('\n'))).size === 1;
  const { line: _, ...where } = place(rows[0]!);
  return { id, ...where, lines: rows.map((row) => row.line), agree, lists, resolution };
}

/** Images that no row of any table names, each file once; where another poster has the id, the path is it. */
function spareImages(
  tables: readonly SourceTable[],
  rowsById: ReadonlyMap<string, readonly JoinedRow[]>,
): { readonly posters: readonly Poster[]; readonly paths: readonly string[] } {
  const seen = new Set<string>();
  for (const rows of rowsById.values())
    for (const { table, path } of rows)
      if (path !== undefined) seen.add(join(tables[table]!.folder.root, path));
  const posters = new Map<string, Poster>();
  const paths: string[] = [];
  for (const { folder } of tables) {
    for (const [path, ownId] of folder.posters) {
      const file = join(folder.root, path);
      if (seen.has(file)) continue;
      seen.add(file);
      const isTaken = (id: string) => rowsById.has(id) || posters.has(id);
      const id = [ownId, path].find((one) => !isTaken(one)) ?? file;
      posters.set(id, { id, source: fileIn(folder, path), group: id });
      paths.push(path);
    }
  }
  return { posters: [...posters.values()], paths: paths.sort(compareText) };
}

/** A poster that rows put into several subsets is in the last of them: the test posters must stay unseen. */
function splitOfRows(
  rowsById: ReadonlyMap<string, readonly JoinedRow[]>,
  { labelled }: Dataset,
): ReadonlyMap<string, SplitName> | undefined {
  const split = new Map<string, SplitName>();
  for (const { id } of labelled) {
    const named = rowsById.get(id)?.map((row) => row.split) ?? [];
    const name = (['test', 'validation', 'train'] as const).find((one) => named.includes(one));
    if (name !== undefined) split.set(id, name);
  }
  return new Set(split.values()).size > 1 ? split : undefined;
}

/** Of a folder that several tables share once. */
function sumSkips(tables: readonly SourceTable[]): SkipCounts {
  const folders = new Map(tables.map(({ folder }) => [folder.root, folder]));
  const sum: Partial<Record<SkipKind, number>> = {};
  for (const { skipped } of folders.values())
    for (const [kind, count] of Object.entries(skipped) as [SkipKind, number][])
      sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}

function sumCounts(counts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const [name, rows] of counts.flatMap((each) => [...each])) sum.set(name, (sum.get(name) ?? 0) + rows);
  return sum;
}
