/** @module Checks that several tables become one data set, and that their disagreements are told. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditDataset, formatAudit, loadDataset } from '../../src/dataset/index.ts';
import { makeFolder } from './folder.ts';

const files = {
  'one.csv': 'id,genres\ntt0000001,Drama|War\ntt0000002,Comedy\ntt0000003,Sci-Fi\n',
  'two.csv':
    'id,genres,known\ntt0000001,drama,drama|comedy\ntt0000002,Drama,all\ntt0000004,Science Fiction,Sci-Fi|Drama\n',
  'one/tt0000001.jpg': '',
  'one/tt0000002.jpg': '',
  'one/tt0000003.jpg': '',
  'two/tt0000001.jpg': '',
  'two/tt0000004.jpg': '',
};

async function loadBoth(content: Readonly<Record<string, string>> = files) {
  const folder = await makeFolder(content);
  const paths = (...names: string[]) => names.map((name) => join(folder, name));
  const dataset = await loadDataset({ data: paths('one.csv', 'two.csv'), images: paths('one', 'two') });
  return { folder, dataset };
}

describe('several tables', () => {
  test('are joined by id: a poster has the genres of all, in one spelling, and what any of them judged', async () => {
    const { dataset, folder } = await loadBoth();
    expect(dataset.name).toBe('one.csv + two.csv');
    expect(dataset.labelled.map(({ id, genres, known }) => ({ id, genres, known }))).toEqual([
      { id: 'tt0000001', genres: ['Drama', 'War'], known: undefined },
      { id: 'tt0000002', genres: ['Comedy', 'Drama'], known: undefined },
      { id: 'tt0000003', genres: ['Sci-Fi'], known: undefined },
      { id: 'tt0000004', genres: ['Sci-Fi'], known: ['Sci-Fi', 'Drama'] },
    ]);
    expect(dataset.labelled.map(({ source }) => source)).toEqual(
      ['one/tt0000001', 'one/tt0000002', 'one/tt0000003', 'two/tt0000004'].map((name) => ({
        kind: 'file',
        path: join(folder, `${name}.jpg`),
      })),
    );
    expect(dataset.unlabelled).toEqual([]);
    expect(dataset.findings.rows).toBe(6);
  });

  test('are compared by genre, where both judged it', async () => {
    const { dataset } = await loadBoth();
    expect(dataset.findings.agreement).toEqual({
      posters: 2,
      same: 1,
      genres: [
        { genre: 'Comedy', agree: 0, disagree: 1, given: [1, 0] },
        { genre: 'Drama', agree: 1, disagree: 1, given: [0, 1] },
      ],
    });
    const audit = await auditDataset(dataset, { decode: false, minimumSupport: 1 });
    const text = formatAudit(audit);
    expect(text).toContain('Posters in several tables: 2, with the same genres in all: 1');
    expect(text).toContain('Drama: 1 by all, 1 by two.csv only');
  });

  test('of 0/1 columns judged no genre but their own', async () => {
    const content = { ...files, 'one.csv': 'id,Drama,War\ntt0000001,1,0\ntt0000002,0,1\n' };
    const { dataset } = await loadBoth(content);
    const known = Object.fromEntries(
      dataset.labelled.map((poster) => [poster.id, poster.known && [...poster.known].sort()]),
    );
    expect(known).toEqual({
      tt0000001: ['Drama', 'War', 'comedy'],
      tt0000002: undefined,
      tt0000004: ['Drama', 'Science Fiction'],
    });
  });

  test('that call posters by file names do not mix up those of different folders', async () => {
    const { dataset } = await loadBoth({
      'one.csv': 'image,genres\n1.jpg,Drama\n',
      'two.csv': 'image,genres\n1.jpg,War\n2.jpg,War\n',
      'one/1.jpg': '',
      'two/1.jpg': '',
      'two/2.jpg': '',
    });
    expect(dataset.labelled.map(({ id, genres }) => [id, genres])).toEqual([
      ['1', ['Drama']],
      ['2', ['War']],
      ['two/1', ['War']],
    ]);
  });

  test('name their tables beside their lines', async () => {
    const { dataset } = await loadBoth({ ...files, 'two.csv': `${files['two.csv']}tt0000009,War,all\n` });
    expect(dataset.findings.rowsWithoutImage).toEqual([{ line: 5, table: 'two.csv', id: 'tt0000009' }]);
  });

  test('do not depend on their order, but for which picture counts', async () => {
    const folder = await makeFolder(files);
    const paths = (...names: string[]) => names.map((name) => join(folder, name));
    const one = await loadDataset({ data: paths('one.csv', 'two.csv'), images: paths('one', 'two') });
    const other = await loadDataset({ data: paths('two.csv', 'one.csv'), images: paths('two', 'one') });
    expect(one.labelled.map(({ id }) => id)).toEqual(other.labelled.map(({ id }) => id));
    expect(other.findings.agreement?.posters).toBe(2);
  });

  test('with another number of folders, or one without any of its images, are refused', async () => {
    const folder = await makeFolder(files);
    const paths = (...names: string[]) => names.map((name) => join(folder, name));
    const data = paths('one.csv', 'two.csv', 'two.csv');
    await expect(loadDataset({ data, images: paths('one', 'two') })).rejects.toThrow(
      'Expected one folder, or one for each of the 3 tables, for images but received 2 folders.',
    );
    const foreign = await makeFolder({ 't.csv': 'id,genres\nzz,Drama\n' });
    await expect(
      loadDataset({ data: [data[0]!, join(foreign, 't.csv')], images: paths('one') }),
    ).rejects.toThrow(/nothing|images in the folder/i);
  });
});
