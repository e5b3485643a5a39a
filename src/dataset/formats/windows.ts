/** @module A table of any length -> its rows, some thousands at a time, so that memory does not grow with their number. */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { OnesheetError } from '../../errors.ts';
import { type Run, recordsAmong } from './broken.ts';
import { findLayout } from './header.ts';
import { jsonLinesTable } from './json.ts';
import { readLineBlocks } from './lines.ts';
import { readTable } from './list.ts';
import { readParquetGroups } from './parquet.ts';
import { headerOf, isTsvPath, parseSeparated } from './separated.ts';
import type { Table } from './table.ts';

/**
 * The rows of a table in their order. Each window, of at least a megabyte where there is as much, is read by itself, with
 * the names of the columns from the table's beginning; what is broken costs no row but its own.
 *
 * @throws {OnesheetError} as `readTable`
 */
export async function* readWindows(path: string): AsyncGenerator<Table> {
  const found = await stat(path).catch(() => undefined);
  const ending = extname(path).toLowerCase();
  if (found?.isFile() !== true || found.size === 0 || ending === '.json') yield await readTable(path);
  else if (ending === '.parquet') yield* readParquetGroups(path);
  else if (['.jsonl', '.ndjson'].includes(ending))
    for await (const { text, firstLine } of readLineBlocks(path)) yield jsonLinesTable(path, text, firstLine);
  else yield* separatedWindows(path);
}

async function* separatedWindows(path: string): AsyncGenerator<Table> {
  let header: string | undefined;
  for await (const { text, firstLine } of readLineBlocks(path, hasEvenQuotes)) {
    const isFirst = header === undefined;
    header ??= headerOf(path, text);
    // The line of names that is put before takes a line, too.
    const window =
      isFirst || header === ''
        ? { text, before: firstLine - 1 }
        : { text: `${header}\n${text}`, before: firstLine - 2 };
    yield atLine(parseWindow(path, window.text, header), window.before);
  }
}

function hasEvenQuotes(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 0;
}

/** Where a quote is broken, each line that begins no row by itself or with its next ones is left out, and named. */
function parseWindow(path: string, text: string, header: string): Table {
  try {
    return parseSeparated(path, text, 'wary');
  } catch (error) {
    if (!(error instanceof OnesheetError) || error.code !== 'TABLE_ROW' || header === '') throw error;
  }
  const lines = text.split(/\r\n|\n|\r/);
  const from = lines.indexOf(header) + 1;
  // In a .tsv no cell goes on over lines.
  const runs = isTsvPath(path)
    ? lines.slice(from).map((record, line): Run => ({ line, record }))
    : recordsAmong(lines.slice(from), header, findLayout(header, false).separator);
  const rows: Table['rows'][number][] = [];
  const faults: Table['faults'][number][] = [];
  let columns: readonly string[] = [];
  for (const { line, record } of runs) {
    const at = (row: { readonly line: number }): number => row.line - 1 + line + from;
    if (record === undefined) {
      faults.push({ line: line + 1 + from, reason: 'a quote in it is not closed' });
      continue;
    }
    const table = parseSeparated(path, `${header}\n${record}`, 'told');
    columns = table.columns;
    rows.push(...table.rows.map((row) => ({ ...row, line: at(row) })));
    faults.push(...table.faults.map((fault) => ({ ...fault, line: at(fault) })));
  }
  return { path, columns, rows, faults, notes: [] };
}

function atLine(table: Table, before: number): Table {
  const moved = <Row extends { readonly line: number }>(row: Row): Row => ({
    ...row,
    line: row.line + before,
  });
  return before === 0 ? table : { ...table, rows: table.rows.map(moved), faults: table.faults.map(moved) };
}
