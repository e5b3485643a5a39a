/** @module A CSV, TSV or JSONL file -> its columns and rows, each with its line. */
import { extname } from 'node:path';
import { parse } from 'csv-parse/sync';
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';

export interface TableRow {
  /** From 1, in the file; of a row over several lines the last one. */
  readonly line: number;
  /** One a column; texts in a CSV, any JSON value in a JSONL, `undefined` where a JSONL row has no such key. */
  readonly cells: readonly unknown[];
}

export interface Table {
  readonly path: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Rows that cannot be read, and why. */
  readonly faults: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Reads UTF-8 text, with or without a byte order mark. A `.csv` may separate by comma, semicolon or tab:
 * whichever its first line has most of.
 *
 * @throws {OnesheetError} FILE_MISSING; FILE_UNREADABLE; TABLE_ROW with the line that cannot be read.
 */
export async function readTable(path: string): Promise<Table> {
  const extension = extname(path).toLowerCase();
  const isJson = extension === '.jsonl' || extension === '.ndjson';
  if (!isJson && extension !== '.csv' && extension !== '.tsv')
    throw onesheetError('FILE_UNREADABLE', path, 'expected a .csv, .tsv or .jsonl file');
  const bytes = await readWholeFile(path, 'a table of posters');
  const text = decodeUtf8(path, bytes);
  const table = isJson ? parseJsonLines(path, text) : parseSeparated(path, text, extension);
  if (table.rows.length === 0) throw onesheetError('FILE_UNREADABLE', path, 'it holds no rows');
  return table;
}

function decodeUtf8(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw onesheetError('FILE_UNREADABLE', path, 'its text is not UTF-8');
  }
}

function parseSeparated(path: string, text: string, extension: string): Table {
  const delimiter = extension === '.tsv' ? '\t' : commonestSeparator(text.slice(0, text.search(/\r|\n|$/)));
  try {
    const records = parse(text, {
      delimiter,
      info: true,
      relax_quotes: true,
      skip_empty_lines: true,
    }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    const columns = records[0]?.record.map((name) => name.trim()) ?? [];
    const repeated = columns.find((name, at) => columns.indexOf(name) !== at);
    if (repeated !== undefined)
      throw onesheetError('TABLE_ROW', path, 1, `the column ${repeated} appears twice`);
    const rows = records.slice(1).map(({ record, info }) => ({ line: info.lines, cells: record }));
    return { path, columns, rows, faults: [] };
  } catch (error) {
    throw csvError(path, error);
  }
}

function commonestSeparator(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (mark: string) => unquoted.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

function csvError(path: string, error: unknown): unknown {
  const { code = '', lines = 0, message } = error as { code?: string; lines?: number; message: string };
  if (!code.startsWith('CSV_')) return error;
  const problems: Readonly<Record<string, string>> = {
    CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'it has another number of cells than the first line',
    CSV_QUOTE_NOT_CLOSED: 'the file ends inside a quoted cell',
  };
  return onesheetError('TABLE_ROW', path, lines, problems[code] ?? message);
}

function parseJsonLines(path: string, text: string): Table {
  const columns = new Map<string, number>();
  const records: { line: number; record: object }[] = [];
  text.split('\n').forEach((source, at) => {
    if (source.trim() === '') return;
    const record = parseJsonObject(path, source, at + 1);
    for (const key of Object.keys(record)) if (!columns.has(key)) columns.set(key, columns.size);
    records.push({ line: at + 1, record });
  });
  const rows = records.map(({ line, record }) => {
    const cells = new Array<unknown>(columns.size).fill(undefined);
    for (const [key, value] of Object.entries(record)) cells[columns.get(key) as number] = value;
    return { line, cells };
  });
  return { path, columns: [...columns.keys()], rows, faults: [] };
}

function parseJsonObject(path: string, source: string, line: number): object {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw onesheetError('TABLE_ROW', path, line, (error as Error).message);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw onesheetError('TABLE_ROW', path, line, 'expected a JSON object');
}
