/** @module Checks that a row finds the one picture whose name is almost what it says, and none that is not it. */
import { describe, expect, test } from 'vitest';
import { listImages } from '../../src/dataset/images.ts';
import { loadDataset } from '../../src/dataset/index.ts';
import { type MatchedImage, matchImages } from '../../src/dataset/matching.ts';
import { makeFolder } from './folder.ts';

async function match(
  files: readonly string[],
  rows: readonly (string | { image?: string; id?: string })[],
  hasImdbNumbers = false,
): Promise<MatchedImage[]> {
  const folder = await listImages(await makeFolder(Object.fromEntries(files.map((name) => [name, '']))));
  const named = rows.map((row) => {
    const { image = '', id = '' } = typeof row === 'string' ? { image: row } : row;
    return { image, id };
  });
  return matchImages(folder, named, hasImdbNumbers);
}

const files = [
  'sub/Alien.JPG',
  'sub/Blade Runner.jpg',
  'sub/Cube.webp',
  'Film (1999)/poster.jpg',
  'tt0086425.jpg',
];

describe('one picture is called almost so', () => {
  test.each([
    ['sub/alien.JPG', 'sub/Alien.JPG', ['case']],
    ['sub/Alien.jpg', 'sub/Alien.JPG', ['case']],
    ['SUB\\Alien.JPG', 'sub/Alien.JPG', ['case']],
    ['sub/Cube.jpg', 'sub/Cube.webp', ['ending']],
    ['sub/Blade%20Runner.jpg', 'sub/Blade Runner.jpg', ['encoding']],
    ['/tt0086425.jpg', 'tt0086425.jpg', ['slash']],
    ['posters/sub/Cube.webp', 'sub/Cube.webp', ['folder']],
    ['/content/drive/posters/sub/Cube.webp', 'sub/Cube.webp', ['folder']],
    ['C:\\Users\\ann\\sub\\Cube.webp', 'sub/Cube.webp', ['folder']],
    ['Cube.webp', 'sub/Cube.webp', ['folder']],
    ['/lib/Film (1999)/poster.jpg', 'Film (1999)/poster.jpg', ['folder']],
    ['file:///lib/sub/Blade%20Runner.jpg', 'sub/Blade Runner.jpg', ['folder']],
    ['posters/sub/cube.jpg', 'sub/Cube.webp', ['case', 'folder', 'ending']],
  ])('%s is %s, %j', async (named, path, how) => {
    const [found] = await match(files, [named]);
    expect(found).toMatchObject({ path, near: { named } });
    expect([...found!.near!.how].sort()).toEqual([...how].sort());
  });

  test('a name in another Unicode form is found either way', async () => {
    const [composed, split] = ['Amélie'.normalize('NFC'), 'Amélie'.normalize('NFD')];
    for (const [file, named] of [
      [composed, split],
      [split, composed],
    ] as const)
      expect((await match([`${file}.jpg`], [named]))[0]).toMatchObject({
        path: `${file}.jpg`,
        near: { how: ['unicode'] },
      });
  });

  test.each(['86425', '86425.0', 'tt86425', '0086425', 'TT86425'])(
    'the number %s of IMDb is tt0086425',
    async (id) => {
      expect((await match(files, [{ id }]))[0]).toMatchObject({
        path: 'tt0086425.jpg',
        near: { how: ['imdb'], byId: true },
      });
    },
  );

  test('exact names are no near ones: a path, one without its ending, and an id', async () => {
    const rows = [
      'sub/Cube.webp',
      'sub/Cube',
      './sub\\Cube.webp',
      { id: 'Film (1999)' },
      { id: 'tt0086425' },
    ];
    for (const found of await match(files, rows)) expect(found).toEqual({ path: expect.any(String) });
  });
});

describe('no picture is taken', () => {
  test('where several are called almost so', async () => {
    const [found] = await match(['Cube.webp', 'Cube.png'], ['cube.jpg']);
    expect(found).toEqual({
      problem: { kind: 'missing', reason: 'several pictures are called almost so: Cube.png, Cube.webp' },
    });
  });

  test('where another row means it', async () => {
    const found = await match(['sub/1.jpg'], ['sub/1.jpg', 'other/1.jpg']);
    expect(found).toEqual([
      { path: 'sub/1.jpg' },
      { problem: { kind: 'missing', reason: "other/1.jpg is almost sub/1.jpg, but so is another row's" } },
    ]);
  });

  test('where two rows of different posters would share it', async () => {
    const found = await match(['c/1.jpg'], ['a/1.jpg', 'b/1.jpg']);
    expect(found.map(({ path }) => path)).toEqual([undefined, undefined]);
  });

  test('for a name that many films have', async () => {
    expect(await match(['Heat/poster.jpg'], ['/lib/Alien/poster.jpg', { id: 'poster' }])).toEqual([{}, {}]);
  });

  test('for bare numbers that are hardly those of IMDb, unless their column says so', async () => {
    const ids = ['101', '102', '86425'].map((id) => ({ id }));
    expect((await match(files, ids)).map(({ path }) => path)).toEqual([undefined, undefined, undefined]);
    expect((await match(files, ids, true)).map(({ path }) => path)).toEqual([
      undefined,
      undefined,
      'tt0086425.jpg',
    ]);
  });

  test('outside of the folder', async () => {
    expect((await match(['etc/passwd.jpg'], ['../etc/passwd.jpg']))[0]!.problem?.kind).toBe('refused');
  });
});

test('a data set says which images it matched almost, and takes ids that lost their zeros from the images', async () => {
  const folder = await makeFolder({
    't.csv': 'imdbId,genres\n86425,Drama\n103064.0,Comedy\ntt0086425,War\n',
    'tt0086425.jpg': '',
    'tt0103064.jpg': '',
    '.hidden.jpg': '',
  });
  const { labelled, findings } = await loadDataset({ data: `${folder}/t.csv` });
  expect(labelled.map(({ id, genres }) => [id, genres])).toEqual([
    ['tt0086425', ['Drama', 'War']],
    ['tt0103064', ['Comedy']],
  ]);
  expect(findings.nearNames.map(({ line, named, path }) => [line, named, path])).toEqual([
    [2, '86425', 'tt0086425.jpg'],
    [3, '103064.0', 'tt0103064.jpg'],
  ]);
  expect(findings.notes).toEqual([
    '2 rows are matched to images of almost the name (2 as an IMDb number without tt or zeros), such as tt0086425.jpg for 86425 in line 2',
    'passed over in the folder of images: 1 hidden file or folder, 1 file that is no picture',
  ]);
});
