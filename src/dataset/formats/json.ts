/** @module JSON lines, or a JSON array of objects -> a table. */
import { extname } from 'node:path';
import { onesheetError } from '../../errors.ts';
import type { DataFormat, Table } from './table.ts';
import { readText } from './text.ts';

export const jsonFormat: DataFormat = {
  name: 'a .jsonl or .json file',
  accepts: (path, isFolder) =>
    !isFolder && ['.jsonl', '.ndjson', '.json'].includes(extname(path).toLowerCase()),
  read: async (path) => {
    const { text, notes } = await readText(path, 'a table of posters');
    return { ...tableOfRecords(path, parseRecords(path, text)), notes };
  },
};

export interface JsonRecord {
  readonly line: number;
  readonly record: Readonly<Record<string, unknown>>;
}

function parseRecords(path: string, text: string): JsonRecord[] {
  if (text.trimStart().startsWith('[')) {
    const items = parseJson(path, text, 1);
    return (items as unknown[]).map((item, at) => ({ line: at + 1, record: objectOf(path, item, at + 1) }));
  }
  return text.split('\n').flatMap((source, at) => {
    if (source.trim() === '') return [];
    return [{ line: at + 1, record: objectOf(path, parseJson(path, source, at + 1), at + 1) }];
  });
}

function parseJson(path: string, source: string, line: number): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    const expected = 'expected one JSON object a line, or a JSON array of objects';
    throw onesheetError('TABLE_ROW', path, line, `${expected} (${(error as Error).message})`);
  }
}

function objectOf(path: string, value: unknown, line: number): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw onesheetError('TABLE_ROW', path, line, 'expected a JSON object');
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
