/** @module Checks that near-duplicates are found, chained, remembered, and never cost much. */
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findGroups, loadDataset, nearDuplicates, withGroups } from '../../src/dataset/index.ts';
import { Random } from '../../src/random.ts';
import { makeFolder, picture } from './folder.ts';

describe('findGroups', () => {
  test('joins hashes within the distance, and what they are joined to', () => {
    const far = 0xffff_ffff_0000_0000n;
    expect(findGroups([0n, far, 0b11n, 0b1111n, undefined, far ^ (1n << 63n)], 2)).toEqual([
      0, 1, 0, 0, 4, 1,
    ]);
    expect(findGroups([0n, 0b111n, undefined, undefined], 2)).toEqual([0, 1, 2, 3]);
    expect(findGroups([5n, 5n], 0)).toEqual([0, 0]);
  });

  test('refuses a distance outside of 0 to 64', () => {
    expect(() => findGroups([], 65)).toThrow('maximumDistance');
    expect(() => findGroups([], 1.5)).toThrow('maximumDistance');
  });

  test('compares seven thousand hashes in less than two seconds', () => {
    const random = Random.fromSeed(1);
    const hashes = Array.from(
      { length: 7000 },
      () => (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()),
    );
    const start = performance.now();
    expect(findGroups([...hashes, hashes[0]! ^ 1n], 8).at(-1)).toBe(0);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('withGroups', () => {
  test('ties a poster to its smaller, compressed copy, labelled or not, and no other', async () => {
    const folder = await makeFolder({
      't.csv': 'id,genres\nb,Drama\nc,Drama\nd,Drama\n',
      'images/a.jpg': await picture(1, 80),
      'images/b.png': await picture(1, 200),
      'images/c.png': await picture(2, 200),
      'images/d.png': 'not an image',
    });
    const dataset = await withGroups(await loadDataset({ data: join(folder, 't.csv') }));
    expect(dataset.labelled.map(({ id, group }) => [id, group])).toEqual([
      ['b', 'a'],
      ['c', 'c'],
      ['d', 'd'],
    ]);
    expect(dataset.unlabelled.map(({ id, group }) => [id, group])).toEqual([['a', 'a']]);
    expect(nearDuplicates(dataset).map((group) => group.map(({ id }) => id))).toEqual([['b', 'a']]);
  });

  test('takes unchanged files from its cache and reads changed ones again', async () => {
    const folder = await makeFolder({ 'a.png': await picture(1, 120), 'b.png': await picture(2, 120) });
    const cacheFile = join(folder, 'cache.txt');
    const dataset = await loadDataset({ images: folder });
    const groups = async () =>
      (await withGroups(dataset, { cacheFile })).unlabelled.map(({ group }) => group);
    expect(await groups()).toEqual(['a', 'b']);

    const cache = await readFile(cacheFile, 'utf8');
    await writeFile(cacheFile, cache.replace(/^[\da-f]{16}/gm, '0'.repeat(16)));
    expect(await groups()).toEqual(['a', 'a']);
    await utimes(join(folder, 'b.png'), 1000, 1000);
    expect(await groups()).toEqual(['a', 'b']);

    await writeFile(cacheFile, 'something else\n0000000000000000 [');
    const seen: number[] = [];
    await withGroups(dataset, { cacheFile, onProgress: (done, total) => seen.push(done, total) });
    expect(seen).toEqual([1, 2, 2, 2]);
    expect(await readFile(cacheFile, 'utf8')).toContain('# onesheet perceptual hashes');
  });
});
