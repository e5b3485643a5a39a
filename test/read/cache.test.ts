import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ReadingCache } from '../../src/read/cache.ts';
import type { Reading } from '../../src/read/index.ts';
import { temporaryFolder } from '../model/fixture.ts';

function reading(text: string): Reading {
  const place = [
    [1, 2],
    [3, 2],
    [3, 4],
    [1, 4.5],
  ] as const;
  return { width: 20, height: 30, lines: [{ text, confidence: 0.9, place }] };
}

const hash = (start: string, i: number): string => start + i.toString(16).padStart(62, '0');

test('readings come back from their files, without what the folder does not hold', async () => {
  const folder = await temporaryFolder();
  const cache = new ReadingCache(folder);
  await cache.put(hash('ab', 1), reading('HEAT'));
  expect(await cache.get(hash('ab', 1))).toEqual(reading('HEAT'));
  await cache.flush();
  const later = new ReadingCache(folder);
  expect(await later.get(hash('ab', 1))).toEqual(reading('HEAT'));
  expect(await later.get(hash('ab', 2))).toBeUndefined();
  expect(await readdir(folder)).toEqual(['ab.json']);
});

test('a file holds 256 readings, the latest', async () => {
  const folder = await temporaryFolder();
  const cache = new ReadingCache(folder);
  for (let i = 0; i < 300; i++) await cache.put(hash('cd', i), reading(String(i)));
  await cache.flush();
  const later = new ReadingCache(folder);
  expect(await later.get(hash('cd', 43))).toBeUndefined();
  expect(await later.get(hash('cd', 44))).toEqual(reading('44'));
  expect(await later.get(hash('cd', 299))).toEqual(reading('299'));
});

test('what another program wrote meanwhile stays', async () => {
  const folder = await temporaryFolder();
  const [one, other] = [new ReadingCache(folder), new ReadingCache(folder)];
  expect(await one.get(hash('ab', 1))).toBeUndefined();
  await other.put(hash('ab', 1), reading('OTHER'));
  await other.flush();
  await one.put(hash('ab', 2), reading('ONE'));
  await one.flush();
  const later = new ReadingCache(folder);
  expect(await later.get(hash('ab', 1))).toEqual(reading('OTHER'));
  expect(await later.get(hash('ab', 2))).toEqual(reading('ONE'));
});

test('a damaged file counts as empty, and where nothing can be written nothing fails', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ab.json'), '{"reader":"pp-ocrv4.1","readings":[["x"');
  const cache = new ReadingCache(folder);
  expect(await cache.get(hash('ab', 1))).toBeUndefined();
  await writeFile(join(folder, 'file'), '');
  const nowhere = new ReadingCache(join(folder, 'file', 'texts'));
  await nowhere.put(hash('ab', 1), reading('HEAT'));
  await nowhere.flush();
  expect(await nowhere.get(hash('ab', 1))).toEqual(reading('HEAT'));
});
