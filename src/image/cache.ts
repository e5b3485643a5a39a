/** @module Posters and a resize rule -> all their pixels in shared memory, kept on disk if wanted. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { type ErrorCode, OnesheetError, onesheetError } from '../errors.ts';
import { readPixelFile, type StoredFailure, writePixelFile } from './cacheFile.ts';
import { sharp } from './codec.ts';
import { completeLimits, type ImageLimits } from './limits.ts';
import { preparePixels } from './prepare.ts';
import type { ResizeRule } from './rule.ts';
import type { ImageSource } from './source.ts';

/** What the cache needs to know of a poster. */
export interface CachedPoster {
  readonly id: string;
  readonly source: ImageSource;
}

/** A poster that could not be read, and why. */
export interface PixelFailure {
  /** Its place in the list of posters. */
  readonly index: number;
  readonly id: string;
  readonly error: OnesheetError;
}

export interface PixelCacheOptions {
  /**
   * Posters in work side by side; more than libuv's threads (4 unless UV_THREADPOOL_SIZE says otherwise)
   * gain nothing.
   * @default 4
   */
  readonly concurrency?: number;
  /**
   * Folder for a file of the pixels, by which a later build with the same posters, rule, limits and decoder
   * reads instead of decoding. A poster is the same while its path, size and time of change are. Files of other
   * lists stay until somebody removes them.
   * @default none
   */
  readonly directory?: string;
  /**
   * Most bytes that the pixels may take.
   * @default half of the memory that the machine, or the container, gives the process
   */
  readonly maximumBytes?: number;
  /** Limits for each picture. */
  readonly limits?: Partial<ImageLimits>;
  /** Called after each poster that was decoded, and once with `done === total` after reading from disk. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called for each poster that could not be read. */
  readonly onError?: (failure: PixelFailure) => void;
}

/** Pixels lie in blocks of whole posters, since one array holds at most 4 GiB. */
const blockBytes = 2 ** 26;

/** Failures that may be gone the next time, so a file must not preserve them. */
const passing: ReadonlySet<string> = new Set<ErrorCode>(['IMAGE_UNREADABLE', 'DECODER_LOST']);

/** The pixels of a list of posters, decoded once, so that later epochs only copy. */
export class PixelCache {
  /**
   * uint8 `[posters, height, width, 3]`, cut between posters into blocks on `SharedArrayBuffer`s, which workers may
   * share; all 0 where unreadable.
   */
  readonly blocks: readonly Uint8Array<SharedArrayBuffer>[];
  /** The posters without pixels, in the order of the list. */
  readonly failures: readonly PixelFailure[];
  /** Why the pixels could not be kept on disk, e.g. because it is full; they are in memory all the same. */
  readonly unstored: OnesheetError | undefined;
  readonly #stride: number;
  readonly #failed: ReadonlyMap<number, PixelFailure>;

  private constructor(
    blocks: readonly Uint8Array<SharedArrayBuffer>[],
    stride: number,
    failures: readonly PixelFailure[],
    unstored?: OnesheetError,
  ) {
    this.blocks = blocks;
    this.failures = failures;
    this.unstored = unstored;
    this.#stride = stride;
    this.#failed = new Map(failures.map((failure) => [failure.index, failure]));
  }

  /**
   * Prepares every poster by `preparePixels`, or reads them all from `directory`. A file there that is torn
   * or damaged is made anew.
   *
   * @throws {OnesheetError} PIXELS_TOO_MANY when they would take more than `maximumBytes`. An unreadable
   * poster throws nothing: it is among the `failures`.
   */
  static async build(
    posters: readonly CachedPoster[],
    rule: ResizeRule,
    options: PixelCacheOptions = {},
  ): Promise<PixelCache> {
    const { directory, onProgress, onError } = options;
    const stride = rule.height * rule.width * 3;
    const blocks = allocate(posters.length, rule, options.maximumBytes ?? halfOfMemory());
    const key = directory === undefined ? '' : await cacheKey(posters, rule, options.limits);
    const path = directory === undefined ? undefined : join(directory, `pixels-${key.slice(0, 16)}.bin`);

    const stored = path === undefined ? undefined : await readPixelFile(path, key, blocks);
    if (stored !== undefined) {
      const failures = stored.map((failure) => restore(failure, posters));
      for (const failure of failures) onError?.(failure);
      onProgress?.(posters.length, posters.length);
      return new PixelCache(blocks, stride, failures);
    }

    for (const block of blocks) block.fill(0);
    const failures = await decodeAll(posters, rule, blocks, options);
    if (path === undefined || failures.some(({ error }) => passing.has(error.code)))
      return new PixelCache(blocks, stride, failures);
    const lines = failures.map(({ index, error: { code, message } }) => ({ index, code, message }));
    const unstored = await writePixelFile(path, key, { pixels: blocks, failures: lines }).then(
      () => undefined,
      (error: OnesheetError) => error,
    );
    return new PixelCache(blocks, stride, failures, unstored);
  }

  /** Whether the poster at this place of the list has pixels. */
  ok(index: number): boolean {
    return !this.#failed.has(index);
  }

  /**
   * uint8 `[height, width, 3]` of one poster: a view, not a copy, so never write to it.
   *
   * @throws {OnesheetError} the poster's own failure when it could not be read.
   */
  get(index: number): Uint8Array {
    const failure = this.#failed.get(index);
    if (failure !== undefined) throw failure.error;
    return placeOf(index, this.#stride, this.blocks);
  }
}

function halfOfMemory(): number {
  const limit = process.constrainedMemory();
  return Math.floor(Math.min(totalmem(), limit > 0 ? limit : Number.POSITIVE_INFINITY) / 2);
}

function postersPerBlock(stride: number): number {
  return Math.max(1, Math.floor(blockBytes / stride));
}

/** The pixels of one poster. */
function placeOf(
  index: number,
  stride: number,
  blocks: readonly Uint8Array<SharedArrayBuffer>[],
): Uint8Array<SharedArrayBuffer> {
  const posters = postersPerBlock(stride);
  const start = (index % posters) * stride;
  return blocks[Math.floor(index / posters)]!.subarray(start, start + stride);
}

function allocate(count: number, rule: ResizeRule, most: number): Uint8Array<SharedArrayBuffer>[] {
  const stride = rule.height * rule.width * 3;
  const tooMany = () =>
    onesheetError('PIXELS_TOO_MANY', count, rule.width, rule.height, count * stride, most);
  if (count * stride > most) throw tooMany();
  const posters = postersPerBlock(stride);
  try {
    return Array.from({ length: Math.ceil(count / posters) }, (_, block) => {
      const here = Math.min(posters, count - block * posters);
      return new Uint8Array(new SharedArrayBuffer(here * stride));
    });
  } catch {
    throw tooMany();
  }
}

async function decodeAll(
  posters: readonly CachedPoster[],
  rule: ResizeRule,
  blocks: readonly Uint8Array<SharedArrayBuffer>[],
  { concurrency = 4, limits, onProgress, onError }: PixelCacheOptions,
): Promise<PixelFailure[]> {
  const failures: PixelFailure[] = [];
  const stride = rule.height * rule.width * 3;
  let [next, done] = [0, 0];
  const work = async () => {
    while (next < posters.length) {
      const index = next++;
      const { id, source } = posters[index]!;
      try {
        const pixels = await preparePixels(source, rule, limits);
        placeOf(index, stride, blocks).set(pixels);
      } catch (error) {
        if (!(error instanceof OnesheetError)) {
          next = posters.length;
          throw error;
        }
        const failure = { index, id, error };
        failures.push(failure);
        onError?.(failure);
      }
      onProgress?.(++done, posters.length);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  return failures.sort((a, b) => a.index - b.index);
}

function restore({ index, code, message }: StoredFailure, posters: readonly CachedPoster[]): PixelFailure {
  return { index, id: posters[index]!.id, error: new OnesheetError(code as ErrorCode, message) };
}

/** Counts the changes of `render` that change pixels of the same decoder. */
const rendering = 2;

/** SHA-256 over all that decides pixels and failures: the decoder's version, the rule, limits, each poster's identity. */
async function cacheKey(
  posters: readonly CachedPoster[],
  rule: ResizeRule,
  limits: Partial<ImageLimits> = {},
): Promise<string> {
  const { height, width, fit, background, kernel } = rule;
  const hash = createHash('sha256');
  const add = (...parts: readonly unknown[]) => hash.update(`${JSON.stringify(parts)}\n`);
  add(
    rendering,
    sharp.versions.sharp,
    sharp.versions.vips,
    process.arch,
    height,
    width,
    fit,
    background,
    kernel,
  );
  const { maximumPixels, maximumBytes, timeoutSeconds } = completeLimits(limits);
  add(maximumPixels, maximumBytes, timeoutSeconds);
  for (const { id, source } of posters) {
    if (source.kind === 'file') add(id, source.path, ...(await fileIdentity(source.path)));
    else if (source.kind === 'url') add(id, source.url);
    else add(id, source.name, createHash('sha256').update(source.bytes).digest('hex'));
  }
  return hash.digest('hex');
}

async function fileIdentity(path: string): Promise<readonly string[]> {
  try {
    const { size, mtimeNs } = await stat(path, { bigint: true });
    return [`${size}`, `${mtimeNs}`];
  } catch {
    return ['absent'];
  }
}
