/** @module A folder of images with metadata files, or with Parquet files, as Hugging Face has them -> a table. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { splitOfWord } from '../subset.ts';
import { jsonFormat } from './json.ts';
import { parquetFormat } from './parquet.ts';
import { separatedFormat } from './separated.ts';
import { joinParts } from './splitFolders.ts';
import type { DataFormat, Table } from './table.ts';

/** The earlier one counts where a folder has several. */
const metadataFiles = ['metadata.jsonl', 'metadata.csv', 'metadata.parquet'];

/** The metadata file stands in the folder, or one in each of train/, validation/ and test/; then these are the split. */
export const imagefolderFormat: DataFormat = {
  name: 'a folder with metadata.jsonl, .csv or .parquet in it or in its train/, validation/ and test/',
  accepts: async (path, isFolder) => isFolder && (await findMetadata(path)).length > 0,
  read: async (path) => {
    const files = await findMetadata(path);
    const parts = files.map(async (found) => ({ ...found, table: await readFile(join(path, found.file)) }));
    return joinParts(path, await Promise.all(parts));
  },
};

/** The files that a data set on the hub consists of: `data/train-00000-of-00002.parquet`. */
export const parquetFolderFormat: DataFormat = {
  name: 'a folder of Parquet files',
  accepts: async (path, isFolder) => isFolder && (await findParquet(path)).length > 0,
  read: async (path) => {
    const files = await findParquet(path);
    const parts = files.map(async (file) => ({
      file,
      root: '',
      table: await parquetFormat.read(join(path, file)),
    }));
    return joinParts(path, await Promise.all(parts));
  },
};

function readFile(path: string): Promise<Table> {
  if (path.endsWith('.jsonl')) return jsonFormat.read(path);
  return path.endsWith('.csv') ? separatedFormat.read(path) : parquetFormat.read(path);
}

async function findMetadata(path: string): Promise<{ readonly file: string; readonly root: string }[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const own = metadataFiles.find((name) => entries.some((entry) => entry.name === name));
  if (own !== undefined) return [{ file: own, root: '' }];
  const subsets = entries.filter((entry) => entry.isDirectory() && splitOfWord(entry.name) !== undefined);
  const found = await Promise.all(
    subsets.map(async ({ name: root }) => {
      const names = await readdir(join(path, root));
      const file = metadataFiles.find((name) => names.includes(name));
      return file === undefined ? [] : [{ file: `${root}/${file}`, root }];
    }),
  );
  return found.flat();
}

async function findParquet(path: string): Promise<string[]> {
  const own = await readdir(path);
  const below = own.includes('data') ? await readdir(join(path, 'data')).catch(() => []) : [];
  const files = [...own, ...below.map((name) => `data/${name}`)];
  return files.filter((name) => name.endsWith('.parquet')).sort();
}
