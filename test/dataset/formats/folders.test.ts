/** @module Checks that folders and Parquet files as Hugging Face keeps data sets become their posters, genres and split. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '../../../src/dataset/index.ts';
import { makeFolder, picture } from '../folder.ts';

const genres = (dataset: Dataset) =>
  Object.fromEntries(dataset.labelled.map(({ id, genres }) => [id, genres]));
const split = ({ ownSplit }: Dataset) => ownSplit && Object.fromEntries(ownSplit);

function parquet(
  columnData: ColumnSource[],
  options: Partial<Parameters<typeof parquetWriteBuffer>[0]> = {},
): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, ...options }));
}

describe('an imagefolder', () => {
  test('has its metadata in the folder of each subset, from which the paths start; these are the split', async () => {
    const folder = await makeFolder({
      'train/metadata.csv': 'file_name,genres\na.jpg,Drama\nsub/b.jpg,"War,Drama"\n',
      'train/a.jpg': '',
      'train/sub/b.jpg': '',
      'validation/metadata.jsonl': '{"file_name":"a.jpg","genres":["War"]}\n',
      'validation/a.jpg': '',
      'Test/metadata.jsonl': '{"poster_file_name":"c.jpg","label":"Drama"}\n',
      'Test/c.jpg': '',
    });
    const dataset = await loadDataset({ data: folder });
    expect(genres(dataset)).toEqual({
      'Test/c': ['Drama'],
      'train/a': ['Drama'],
      'train/sub/b': ['War', 'Drama'],
      'validation/a': ['War'],
    });
    expect(split(dataset)).toEqual({
      'Test/c': 'test',
      'train/a': 'train',
      'train/sub/b': 'train',
      'validation/a': 'validation',
    });
  });

  test('with metadata at its root takes the split from the folders of the images', async () => {
    const text = 'file_name,genres\ntrain/a.jpg,Drama\ntest/b.jpg,War\n';
    const folder = await makeFolder({ 'metadata.csv': text, 'train/a.jpg': '', 'test/b.jpg': '' });
    expect(split(await loadDataset({ data: folder }))).toEqual({ 'train/a': 'train', 'test/b': 'test' });
  });

  test('names the file and line of a row, where there are several files', async () => {
    const rows = Array.from({ length: 12 }, (_, at) => `${at}.jpg,Drama\n`).join('');
    const folder = await makeFolder({
      'train/metadata.csv': `file_name,genres\n${rows}`,
      'train/0.jpg': '',
      'test/metadata.csv': 'file_name,genres\nx.jpg,Drama\n,War\n',
      'test/x.jpg': '',
    });
    const { findings } = await loadDataset({ data: folder });
    expect(findings.unreadableRows).toEqual([
      { line: 3, table: 'test/metadata.csv', reason: 'it names neither an image nor an id' },
    ]);
    expect(findings.rowsWithoutImage[0]).toMatchObject({ line: 3, table: 'train/metadata.csv' });
  });

  test('may have a folder for each genre, or for several together', async () => {
    const folder = await makeFolder({
      'train/Drama/a.jpg': '',
      'train/Drama,sci-fi/b.jpg': '',
      'test/Isekai/c.jpg': '',
      'test/Drama/d.jpg': '',
    });
    const dataset = await loadDataset({ data: folder });
    expect(genres(dataset)).toEqual({
      'test/Drama/d': ['Drama'],
      'test/Isekai/c': ['Isekai'],
      'train/Drama,sci-fi/b': ['Drama', 'sci-fi'],
      'train/Drama/a': ['Drama'],
    });
    expect(Object.values(split(dataset) ?? {})).toEqual(['test', 'test', 'train', 'train']);
  });

  test('of folders that are no genres is refused with what was expected', async () => {
    const folder = await makeFolder({ 'Alien (1979)/poster.jpg': '', 'Heat (1995)/poster.jpg': '' });
    await expect(loadDataset({ data: folder })).rejects.toThrow(/one folder of images for each genre/);
  });

  test.each([
    ['metadata.jsonl', '{"file_name":"a.jpg","label":0}\n{"file_name":"b.jpg","label":1}\n'],
    ['metadata.csv', 'file_name,label\na.jpg,3\nb.jpg,18|35\n'],
  ])('with numbers for genres is refused until they are named (%s)', async (name, text) => {
    const folder = await makeFolder({ [name]: text, 'a.jpg': '', 'b.jpg': '' });
    await expect(loadDataset({ data: folder })).rejects.toThrow(
      /only numbers in the column label .*--genre-names/,
    );
    const genreNames = { Drama: ['0', '3', '18'], War: ['1', '35'] };
    const dataset = await loadDataset({ data: folder, genreNames });
    expect([...dataset.genreCounts.keys()].sort()).toEqual(['Drama', 'War']);
  });
});

describe('images in JSON', () => {
  test('are objects with a path, as well as paths', async () => {
    const text =
      '{"image":{"path":"a.jpg","bytes":null},"genres":["War"]}\n{"image":{"path":"b.jpg"},"genres":["Drama"]}\n';
    const folder = await makeFolder({ 't.jsonl': text, 'a.jpg': '', 'b.jpg': '' });
    expect(genres(await loadDataset({ data: join(folder, 't.jsonl') }))).toEqual({
      a: ['War'],
      b: ['Drama'],
    });
  });
});

describe('a Parquet file', () => {
  const columns: ColumnSource[] = [
    { name: 'file_name', data: ['a.jpg', 'b.jpg'], type: 'STRING' },
    { name: 'genres', data: ['Drama|War', 'War'], type: 'STRING' },
    { name: 'year', data: [1999n, 2001n], type: 'INT64' },
  ];

  test('is a table, by itself and as metadata.parquet', async () => {
    const bytes = parquet(columns);
    const folder = await makeFolder({ 'metadata.parquet': bytes, 'a.jpg': '', 'b.jpg': '' });
    for (const data of [folder, join(folder, 'metadata.parquet')])
      expect(genres(await loadDataset({ data }))).toEqual({ a: ['Drama', 'War'], b: ['War'] });
  });

  test('is read whichever common compression it has', async () => {
    const bytes = parquet(columns, { codec: 'GZIP', compressors: { GZIP: (input) => gzipSync(input) } });
    const folder = await makeFolder({ 't.parquet': bytes, 'a.jpg': '', 'b.jpg': '' });
    const dataset = await loadDataset({ data: join(folder, 't.parquet') });
    expect(genres(dataset)).toEqual({ a: ['Drama', 'War'], b: ['War'] });
  });

  test('holds pictures itself and names its numbered labels, in files that say their subset', async () => {
    const [one, other] = [await picture(1, 20), await picture(2, 20)];
    const huggingface = JSON.stringify({
      info: {
        features: { image: { _type: 'Image' }, label: { names: ['Drama', 'War'], _type: 'ClassLabel' } },
      },
    });
    const write = (images: unknown[], labels: bigint[]) =>
      parquet(
        [
          { name: 'image', data: images },
          { name: 'label', data: labels },
        ],
        {
          schema: [
            { name: 'root', num_children: 2 },
            { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
            { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
            { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
            { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' },
          ],
          kvMetadata: [{ key: 'huggingface', value: huggingface }],
        },
      );
    const folder = await makeFolder({
      'data/train-00000-of-00001.parquet': write([{ bytes: one, path: 'p.jpg' }], [1n]),
      'data/test-00000-of-00001.parquet': write([{ bytes: other, path: null }], [0n]),
    });
    const dataset = await loadDataset({ data: folder });
    expect(genres(dataset)).toEqual({ p: ['War'], 'row 1': ['Drama'] });
    expect(split(dataset)).toEqual({ p: 'train', 'row 1': 'test' });
    expect(dataset.labelled[0]!.source).toEqual({ kind: 'bytes', bytes: one, name: 'p.jpg' });
  });

  test('that is none is refused', async () => {
    const folder = await makeFolder({ 'metadata.parquet': 'PAR0 and nothing of the kind' });
    await expect(loadDataset({ data: folder })).rejects.toThrow(/metadata\.parquet: it is no Parquet file/);
  });
});
