/** @module A table that names images -> its posters, genres or not, each with the id that a data set gives it. */
import { extname, isAbsolute, join } from 'node:path';
import { onesheetError } from '../errors.ts';
import type { ImageSource } from '../image/index.ts';
import { columnsByName } from './columns.ts';
import { readHead } from './folder.ts';
import { isTable } from './formats/list.ts';
import type { Table } from './formats/table.ts';
import { readWindows } from './formats/windows.ts';
import { rootOfTable } from './images.ts';
import type { Located } from './located.ts';
import { pathBelow } from './naming.ts';
import { RowLocator } from './rowLocator.ts';
import { readPictureRows } from './rows.ts';
import { SeenIds } from './seen.ts';
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
 * comes with the path that its row says, so that it is missed by name. A long table is read some thousands of rows at a
 * time; names that are almost those of pictures are then looked for among these rows.
 *
 * @param images folder of the images @default as `loadDataset` has it
 * @param skipped counts rows that cannot be read, whose image lies outside of that folder, or whose id came before
 * @throws {OnesheetError} as `loadDataset`; TABLE_LAYOUT where no column names images, and no id a picture of the folder;
 * NOTHING_FOUND where its rows name only paths of elsewhere, since nothing outside of the folder is looked for
 */
export async function* postersOfTable(
  path: string,
  images?: string,
  skipped?: Skipped,
): AsyncGenerator<{ readonly id: string; readonly source: ImageSource }> {
  const seen = new SeenIds();
  let rows: RowLocator | undefined;
  for await (const window of readWindows(path)) {
    const isFirst = rows === undefined;
    const { entries, columns, faults } = picturesOf(window, isFirst);
    rows ??= new RowLocator(await rootOfTable(path, entries, images));
    const { located, refused } = await rows.locate(entries.filter(isSane), columns);
    const monsters = entries.filter((entry) => !isSane(entry)).map(({ line }) => ({ line, reason: tooLong }));
    if (isFirst && !rows.holdsPictures && located.length > 0) requireImages(path, window, located, rows.root);
    for (const { line, reason } of [...faults, ...monsters, ...refused])
      skipped?.add('row', `line ${line} of ${path}: ${reason}`);
    for (const { line, id, image, source } of located) {
      const missing = source === undefined ? pathIn(rows.root, image || id) : undefined;
      if (source === undefined && missing === undefined)
        skipped?.add(
          'row',
          `line ${line} of ${path}: ${image} lies outside of the folder of images ${rows.root}`,
        );
      else if (seen.add(id)) skipped?.add('repeatedRow', `line ${line} of ${path}: ${id}`);
      else yield { id, source: source ?? { kind: 'file', path: missing! } };
    }
  }
}

/** Where in the folder a row's image would be; undefined for a path that begins at a root and leads elsewhere. */
function pathIn(root: string, image: string): string | undefined {
  if (isAbsolute(image)) {
    const below = pathBelow(root, image);
    return below && join(root, below);
  }
  return /^([a-z]:|[/\\])/i.test(image) ? undefined : join(root, image);
}

/** Characters beyond which no cell is a path, a URL or an id. */
const longestName = 32_768;
const tooLong = `its image or id has more than ${longestName} characters`;

function isSane({ id, image }: { readonly id: string; readonly image: string }): boolean {
  return id.length <= longestName && image.length <= longestName;
}

/** Ids alone may name the pictures of a folder, and paths that begin at a root the pictures of another machine's. */
function requireImages(path: string, { columns }: Table, located: readonly Located[], root: string): void {
  if (located.some(({ source }) => source !== undefined)) return;
  if (columnsByName(columns).image === undefined)
    throw onesheetError(
      'TABLE_LAYOUT',
      path,
      columns.join(', '),
      `image (or file_name, path, poster), or pictures that are called by the ids in ${root}`,
    );
  const [first] = located;
  if (located.every(({ image }) => pathIn(root, image) === undefined))
    throw onesheetError(
      'NOTHING_FOUND',
      path,
      `images in the folder ${root}, not such as ${first!.image}; another folder of images can be named`,
    );
}

/** Rows far into a table may have none of its columns; the first that have none are another kind of table. */
function picturesOf(window: Table, isFirst: boolean): ReturnType<typeof readPictureRows> {
  const { id, image } = columnsByName(window.columns);
  if (isFirst || id !== undefined || image !== undefined) return readPictureRows(window);
  const reason = 'it names neither an image nor an id';
  const faults = [...window.faults, ...window.rows.map(({ line }) => ({ line, reason }))];
  return { entries: [], columns: [], faults };
}
