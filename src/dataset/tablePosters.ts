/** @module A table that names images -> its posters, genres or not, each with the id that a data set gives it. */
import { extname, join } from 'node:path';
import type { ImageSource } from '../image/index.ts';
import { columnsByName } from './columns.ts';
import { readHead } from './folder.ts';
import { isTable, readTable } from './formats/list.ts';
import { folderOfTable } from './images.ts';
import { locateRows } from './located.ts';
import { readPictureRows } from './rows.ts';
import type { Skipped } from './skips.ts';

/**
 * Whether a text file is a table of posters: by the ending of its name, or for `.txt` by a first line that names a
 * column of images or ids among others. Any other text is a list of paths.
 */
export async function isPosterTable(path: string): Promise<boolean> {
  if (!(await isTable(path))) return false;
  if (extname(path).toLowerCase() !== '.txt') return true;
  const text = Buffer.from(await readHead(path))
    .toString()
    .replaceAll('\0', '');
  const names = text.slice(0, text.search(/[\r\n]|$/)).split(/[,;\t]/);
  const { id, image } = columnsByName(names);
  return names.length > 1 && (id !== undefined || image !== undefined);
}

/**
 * The posters of a table in the order of its rows, a poster that has several rows once. One whose image is not there
 * comes with the path that its row says, so that it is missed by name.
 *
 * @param images folder of the images @default as `loadDataset` has it
 * @param skipped counts rows that cannot be read, or whose image lies outside of that folder
 * @throws {OnesheetError} as `loadDataset`; TABLE_LAYOUT where no column names images or ids
 */
export async function* postersOfTable(
  path: string,
  images?: string,
  skipped?: Skipped,
): AsyncGenerator<{ readonly id: string; readonly source: ImageSource }> {
  const { entries, columns, faults } = readPictureRows(await readTable(path));
  const folder = await folderOfTable(path, entries, images);
  const { located, refused } = locateRows(folder, entries, columns);
  for (const { line, reason } of [...faults, ...refused]) skipped?.add('row', `line ${line}: ${reason}`);
  const given = new Set<string>();
  for (const { id, image, source } of located) {
    if (given.has(id)) continue;
    given.add(id);
    yield { id, source: source ?? { kind: 'file', path: join(folder.root, image || id) } };
  }
}
