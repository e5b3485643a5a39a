/** @module JSON lines, or a JSON array of objects -> a table. */
import { extname } from 'node:path';
import { onesheetError } from '../../errors.ts';
import type { DataFormat, RowFault, Table } from './table.ts';
import { readText } from './text.ts';

export const jsonFormat: DataFormat = {
  name: 'a .jsonl or .json file',
  accepts: (path, isFolder) =>
    !isFolder && ['.jsonl', '.ndjson', '.json'].includes(extname(path).toLowerCase()),
  read: async (path) => {
    const { text, notes } = await readText(path, 'a table of posters');
    if (text.trimStart().startsWith('[')) return { ...tableOfRecords(path, parseArray(path, text)), notes };
    const table = jsonLinesTable(path, text);
    const [fault] = table.faults;
    if (fault !== undefined && table.rows.length === 0)
      throw onesheetError('TABLE_ROW', path, fault.line, fault.reason);
    return { ...table, notes };
  },
};

export interface JsonRecord {
  readonly line: number;
  readonly record: Readonly<Record<string, unknown>>;
}

function parseArray(path: string, text: string): JsonRecord[] {
  const items = parseJson(text);
  if (items instanceof Problem) throw onesheetError('TABLE_ROW', path, 1, items.reason);
  return (items as unknown[]).map((item, at) => {
    const record = objectOf(item);
    if (record instanceof Problem) throw onesheetError('TABLE_ROW', path, at + 1, record.reason);
    return { line: at + 1, record };
  });
}

/**
 * An object a line; lines that are none are faults.
 *
 * @param firstLine the line of the file on which the text begins
 */
export function jsonLinesTable(path: string, text: string, firstLine = 1): Table {
  const records: JsonRecord[] = [];
  const faults: RowFault[] = [];
  for (const [at, source] of text.split('\n').entries()) {
    if (source.trim() === '') continue;
    const line = firstLine + at;
    const record = objectOf(parseJson(source));
    if (record instanceof Problem) faults.push({ line, reason: record.reason });
    else records.push({ line, record });
  }
  return { ...tableOfRecords(path, records), faults };
}

/** What stands there instead. */
class Problem {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    const expected = 'expected one JSON object a line, or a JSON array of objects';
    return new Problem(`${expected} (${(error as Error).message})`);
  }
}

function objectOf(value: unknown): Record<string, unknown> | Problem {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : new Problem('expected a JSON object');
}

/** The columns are all keys, in the order in which they first occur. */
export function tableOfRecords(path: string, records: readonly JsonRecord[]): Table {
  const columns = new Map<string, number>();
  for (const { record } of records)
    for (const key of Object.keys(record)) if (!columns.has(key)) columns.set(key, columns.size);
  const rows = records.map(({ line, record }) => {
    const cells = new Array<unknown>(columns.size).fill(undefined);
    for (const [key, value] of Object.entries(record)) cells[columns.get(key) as number] = value;
    return { line, cells };
  });
  return { path, columns: [...columns.keys()], rows, faults: [], notes: [] };
}
