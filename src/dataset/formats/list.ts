/** @module A path of any kind -> its table, read by the first format that accepts it. */
import { stat } from 'node:fs/promises';
import { onesheetError } from '../../errors.ts';
import { classFoldersFormat } from './classFolders.ts';
import { imagefolderFormat, parquetFolderFormat } from './imagefolder.ts';
import { jsonFormat } from './json.ts';
import { parquetFormat } from './parquet.ts';
import { separatedFormat } from './separated.ts';
import type { DataFormat, Table } from './table.ts';

/** The order counts: the first that accepts a path reads it. */
const formats: readonly DataFormat[] = [
  separatedFormat,
  jsonFormat,
  parquetFormat,
  imagefolderFormat,
  parquetFolderFormat,
  classFoldersFormat,
];

/**
 * Reads a file or folder of any format.
 *
 * @throws {OnesheetError} FILE_MISSING; FILE_UNREADABLE, for a path of no format too; TABLE_ROW with the line that
 * cannot be read.
 */
export async function readTable(path: string): Promise<Table> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw onesheetError('FILE_MISSING', path, 'a table of posters or a folder of them');
  const isFolder = found.isDirectory();
  for (const format of formats) {
    if (!(await format.accepts(path, isFolder))) continue;
    const table = await format.read(path);
    if (table.rows.length + table.faults.length > 0) return table;
    throw onesheetError('FILE_UNREADABLE', path, 'it holds no rows');
  }
  const names = formats.map(({ name }) => name);
  throw onesheetError('FILE_UNREADABLE', path, `expected ${names.join(', or ')}`);
}

/** Whether a file is of some format by its name, so that {@link readTable} reads it. */
export async function isTable(path: string): Promise<boolean> {
  const accepted = await Promise.all(formats.map((format) => format.accepts(path, false)));
  return accepted.includes(true);
}
