/** @module A Parquet file -> a table, with the names of Hugging Face's numbered labels in their place. */
import { extname } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import { onesheetError } from '../../errors.ts';
import { readWholeFile } from '../../files.ts';
import { tableOfRecords } from './json.ts';
import type { DataFormat, Table } from './table.ts';

export const parquetFormat: DataFormat = {
  name: 'a .parquet file',
  accepts: (path, isFolder) => !isFolder && extname(path).toLowerCase() === '.parquet',
  read: readParquet,
};

/** What hyparquet does not bring itself; LZ4 is rare and refused with a sentence. */
const compressors: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input, length) => unzstd(input, new Uint8Array(length)),
};

/** @throws {OnesheetError} FILE_MISSING; FILE_UNREADABLE */
async function readParquet(path: string): Promise<Table> {
  const bytes = await readWholeFile(path, 'a table of posters');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return understood(path, async () => rowsOf(path, file, await parquetMetadataAsync(file)));
}

/** Its groups of rows, one at a time. @throws {OnesheetError} FILE_UNREADABLE */
export async function* readParquetGroups(path: string): AsyncGenerator<Table> {
  const file = await understood(path, () => asyncBufferFromFile(path));
  const metadata = await understood(path, () => parquetMetadataAsync(file));
  let start = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    const end = start + Number(rows);
    yield await understood(path, () => rowsOf(path, file, metadata, start, end));
    start = end;
  }
}

async function understood<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const reason = `it is no Parquet file that is understood (${(error as Error).message})`;
    throw onesheetError('FILE_UNREADABLE', path, reason);
  }
}

async function rowsOf(
  path: string,
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart = 0,
  rowEnd?: number,
): Promise<Table> {
  const rows = await parquetReadObjects({ file, metadata, compressors, utf8: false, rowStart, rowEnd });
  const names = labelNames(metadata);
  const records = rows.map((row, at) => ({
    line: rowStart + at + 1,
    record: Object.fromEntries(
      Object.entries(row).map(([column, cell]) => [column, readable(cell, names.get(column))]),
    ),
  }));
  return tableOfRecords(path, records);
}

/** Texts of older writers are bytes without a type; pictures are bytes in a column of images. */
function readable(cell: unknown, names: readonly string[] | undefined): unknown {
  if (names !== undefined && Array.isArray(cell)) return cell.map((item) => readable(item, names));
  if (names !== undefined && (typeof cell === 'number' || typeof cell === 'bigint'))
    return names[Number(cell)] ?? String(cell);
  if (!(cell instanceof Uint8Array)) return cell;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(cell);
  } catch {
    return cell;
  }
}

/** The names of `ClassLabel` columns, which Hugging Face's library writes into the file. */
function labelNames({ key_value_metadata: pairs = [] }: FileMetaData): Map<string, readonly string[]> {
  const text = pairs.find(({ key }) => key === 'huggingface')?.value;
  const features = text === undefined ? undefined : (JSON.parse(text) as { info?: { features?: object } });
  return new Map(
    Object.entries(features?.info?.features ?? {}).flatMap(([column, feature]) => {
      const names = namesOf(feature);
      return names === undefined ? [] : [[column, names] as const];
    }),
  );
}

/** Of a `ClassLabel`, or of a list of them in any of the spellings that the library had. */
function namesOf(feature: unknown): readonly string[] | undefined {
  if (Array.isArray(feature)) return namesOf(feature[0]);
  if (typeof feature !== 'object' || feature === null) return undefined;
  const { names, feature: inner } = feature as { names?: unknown; feature?: unknown };
  if (Array.isArray(names)) return names.map(String);
  return inner === undefined ? undefined : namesOf(inner);
}
