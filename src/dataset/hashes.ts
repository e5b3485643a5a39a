/** @module Posters -> their perceptual hashes, side by side and remembered in a file. */
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { OnesheetError } from '../errors.ts';
import { requireWritableFile, writeFileAtomically } from '../files.ts';
import { type ImageSource, perceptualHash } from '../image/index.ts';
import type { Poster } from './poster.ts';

export interface HashOptions {
  /** Hashes of files that did not change since (path, size and time) are taken from here; written anew. */
  readonly cacheFile?: string;
  /**
   * Images read at a time.
   * @default the number of processors
   */
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told of each image that cannot be read, and why. */
  readonly onUnreadable?: (poster: Poster, error: OnesheetError) => void;
}

/** Names the hash, so that a cache of another one is not used. */
const header = '# onesheet perceptual hashes 1';

/**
 * @returns a hash for each poster; `undefined` where the image cannot be read
 * @throws {OnesheetError} FILE_UNWRITABLE for a cache that lacks hashes, before any is computed
 */
export async function hashPosters(
  posters: readonly Poster[],
  options: HashOptions = {},
): Promise<(bigint | undefined)[]> {
  const { cacheFile, onProgress } = options;
  const cache = cacheFile === undefined ? new Map<string, bigint>() : await readCache(cacheFile);
  const fresh = new Map<string, bigint>();
  let done = 0;
  let computed = 0;
  let writable: Promise<void> | undefined;
  const hashes = await mapConcurrently(posters, options.concurrency, async (poster) => {
    const { source } = poster;
    const key = cacheFile === undefined ? undefined : await cacheKey(source);
    let hash = key === undefined ? undefined : cache.get(key);
    if (hash === undefined) {
      if (cacheFile !== undefined) writable ??= requireWritableFile(cacheFile);
      await writable;
      hash = await hashOrNothing(poster, options.onUnreadable);
      computed++;
    }
    if (key !== undefined && hash !== undefined) fresh.set(key, hash);
    onProgress?.(++done, posters.length);
    return hash;
  });
  if (cacheFile !== undefined && computed > 0) await writeCache(cacheFile, fresh);
  return hashes;
}

/** Maps in order, with at most `concurrency` calls under way. */
async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  concurrency: number | undefined,
  call: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await call(items[at]!);
    }
  };
  const workers = Math.max(1, Math.min(concurrency ?? availableParallelism(), items.length));
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}

async function hashOrNothing(
  poster: Poster,
  onUnreadable: HashOptions['onUnreadable'],
): Promise<bigint | undefined> {
  try {
    return await perceptualHash(poster.source);
  } catch (error) {
    if (!(error instanceof OnesheetError)) throw error;
    onUnreadable?.(poster, error);
    return undefined;
  }
}

async function cacheKey(source: ImageSource): Promise<string | undefined> {
  if (source.kind !== 'file') return undefined;
  const status = await stat(source.path).catch(() => undefined);
  return status && JSON.stringify([status.size, status.mtimeMs, resolve(source.path)]);
}

/** A cache that is missing or not ours is an empty one. */
async function readCache(path: string): Promise<Map<string, bigint>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [first, ...lines] = text.split('\n');
  if (first !== header) return new Map();
  return new Map(
    lines.flatMap((line): [string, bigint][] =>
      /^[\da-f]{16} \[/.test(line) ? [[line.slice(17), BigInt(`0x${line.slice(0, 16)}`)]] : [],
    ),
  );
}

async function writeCache(path: string, hashes: ReadonlyMap<string, bigint>): Promise<void> {
  const lines = [...hashes].map(([key, hash]) => `${hash.toString(16).padStart(16, '0')} ${key}`).sort();
  await writeFileAtomically(path, `${[header, ...lines].join('\n')}\n`);
}
