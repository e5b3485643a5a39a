/** @module Posters, good and bad -> cached pixels equal to prepared ones, from memory and from disk. */
import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CachedPoster,
  PixelCache,
  type PixelCacheOptions,
  preparePixels,
  resizeRule,
} from '../../src/image/index.ts';
import { columns } from './frames.ts';

const rule = resizeRule({ height: 12, width: 8 });
let folder: string;
let directory: string;
let posters: CachedPoster[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onesheet-cache-'));
  directory = join(folder, 'cache');
  posters = [];
  for (let at = 0; at < 6; at++) {
    const path = join(folder, `${at}.png`);
    const background = { r: 40 * at, g: 255 - 40 * at, b: 7 };
    await writeFile(
      path,
      await sharp({ create: { width: 20, height: 30, channels: 3, background } })
        .png()
        .toBuffer(),
    );
    posters.push({ id: `poster-${at}`, source: { kind: 'file', path } });
  }
});
afterEach(() => rm(folder, { recursive: true }));

/** Builds, and counts the posters that were decoded one by one. */
async function build(options: PixelCacheOptions = {}, of = rule) {
  const progress: number[] = [];
  const cache = await PixelCache.build(posters, of, {
    ...options,
    onProgress: (done) => progress.push(done),
  });
  return { cache, decoded: progress.length > 1, progress };
}

const pixelsOf = (cache: PixelCache) => Buffer.concat(cache.blocks);

const storedFile = async () => join(directory, (await readdir(directory))[0]!);

async function expectEqualToPrepared(cache: PixelCache): Promise<void> {
  for (const [at, { source }] of posters.entries())
    expect(Uint8Array.from(cache.get(at))).toEqual(Uint8Array.from(await preparePixels(source, rule)));
}

describe('PixelCache', () => {
  test('holds what preparePixels gives, in order, in shared memory', async () => {
    const { cache, progress } = await build({ concurrency: 3 });
    expect(cache.blocks.map(({ length }) => length)).toEqual([6 * 12 * 8 * 3]);
    expect(cache.blocks[0]!.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(cache.get(2).buffer).toBe(cache.blocks[0]!.buffer);
    expect(progress).toEqual([1, 2, 3, 4, 5, 6]);
    expect([cache.failures, cache.unstored]).toEqual([[], undefined]);
    await expectEqualToPrepared(cache);
  });

  test('holds more than one block of memory takes, from memory and from disk', async () => {
    const large = resizeRule({ height: 2400, width: 1600 });
    const first = await build({ directory }, large);
    expect(first.cache.blocks.map(({ length }) => length / large.height / large.width / 3)).toEqual([5, 1]);
    const second = await build({ directory }, large);
    expect([first.decoded, second.decoded]).toEqual([true, false]);
    for (const { cache } of [first, second])
      for (const at of posters.keys()) {
        const pixels = cache.get(at);
        expect([pixels.length, ...pixels.subarray(0, 3), ...pixels.subarray(-3)]).toEqual([
          2400 * 1600 * 3,
          ...[40 * at, 255 - 40 * at, 7],
          ...[40 * at, 255 - 40 * at, 7],
        ]);
      }
  });

  test('excludes unreadable posters, names each, and goes on', async () => {
    posters.splice(1, 0, { id: 'gone', source: { kind: 'file', path: join(folder, 'gone.jpg') } });
    posters.push({ id: 'empty', source: { kind: 'bytes', bytes: new Uint8Array(0), name: 'nothing' } });
    const reported: string[] = [];
    for (const again of [false, true]) {
      const cache = await PixelCache.build(posters, rule, {
        directory,
        onError: ({ id }) => reported.push(id),
      });
      expect(
        cache.failures.map(({ index, id, error }) => [index, id, error.code]),
        `read: ${again}`,
      ).toEqual([
        [1, 'gone', 'IMAGE_MISSING'],
        [7, 'empty', 'IMAGE_EMPTY'],
      ]);
      expect(posters.map((_, at) => cache.ok(at))).toEqual([
        true,
        false,
        true,
        true,
        true,
        true,
        true,
        false,
      ]);
      expect(() => cache.get(1)).toThrow('Cannot find the image');
      expect(cache.get(2)[0]).toBe(40);
      expect([...pixelsOf(cache).subarray(288, 576)].every((value) => value === 0)).toBe(true);
    }
    expect(reported.sort()).toEqual(['empty', 'empty', 'gone', 'gone']);
  });

  test('reads from disk the second time, the same bytes', async () => {
    const first = await build({ directory });
    const second = await build({ directory });
    expect([first.decoded, second.decoded, second.progress]).toEqual([true, false, [6]]);
    expect(second.cache.blocks).toEqual(first.cache.blocks);
    expect(await readdir(directory)).toHaveLength(1);
    await expectEqualToPrepared(second.cache);
  });

  test('decodes anew when the rule, the list or a file has changed', async () => {
    await build({ directory });
    expect((await build({ directory }, { ...rule, fit: 'cover' })).decoded).toBe(true);
    const { source } = posters[3]!;
    await utimes((source as { path: string }).path, 1000, 1000);
    expect((await build({ directory })).decoded).toBe(true);
    posters.reverse();
    const reversed = await build({ directory });
    expect(reversed.decoded).toBe(true);
    await expectEqualToPrepared(reversed.cache);
    expect((await build({ directory })).decoded).toBe(false);
  });

  test('does not trust a file that was cut short, lengthened or has one bit flipped: it is made anew', async () => {
    const { cache } = await build({ directory });
    const path = await storedFile();
    const whole = await readFile(path);
    const damages: readonly (() => Uint8Array)[] = [
      () => whole.subarray(0, 5),
      () => whole.subarray(0, whole.length - 1),
      () => Buffer.concat([whole, Buffer.of(0)]),
      () => new Uint8Array(0),
      ...[0, 9, 30, 300, whole.length - 1].map((at) => () => {
        const copy = Buffer.from(whole);
        copy[at]! ^= 4;
        return copy;
      }),
    ];
    for (const damage of damages) {
      await writeFile(path, damage());
      const again = await build({ directory });
      expect(again.decoded).toBe(true);
      expect(again.cache.blocks).toEqual(cache.blocks);
      expect(Buffer.compare(await readFile(path), whole)).toBe(0);
    }
  });

  test('leaves nothing of a damaged file in the place of an unreadable poster', async () => {
    posters.push({ id: 'gone', source: { kind: 'file', path: join(folder, 'gone.jpg') } });
    await build({ directory });
    const bytes = await readFile(await storedFile());
    bytes[bytes.length - 32 - 10] = 99;
    await writeFile(await storedFile(), bytes);
    const { cache } = await build({ directory });
    expect([...pixelsOf(cache).subarray(6 * 288)].every((value) => value === 0)).toBe(true);
  });

  test('keeps the pixels in memory when the folder cannot be written, and says why', async () => {
    await writeFile(directory, 'a file where the folder should be');
    const { cache } = await build({ directory });
    expect(cache.unstored?.code).toBe('FILE_UNWRITABLE');
    await expectEqualToPrepared(cache);
  });

  test('does not preserve failures that may pass', async () => {
    const path = join(folder, 'loop.jpg');
    await symlink(path, path);
    posters.push({ id: 'loop', source: { kind: 'file', path } });
    const { cache } = await build({ directory });
    expect(cache.failures[0]!.error.code).toBe('IMAGE_UNREADABLE');
    expect((await build({ directory })).decoded).toBe(true);
  });

  test('leaves out a poster that takes too long and keeps the others, also under other limits', async () => {
    posters.unshift({
      id: 'slow',
      source: { kind: 'bytes', bytes: columns(5, 9_900_000), name: 'slow.png' },
    });
    for (const decoded of [true, false]) {
      const found = await build({ directory, limits: { timeoutSeconds: 1 } });
      expect(found.cache.failures.map(({ id, error }) => [id, error.code])).toEqual([
        ['slow', 'IMAGE_TIMEOUT'],
      ]);
      expect(found.decoded).toBe(decoded);
    }
    const strict = await build({ directory, limits: { maximumPixels: 1_000_000 } });
    expect(strict.cache.failures.map(({ id, error }) => [id, error.code])).toEqual([
      ['slow', 'IMAGE_TOO_LARGE'],
    ]);
  });

  test('refuses more pixels than the memory that it may take', async () => {
    await expect(build({ maximumBytes: 6 * 288 - 1 })).rejects.toMatchObject({
      code: 'PIXELS_TOO_MANY',
      message:
        'Expected the pixels to fit 1727 bytes, half of the memory there is unless told otherwise, but 6 posters of 8 x 12 take 1728.',
    });
    expect((await build({ maximumBytes: 6 * 288 })).cache.failures).toEqual([]);
  });

  test('is empty for no posters', async () => {
    posters = [];
    expect((await build({ directory })).cache.blocks).toEqual([]);
    expect((await build({ directory })).cache.failures).toEqual([]);
  });
});
