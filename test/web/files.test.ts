import { expect, test } from 'vitest';
import { idsOfNames } from '../../src/dataset/browser.ts';
import { transferred } from '../../web/files.ts';

type Tree = { readonly [name: string]: Tree | string };

/** An entry as a browser gives it for a dropped folder: a hundred children at a time, then none. */
function entryOf(name: string, content: Tree | string | Error): FileSystemEntry {
  if (typeof content === 'string' || content instanceof Error)
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: (resolve: (file: File) => void, reject: (error: Error) => void) =>
        content instanceof Error ? reject(content) : resolve(new File([content], name)),
    } as unknown as FileSystemEntry;
  const children = Object.entries(content).map(([child, inside]) => entryOf(child, inside));
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => ({
      readEntries: (resolve: (entries: FileSystemEntry[]) => void) => resolve(children.splice(0, 100)),
    }),
  } as unknown as FileSystemEntry;
}

function drop(...entries: readonly FileSystemEntry[]): DataTransfer {
  return {
    getData: () => '',
    files: [],
    items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })),
  } as unknown as DataTransfer;
}

const gif = 'GIF89a...';
const heat = { 'poster.jpg': '', 'fanart.jpg': '', 'movie.nfo': 'text', '._poster.jpg': '' };

test('a dropped folder gives the posters that the command line finds in it, by the same ids', async () => {
  const lib = { 'Heat (1995)': heat, '.actors': { 'a.jpg': '' }, 'b.data': gif, x: { '1.jpg': '' } };
  const { files, skipped } = await transferred(drop(entryOf('lib', lib)));
  expect(files.map(({ name }) => name)).toEqual(['Heat (1995)/poster.jpg', 'b.data', 'x/1.jpg']);
  expect(idsOfNames(files.map(({ name }) => name))).toEqual(['Heat (1995)', 'b.data', 'x/1']);
  expect(skipped.counts).toEqual({ macos: 1, actors: 1, artwork: 1, notPicture: 1 });
});

test('folders that came together, and that of one film, are part of the names', async () => {
  const two = await transferred(drop(entryOf('a', { '1.jpg': '' }), entryOf('b', { '1.jpg': '' })));
  expect(two.files.map(({ name }) => name)).toEqual(['a/1.jpg', 'b/1.jpg']);
  const film = await transferred(drop(entryOf('Heat (1995)', heat)));
  expect(idsOfNames(film.files.map(({ name }) => name))).toEqual(['Heat (1995)']);
});

test('a folder of more than a hundred files is read to its end, and a file that may not be read is counted', async () => {
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`${i}.jpg`, '']));
  const folder = { ...many, 'locked.jpg': new Error('NotReadableError') as never };
  const { files, skipped } = await transferred(drop(entryOf('lib', folder)));
  expect(files).toHaveLength(250);
  expect(skipped.counts).toEqual({ unreadable: 1 });
});
