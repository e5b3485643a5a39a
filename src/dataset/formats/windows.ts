/** @module A table of any length -> its rows, some thousands at a time, so that memory does not grow with their number. */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { OnesheetError } from '../../errors.ts';
import { jsonLinesTable } from './json.ts';
import { readLineBlocks } from './lines.ts';
import { readTable } from './list.ts';
import { readParquetGroups } from './parquet.ts';
import { headerOf, parseSeparated } from './separated.ts';
import type { Table } from './table.ts';

/** Up to so many bytes a table is read as a whole. */
const wholeBytes = 2 * 2 ** 20;

/**
 * The rows of a table in their order. One of up to 2 MiB comes whole; of a longer one each window is read by itself,
 * with the names of the columns from the table's beginning.
 *
 * @throws {OnesheetError} as `readTable`
 */
export async function* readWindows(path: string): AsyncGenerator<Table> {
  const found = await stat(path).catch(() => undefined);
  const ending = extname(path).toLowerCase();
  if (found?.isFile() !== true || found.size <= wholeBytes || ending === '.json') yield await readTable(path);
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

/** Where a quote is broken, each line by itself, so that the others are read. */
function parseWindow(path: string, text: string, header: string): Table {
  try {
    return parseSeparated(path, text);
  } catch (error) {
    if (!(error instanceof OnesheetError) || error.code !== 'TABLE_ROW' || header === '') throw error;
  }
  const rows: Table['rows'][number][] = [];
  const faults: Table['faults'][number][] = [];
  let columns: readonly string[] = [];
  for (const [at, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '' || line === header) continue;
    try {
      const table = parseSeparated(path, `${header}\n${line}`);
      columns = table.columns;
      rows.push(...table.rows.map(({ cells }) => ({ line: at + 1, cells })));
      faults.push(...table.faults.map(({ reason }) => ({ line: at + 1, reason })));
    } catch (error) {
      if (!(error instanceof OnesheetError)) throw error;
      faults.push({ line: at + 1, reason: 'a quote in it is not closed' });
    }
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
