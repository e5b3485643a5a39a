/** @module Checks that tables in all their layouts become the posters that they name, or a clear error. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Dataset, labelMatrix, loadDataset, selectGenres } from '../../src/dataset/index.ts';
import { makeFolder } from './folder.ts';

async function load(table: string, text: string, images: string[] = ['a.jpg', 'b.png']): Promise<Dataset> {
  const empty = Object.fromEntries(images.map((name) => [name, '']));
  const folder = await makeFolder({ [table]: text, ...empty });
  return loadDataset({ data: join(folder, table) });
}

function genresById(dataset: Dataset): Record<string, readonly string[]> {
  return Object.fromEntries(dataset.labelled.map(({ id, genres = [] }) => [id, genres]));
}

const expected = { a: ['Drama', 'Comedy'], b: ['Drama'] };

describe('the layouts of a table', () => {
  test.each([
    [
      'ids, Python lists and 0/1 columns',
      't.csv',
      "Id,Genre,Comedy,Drama\na,\"['Drama', 'Comedy']\",1,1\nb,['Drama'],0,1\n",
    ],
    ['image paths and separated genres', 't.csv', 'image,genres\na.jpg,Drama|Comedy\nb.png,Drama\n'],
    ['paths without ending', 't.csv', 'file_name,title,labels\n./a,X,"Drama, Comedy"\nb,Y,Drama\n'],
    ['semicolons', 't.csv', 'Poster Path;Genres\na.jpg;Drama, Comedy\nb.png;Drama\n'],
    ['tabs', 't.tsv', 'filename\tgenre\na.jpg\t["Drama", "Comedy"]\nb.png\t["Drama"]\n'],
    [
      'a byte order mark and Windows line ends',
      't.csv',
      '\ufeffimage,genres\r\na.jpg,Drama;Comedy\r\nb.png,Drama\r\n',
    ],
    [
      'JSONL with arrays',
      't.jsonl',
      '{"image":"a.jpg","genres":["Drama","Comedy"]}\n\n{"genres":["Drama"],"image":"b.png"}',
    ],
    [
      'JSONL with texts',
      't.jsonl',
      '{"path":"a.jpg","genre":"Drama, Comedy"}\n{"path":"b.png","genre":"Drama"}\n',
    ],
    ['imagefolder with metadata.csv', 'metadata.csv', 'file_name,label\na.jpg,"Drama,Comedy"\nb.png,Drama\n'],
  ])('reads %s', async (_, table, text) => {
    expect(genresById(await load(table, text))).toEqual(expected);
  });

  test('takes columns of 0 and 1 for genres where there is no list, and leaves others alone', async () => {
    const dataset = await load('t.csv', 'image,year,Comedy,Drama\na.jpg,1999,1,1.0\nb.png,2001,,1\n');
    expect(genresById(dataset)).toEqual({ a: ['Comedy', 'Drama'], b: ['Drama'] });
  });

  test('reads the metadata.jsonl of a folder', async () => {
    const text =
      '{"file_name":"train/a.jpg","genres":["Drama","Comedy"]}\n{"file_name":"train/b.jpg","genres":["Drama"]}\n';
    const folder = await makeFolder({ 'metadata.jsonl': text, 'train/a.jpg': '', 'train/b.jpg': '' });
    const dataset = await loadDataset({ data: folder });
    expect(genresById(dataset)).toEqual({ 'train/a': expected.a, 'train/b': expected.b });
    expect(dataset.labelled[0]!.source).toEqual({ kind: 'file', path: join(folder, 'train/a.jpg') });
  });

  test('finds ids in the folder images beside the table', async () => {
    const folder = await makeFolder({ 't.csv': 'id,genres\ntt1,Drama\n', 'images/tt1.webp': '' });
    const { labelled } = await loadDataset({ data: join(folder, 't.csv') });
    expect(labelled[0]!.source).toEqual({ kind: 'file', path: join(folder, 'images/tt1.webp') });
  });

  test('prefers a local image to a web address, and keeps the address where there is none', async () => {
    const text =
      'imdbId,Genre,Poster\na,Drama,https://example.org/1.jpg\nc,Drama,https://example.org/2.jpg\n';
    const { labelled } = await load('t.csv', text, ['a.jpg']);
    expect(labelled.map(({ source }) => source.kind)).toEqual(['file', 'url']);
  });

  test('reads a folder of images without a table as unlabelled posters', async () => {
    const folder = await makeFolder({
      'a.jpg': '',
      'sub/a.JPG': '',
      'a.png': '',
      'notes.txt': '',
      '.hidden.jpg': '',
    });
    const { labelled, unlabelled } = await loadDataset({ images: folder });
    expect(labelled).toEqual([]);
    expect(unlabelled.map(({ id }) => id)).toEqual(['a.jpg', 'a.png', 'sub/a']);
  });
});

describe('findings', () => {
  test('merge repeated ids that agree, and name both lists of those that disagree', async () => {
    const text = 'id,genres\na,"Drama, Comedy"\na,"Comedy, Drama"\nb,Drama\nb,War\n';
    const dataset = await load('t.csv', text);
    expect(dataset.findings.rows).toBe(4);
    expect(dataset.findings.repeatedIds).toEqual([
      {
        id: 'a',
        lines: [2, 3],
        agree: true,
        lists: [
          ['Drama', 'Comedy'],
          ['Comedy', 'Drama'],
        ],
        resolution: ['Drama', 'Comedy'],
      },
      { id: 'b', lines: [4, 5], agree: false, lists: [['Drama'], ['War']], resolution: ['Drama', 'War'] },
    ]);
    expect(genresById(dataset)).toEqual({ a: ['Drama', 'Comedy'], b: ['Drama', 'War'] });
  });

  test('keep rows without a genre and images without a row as unlabelled posters', async () => {
    const text = 'id,genres\na,N/A\nb,\nc,"N/A, Drama"\nd,Drama\n';
    const { labelled, unlabelled, findings } = await load('t.csv', text, [
      'a.jpg',
      'b.jpg',
      'c.jpg',
      'e.jpg',
    ]);
    expect(labelled.map(({ id, genres }) => [id, genres])).toEqual([['c', ['Drama']]]);
    expect(unlabelled.map(({ id }) => id)).toEqual(['a', 'b', 'e']);
    expect(findings.rowsWithoutGenre).toEqual([
      { line: 2, id: 'a' },
      { line: 3, id: 'b' },
    ]);
    expect(findings.missingWords).toEqual(new Map([['N/A', 2]]));
    expect(findings.rowsWithoutImage).toEqual([{ line: 5, id: 'd' }]);
    expect(findings.imagesWithoutRow).toEqual(['e.jpg']);
  });

  test('report rows whose list differs from their 0/1 columns, but not columns that are no genre', async () => {
    const text = 'id,genres,adult,Comedy,Drama\na,"Drama, Comedy",1,1,0\nb,Drama,1,0,1\n';
    const { findings } = await load('t.csv', text);
    expect(findings.disagreeingColumns).toEqual([
      { line: 2, id: 'a', list: ['Drama', 'Comedy'], columns: ['Comedy'] },
    ]);
  });

  test('do not depend on the order of rows, and neither does the hash', async () => {
    const one = await load('t.csv', 'id,genres\na,"Drama, Comedy"\nb,Drama\n');
    const other = await load('t.csv', 'id,genres\nb,Drama\na,"Comedy, Drama"\n');
    const another = await load('t.csv', 'id,genres\nb,Drama\na,Comedy\n');
    expect(other.hash).toBe(one.hash);
    expect(another.hash).not.toBe(one.hash);
    expect(other.labelled.map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('genres of which nothing is known', () => {
  const known = (dataset: Dataset) =>
    Object.fromEntries(dataset.labelled.map(({ id, known }) => [id, known]));

  test.each(['', 'NaN', '-1', 'null'])(
    'are those whose cell is "%s" in a column of 0 and 1',
    async (cell) => {
      const dataset = await load('t.csv', `id,Drama,Comedy,War\na,1,${cell},0\nb,1,0,1\n`);
      expect(genresById(dataset)).toEqual({ a: ['Drama'], b: ['Drama', 'War'] });
      // Comedy is carried by no poster: nothing could be learned of it.
      expect(known(dataset)).toEqual({ a: undefined, b: undefined });
      const two = await load('t.csv', `id,Drama,Comedy,War\na,1,${cell},0\nb,1,1,1\n`);
      expect(known(two)).toEqual({ a: ['Drama', 'War'], b: undefined });
    },
  );

  test('are none where no cell says no: there an empty cell does', async () => {
    expect(known(await load('t.csv', 'id,Drama,War\na,1,\nb,1,1\n'))).toEqual({ a: undefined, b: undefined });
    expect(known(await load('t.csv', 'id,Drama,War\na,1,-1\nb,1,1\n'))).toEqual({
      a: undefined,
      b: undefined,
    });
  });

  test('are those that the column known does not name', async () => {
    const text = 'id,genres,known\na,Drama,Drama|Comedy\nb,Drama|War|Comedy,all\nc,Drama,\nd,War,[]\n';
    const dataset = await load('t.csv', text, ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
    expect(known(dataset)).toEqual({ a: ['Drama', 'Comedy'], b: undefined, c: undefined, d: ['War'] });
  });

  test('are said by the key known in JSONL, and by the rows of one poster together', async () => {
    const text =
      '{"id":"a","genres":["Drama"],"known":["Drama","War"]}\n{"id":"b","genres":["War","Comedy","Music"]}\n' +
      '{"id":"a","genres":["Comedy"],"known":["comedy"]}\n';
    const dataset = await load('t.jsonl', text);
    expect(genresById(dataset).a).toEqual(['Drama', 'Comedy']);
    expect(known(dataset)).toEqual({ a: ['Drama', 'War', 'Comedy'], b: undefined });
  });
});

describe('columns of yes and no', () => {
  test.each([
    ['-1 and 1', '-1', '1'],
    ['yes and no', 'no', 'Yes'],
    ['decimals', '0.00', '1.00'],
    ['true and false', 'FALSE', 'true'],
    ['letters', 'n', 'y'],
  ])('are read as %s', async (_, no, yes) => {
    const dataset = await load('t.csv', `id,Drama,Comedy\na,${no},${yes}\nb,${yes},${no}\n`);
    expect(genresById(dataset)).toEqual({ a: ['Comedy'], b: ['Drama'] });
    expect(dataset.labelled.map((poster) => poster.known)).toEqual([undefined, undefined]);
  });

  test('are no genres where they are called or written like flags, and each column says what it is', async () => {
    const text =
      'nr,image,is_valid,adult,Isekai,bright,N/A,Drama\n' +
      '5,a.jpg,1,0,1,false,0,0\n6,b.png,0,0,0,true,0,1\n';
    const dataset = await load('t.csv', text);
    expect(genresById(dataset)).toEqual({ a: ['Isekai'], b: ['Drama'] });
    expect(dataset.findings.columns.map(({ name, role }) => `${name}: ${role}`)).toEqual([
      'nr: ignored',
      'image: image',
      'is_valid: ignored',
      'adult: ignored',
      'Isekai: genre',
      'bright: ignored',
      'N/A: unknown label',
      'Drama: genre',
    ]);
  });

  test('with a mistake in one row of ten and more stay a genre; that row is left out and named', async () => {
    const dataset = await load('t.csv', `id,Drama,War\n${'b,1,0\n'.repeat(20)}a,x,1\n`);
    expect(genresById(dataset)).toEqual({ b: ['Drama'] });
    expect(dataset.findings.rows).toBe(21);
    expect(dataset.findings.unreadableRows).toEqual([
      { line: 22, reason: 'expected 0 or 1 in the column Drama but found x' },
    ]);
  });
});

describe('bad tables', () => {
  test.each([
    ['unknown columns', 't.csv', 'title,year\nX,1999\n', /found title, year; expected image .* and genres/],
    ['no column of genres', 't.csv', 'id,title\na,X\n', /found id, title; expected/],
    [
      'a list that does not parse',
      't.csv',
      "id,genres\na,\"['Drama']\"\nb,['Drama'\n",
      /line 3 of .*t\.csv: .* found its end/,
    ],
    [
      'a list after a cell of two lines',
      't.csv',
      'id,title,genres\na,"X\nY",Drama\nb,Z,[Drama]\n',
      /line 4 of/,
    ],
    ['a row of another length', 't.csv', 'id,genres\na,Drama,Comedy\n', /line 2 .* another number of cells/],
    ['a quote that is not closed', 't.csv', 'id,genres\na,"Drama\n', /line 2 of .* the file ends inside it/],
    ['a column that appears twice', 't.csv', 'id,genres,id\na,Drama,b\n', /the column id appears twice/],
    [
      'more than one mistake in ten rows',
      't.csv',
      `id,Drama,genres\n${'a,1,Drama\n'.repeat(17)}a,1,[\na,1,[\n`,
      /line 19 of .* the list of genres/,
    ],
    ['a row that names nothing', 't.csv', 'id,genres\n,Drama\n', /line 2 .* neither an image nor an id/],
    ['broken JSON', 't.jsonl', '{"id":"a","genres":[]}\n{"id":\n', /line 2 of/],
    ['JSON that is no object', 't.jsonl', '[1]\n', /line 1 .* expected a JSON object/],
    ['no rows', 't.csv', 'id,genres\n', /holds no rows/],
    ['an empty file', 't.csv', '', /holds no rows/],
    ['another kind of file', 't.xlsx', 'PK', /expected a \.csv or \.tsv file, or a \.jsonl/],
    ['no images', 't.csv', 'id,genres\nz,Drama\n', /images in the folder .* such as z\.jpg/],
  ])('are refused: %s', async (_, table, text, message) => {
    await expect(load(table, text)).rejects.toThrow(message);
  });

  test.each(['../secret.jpg', 'x/../../secret.jpg', '..\\secret.jpg', 'C:\\..\\secret.jpg', 'a\0.jpg'])(
    'may not reach out of the folder of images by %j: the row is left out, and the table where nothing else is left',
    async (path) => {
      const row = `${JSON.stringify({ image: path, genres: ['Drama'] })}\n`;
      await expect(load('t.jsonl', row)).rejects.toMatchObject({ code: 'TABLE_ROW' });
      const byId = `${JSON.stringify({ id: path, image: 'a.jpg', genres: ['Drama'] })}\n`;
      await expect(load('t.jsonl', byId)).rejects.toMatchObject({ code: 'TABLE_ROW' });
      const good = '{"image":"b.png","genres":["Drama"]}\n';
      const { labelled, findings } = await load('t.jsonl', row + good);
      expect(labelled.map(({ id }) => id)).toEqual(['b']);
      expect(findings.unreadableRows).toEqual([
        { line: 1, reason: expect.stringMatching(/leaves the folder of images|holds a NUL/) },
      ]);
    },
  );

  test.each(['/etc/secret.jpg', 'C:\\secret.jpg', 'file:///etc/secret.jpg'])(
    'mean by %s no file outside of the folder of images',
    async (path) => {
      const text = `${JSON.stringify({ image: path, genres: ['Drama'] })}\n`;
      await expect(load('t.jsonl', text)).rejects.toMatchObject({ code: 'NOTHING_FOUND', exitCode: 2 });
      const { labelled } = await load('t.jsonl', text, ['secret.jpg']);
      expect(labelled[0]!.source).toMatchObject({
        kind: 'file',
        path: expect.stringMatching(/onesheet-dataset-.*secret\.jpg$/),
      });
    },
  );

  test('are named when missing, unreadable or not text', async () => {
    const folder = await makeFolder({
      'other.csv': Uint8Array.of(0x69, 0x64, 0xe9, 0xe9, 0xe9),
      'sub/a.jpg': '',
      't.csv': 'id,genres\na,Drama\n',
    });
    const data = join(folder, 'none.csv');
    await expect(loadDataset({ data })).rejects.toMatchObject({
      code: 'FILE_MISSING',
      message: expect.stringContaining(data),
    });
    await expect(loadDataset({ data: join(folder, 'other.csv') })).rejects.toThrow('neither UTF-8');
    await expect(loadDataset({ data: join(folder, 'sub') })).rejects.toThrow(
      'metadata.jsonl, .csv or .parquet',
    );
    await expect(loadDataset({ data: join(folder, 't.csv'), images: join(folder, 'no') })).rejects.toThrow(
      'a folder of images',
    );
    await expect(loadDataset({})).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describe('selectGenres and labelMatrix', () => {
  test('drop rare genres with their reason and leave a poster of nothing else with zeros', async () => {
    const text = 'id,genres\na,"War, Drama"\nb,Western\nc,"Drama, N/A"\n';
    const dataset = await load('t.csv', text, ['a.jpg', 'b.jpg', 'c.jpg']);
    const { genres, dropped } = selectGenres(dataset, { minimumSupport: 2 });
    expect(genres).toEqual(['Drama']);
    expect(dropped).toEqual([
      { genre: 'War', count: 1, reason: '1 poster, fewer than 2', isWord: false },
      { genre: 'Western', count: 1, reason: '1 poster, fewer than 2', isWord: false },
      { genre: 'N/A', count: 1, reason: '1 poster, but it says that the genre is missing', isWord: true },
    ]);
    expect([...labelMatrix(dataset.labelled, genres)]).toEqual([1, 0, 1]);
    expect([...labelMatrix(dataset.labelled, ['Drama', 'War'])]).toEqual([1, 1, 0, 0, 1, 0]);
    expect(() => selectGenres(dataset, { minimumSupport: 0 })).toThrow('minimumSupport');
  });
});

const posters = process.env.ONESHEET_POSTERS ?? resolve(import.meta.dirname, '../../../shared/posters');
const absent = !existsSync(join(posters, 'train.csv'));

test.skipIf(absent)(
  `the published table gives its known counts${absent ? ' (skipped: no posters, set ONESHEET_POSTERS)' : ''}`,
  async () => {
    const dataset = await loadDataset({ data: join(posters, 'train.csv') });
    const { findings } = dataset;
    expect(findings.rows).toBe(6253);
    expect(findings.repeatedIds.map(({ agree }) => agree)).toEqual(Array(11).fill(true));
    expect(findings.missingWords).toEqual(new Map([['N/A', 9]]));
    expect([dataset.labelled.length, dataset.unlabelled.length]).toEqual([6233, 634]);
    expect([findings.imagesWithoutRow.length, findings.rowsWithoutImage.length]).toEqual([625, 0]);
    expect(findings.disagreeingColumns).toEqual([]);
    expect(selectGenres(dataset, { minimumSupport: 100 }).genres).toHaveLength(19);
    expect(dataset.genreCounts.get('Drama')).toBe(3123);
  },
);
