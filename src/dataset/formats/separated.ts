/** @module A CSV or TSV file, as people and programs write them -> a table. */
import { extname } from 'node:path';
import { onesheetError } from '../../errors.ts';
import { findLayout, nameColumns } from './header.ts';
import { type QuoteCare, type RawRecord, readQuoted, readUnquoted } from './quoting.ts';
import type { DataFormat, Table } from './table.ts';
import { readText } from './text.ts';

const endings = ['.csv', '.tsv', '.tab', '.txt'];

/** Separated by commas, semicolons, tabs or bars: whichever the line of names has most of; a `.tsv` by tabs. */
export const separatedFormat: DataFormat = {
  name: 'a .csv or .tsv file',
  accepts: (path, isFolder) => !isFolder && endings.includes(extname(path).toLowerCase()),
  read: async (path) => {
    const { text, notes } = await readText(path, 'a table of posters');
    const table = parseSeparated(path, text);
    return { ...table, notes: [...notes, ...table.notes] };
  },
};

/** The line that names the columns, for reading what follows by itself; '' where the first line is a row. */
export function headerOf(path: string, text: string): string {
  const layout = findLayout(text, isTsvPath(path));
  const [line = ''] = layout.text.split(/\r\n|\n|\r/, 1);
  // Only names are asked for, so that quotes behind them, broken ones among them, do not matter.
  const [first = '', ...next] = layout.text.split('\n').slice(0, 3);
  const names = parseSeparated(
    path,
    [first, ...next.map((row) => row.replaceAll('"', ''))].join('\n'),
  ).columns;
  return names.some((name) => /^column \d+$/.test(name)) ? '' : line;
}

export function isTsvPath(path: string): boolean {
  return ['.tsv', '.tab'].includes(extname(path).toLowerCase());
}

/**
 * @param care as {@link readQuoted} has it
 * @throws {OnesheetError} TABLE_ROW for quotes that are not closed
 */
export function parseSeparated(path: string, text: string, care?: QuoteCare): Table {
  const isTsv = isTsvPath(path);
  const layout = findLayout(text, isTsv);
  const read = isTsv ? readUnquoted : readQuoted;
  const all = read(path, layout.text, layout.separator, layout.firstLine, care);
  const raw = all.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  if (raw.length === 0) return { path, columns: [], rows: [], faults: [], notes: [] };
  const { columns, records, notes } = nameColumns(path, raw);
  const faults = records
    .filter(({ cells }) => !hasWidth(cells, columns.length))
    .map((record) => ({ line: record.line, reason: otherWidth(record) }));
  const rows = records.filter(({ cells }) => hasWidth(cells, columns.length));
  const named = nameEmpty(path, columns, rows, layout.firstLine);
  return { path, ...named, faults, notes: [...layout.notes, ...notes] };
}

/** Where a cell goes on over lines, a lone quote may have swallowed rows: what is left out is named whole. */
function otherWidth({ cells }: RawRecord): string {
  const lines = cells.join('').split(/\r\n|\n|\r/).length;
  const reason = 'it has another number of cells than the first line';
  return lines === 1 ? reason : `${reason}, and takes ${lines} lines by its quotes`;
}

/** Empty cells beyond the last column are what spreadsheets leave. */
function hasWidth(cells: readonly string[], width: number): boolean {
  return cells.length >= width && cells.slice(width).every((cell) => cell.trim() === '');
}

/** Columns without a name and without cells are dropped; those with cells are called by their place. */
function nameEmpty(
  path: string,
  names: readonly string[],
  rows: readonly RawRecord[],
  firstLine: number,
): Pick<Table, 'columns' | 'rows'> {
  const kept = [...names.keys()].filter(
    (column) => names[column] !== '' || rows.some(({ cells }) => cells[column]!.trim() !== ''),
  );
  const columns = kept.map((column) => names[column] || `column ${column + 1}`);
  const repeated = columns.find((name, at) => columns.indexOf(name) !== at);
  if (repeated !== undefined)
    throw onesheetError('TABLE_ROW', path, firstLine, `the column ${repeated} appears twice`);
  return {
    columns,
    rows: rows.map(({ line, cells }) => ({ line, cells: kept.map((column) => cells[column]) })),
  };
}
