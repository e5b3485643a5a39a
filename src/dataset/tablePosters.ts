/** @module A table that names images -> its posters, genres or not, each with the id that a data set gives it. */
import { extname, join } from 'node:path';
import { onesheetError } from '../errors.ts';
import type { ImageSource } from '../image/index.ts';
import { columnsByName } from './columns.ts';
import { readHead } from './folder.ts';
import { isTable, readTable } from './formats/list.ts';
import { defaultImages, fileIn, listImages } from './images.ts';
import { idOfRow, isImdbColumn, matchImages, type NamedImage } from './matching.ts';
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
 * @param skipped counts rows whose image lies outside of that folder
 * @throws {OnesheetError} as `loadDataset`; TABLE_LAYOUT where no column names images or ids
 */
export async function* postersOfTable(
  path: string,
  images?: string,
  skipped?: Skipped,
): AsyncGenerator<{ readonly id: string; readonly source: ImageSource }> {
  const table = await readTable(path);
  const { id, image } = columnsByName(table.columns);
  if (id === undefined && image === undefined)
    throw onesheetError(
      'TABLE_LAYOUT',
      path,
      table.columns.join(', '),
      'image (or file_name, path, poster, id)',
    );
  const cell = (cells: readonly unknown[], at: number | undefined) =>
    at === undefined ? '' : String(cells[at] ?? '').trim();
  const rows: NamedImage[] = table.rows.map(({ cells }) => ({
    id: cell(cells, id),
    image: cell(cells, image),
  }));
  const folder = await listImages(images ?? (await defaultImages(path, rows)));
  const given = new Set<string>();
  for (const [at, match] of matchImages(
    folder,
    rows,
    isImdbColumn(table.columns[id ?? -1] ?? ''),
  ).entries()) {
    const row = rows[at]!;
    if (match.problem?.kind === 'refused') {
      skipped?.add('outside', `line ${table.rows[at]!.line}: ${match.problem.reason}`);
      continue;
    }
    const own = idOfRow(folder, row, match);
    if (given.has(own)) continue;
    given.add(own);
    if (match.path !== undefined) yield { id: own, source: fileIn(folder, match.path) };
    else if (match.url !== undefined) yield { id: own, source: { kind: 'url', url: match.url } };
    else yield { id: own, source: { kind: 'file', path: join(folder.root, row.image || row.id) } };
  }
}
