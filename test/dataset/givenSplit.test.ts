/** @module Checks that a given split keeps its posters, by a file or by the table's own column, and that nothing leaks. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  chooseSplit,
  type Dataset,
  formatSplit,
  loadDataset,
  readSplit,
  writeSplit,
} from '../../src/dataset/index.ts';
import { makeFolder, picture } from './folder.ts';

const genres = ['Drama', 'War'];
let pictures: Uint8Array[];
beforeAll(async () => {
  pictures = await Promise.all(Array.from({ length: 24 }, (_, seed) => picture(seed, 60)));
});

/** Posters p0, p1, ...; where a row names another's picture it looks the same. */
async function posters(
  count: number,
  options: { split?: (at: number) => string; looksLike?: number[] } = {},
) {
  const { split, looksLike = [] } = options;
  const rows = Array.from({ length: count }, (_, at) => {
    const cells = [`p${at}`, genres[at % 2], ...(split === undefined ? [] : [split(at)])];
    return `${cells.join(',')}\n`;
  });
  const header = `id,genres${split === undefined ? '' : ',split'}\n`;
  const images = rows.map((_, at) => [`p${at}.jpg`, pictures[looksLike[at] ?? at]]);
  const folder = await makeFolder({ 't.csv': header + rows.join(''), ...Object.fromEntries(images) });
  return loadDataset({ data: join(folder, 't.csv') });
}

const subset = (split: { assignment: ReadonlyMap<string, string> }, name: string) =>
  [...split.assignment].filter(([, each]) => each === name).map(([id]) => id);

describe('a split of fewer posters', () => {
  async function written(dataset: Dataset) {
    const { split } = await chooseSplit(dataset, { genres });
    const file = join(await makeFolder({}), 'split.csv');
    await writeSplit(file, split);
    return { split, file };
  }

  test('keeps its posters; further ones are training posters, near-duplicates of those kept apart excluded', async () => {
    const { split: old, file } = await written(await posters(16));
    const [tested] = subset(old, 'test');
    const looksLike = Array.from({ length: 18 }, (_, at) => at);
    looksLike[17] = Number(tested!.slice(1));
    const dataset = await posters(18, { looksLike });
    const { split, joined, notes } = await chooseSplit(dataset, { genres, file });
    expect([...joined]).toEqual(['p16']);
    for (const name of ['validation', 'test']) expect(subset(split, name)).toEqual(subset(old, name));
    expect(new Set(subset(split, 'train'))).toEqual(new Set([...subset(old, 'train'), 'p16']));
    expect(subset(split, 'excluded')).toEqual(['p17']);
    expect(notes.join()).toMatch(
      /1 other poster joins the training posters, and 1 near-duplicates .* excluded/,
    );
    const again = join(await makeFolder({}), 'again.csv');
    await writeSplit(again, split);
    expect(formatSplit(await readSplit(again, dataset))).toBe(formatSplit(split));
  });

  test('that names posters which are not there is refused as before', async () => {
    const { file } = await written(await posters(16));
    await expect(chooseSplit(await posters(12), { genres, file })).rejects.toMatchObject({
      code: 'SPLIT_FOREIGN',
    });
  });

  test('says so when the genres of its posters have changed', async () => {
    const { file } = await written(await posters(16));
    const dataset = await posters(17);
    const [first, ...others] = dataset.labelled;
    const changed = { ...dataset, labelled: [{ ...first!, genres: ['War', 'Drama'] }, ...others] };
    const { notes } = await chooseSplit(changed, { genres, file });
    expect(notes).toContainEqual(expect.stringContaining('are others than when it was made'));
  });
});

describe("a table's own split", () => {
  test('counts where no file is given', async () => {
    const names = ['training', 'train', 'val', 'TEST'];
    const dataset = await posters(16, { split: (at) => names[at % 4]! });
    const { split, joined, notes } = await chooseSplit(dataset, { genres });
    expect(joined.size).toBe(0);
    expect(subset(split, 'test')).toHaveLength(4);
    expect(subset(split, 'validation')).toHaveLength(4);
    expect(subset(split, 'train')).toHaveLength(8);
    expect(notes).toEqual(["the split is the table's own: 8 posters to train, 4 to validate, 4 to test"]);
  });

  test('without validation posters gives a part of the training posters', async () => {
    const dataset = await posters(24, { split: (at) => (at < 20 ? 'train' : 'test') });
    const { split, notes } = await chooseSplit(dataset, { genres });
    expect(subset(split, 'test')).toEqual(['p20', 'p21', 'p22', 'p23']);
    expect(subset(split, 'validation').length).toBeGreaterThan(0);
    expect(notes.at(-1)).toMatch(/names no validation posters: \d of its training posters become them/);
  });

  test('excludes training posters that look like test posters, and trains on those without a subset', async () => {
    const looksLike = Array.from({ length: 16 }, (_, at) => at);
    looksLike[0] = 15;
    const dataset = await posters(16, {
      looksLike,
      split: (at) => (at === 1 ? '' : at < 8 ? 'train' : at < 12 ? 'validation' : 'test'),
    });
    const { split, joined } = await chooseSplit(dataset, { genres });
    expect([...joined]).toEqual(['p1']);
    expect(subset(split, 'excluded')).toEqual(['p0']);
    expect(split.assignment.get('p1')).toBe('train');
  });

  test('of one subset only, or of other words, is none', async () => {
    expect((await posters(4, { split: () => 'train' })).ownSplit).toBeUndefined();
    const other = await posters(4, { split: (at) => `fold ${at % 2}` });
    expect(other.ownSplit).toBeUndefined();
    expect(other.findings.columns.at(-1)).toEqual({ name: 'split', role: 'ignored' });
  });
});
