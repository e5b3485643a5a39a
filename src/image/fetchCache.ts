/** @module A URL -> the picture that it gave before, with what asks its host whether that has changed; a folder of bounded size. */
import { createHash } from 'node:crypto';
import { opendir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { removeTemporaries, requireWritableFolder, writeFileAtomically } from '../files.ts';

/** The first line of a file; the picture's bytes follow. */
const headSchema = z.strictObject({
  etag: z.string().optional(),
  modified: z.string().optional(),
  /** SHA-256 of the picture. */
  hash: z.string(),
});

export interface KeptPicture {
  readonly bytes: Uint8Array;
  /** Headers with which the host answers 304 where the picture is still the same. */
  readonly conditions: Readonly<Record<string, string>>;
}

/** Pictures that are longer are fetched anew each time, since a kept one is in memory while its host is asked. */
const longest = 8 * 2 ** 20;
/** Of the cap, what is left when it was exceeded, so that the folder is not looked through for each picture. */
const afterEviction = 0.9;
/** Files of the cache have the SHA-256 of their URL for a name; anything else in the folder is left alone. */
const ownName = /^[\da-f]{64}$/;
/** Seconds after which a temporary file was left by a process that is dead. */
const abandoned = 3600;

/** `onesheet/posters` in XDG_CACHE_HOME, else in ~/.cache. */
export function defaultFetchCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'onesheet', 'posters');
}

/**
 * Pictures by the hash of their URL. Those used longest ago go when there is no more room. A file that is damaged counts
 * as none; a picture that cannot be written is not kept. Hosts are always asked, so that none gives what it would not
 * give now, and no closed address is answered for.
 */
export class FetchCache {
  readonly #folder: string;
  readonly #maximumBytes: number;
  #bytes: number;
  #evicting: Promise<void> = Promise.resolve();

  private constructor(folder: string, maximumBytes: number, bytes: number) {
    this.#folder = folder;
    this.#maximumBytes = maximumBytes;
    this.#bytes = bytes;
  }

  /**
   * @param maximumBytes of all files together; several processes at once may each exceed it by a tenth for a while
   * @throws {OnesheetError} FILE_UNWRITABLE
   */
  static async open(folder: string, maximumBytes: number): Promise<FetchCache> {
    await requireWritableFolder(folder);
    await removeTemporaries(folder, (name, idle) => ownName.test(name) && idle > abandoned);
    const cache = new FetchCache(folder, maximumBytes, 0);
    await cache.#makeRoom();
    return cache;
  }

  async find(url: string): Promise<KeptPicture | undefined> {
    const path = this.#pathOf(url);
    const file = await readFile(path).catch(() => undefined);
    const end = file?.indexOf('\n') ?? -1;
    if (file === undefined || end < 0) return undefined;
    const bytes = new Uint8Array(file.subarray(end + 1));
    const head = parse(file.toString('utf8', 0, end));
    if (head?.hash !== hashOf(bytes)) return undefined;
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return {
      bytes,
      conditions: {
        ...(head.etag !== undefined && { 'if-none-match': head.etag }),
        ...(head.modified !== undefined && { 'if-modified-since': head.modified }),
      },
    };
  }

  /** Keeps a picture whose host says what to ask with, and does not say that it is not to be kept. */
  async keep(url: string, bytes: Uint8Array, header: (field: string) => string | undefined): Promise<void> {
    const etag = header('etag')?.match(/^(?:W\/)?"[\x21\x23-\x7e]*"$/)?.[0];
    const modified = header('last-modified')?.match(/^[A-Za-z0-9,: ]+$/)?.[0];
    if (etag === undefined && modified === undefined) return;
    if (/\bno-store\b/i.test(header('cache-control') ?? '') || bytes.length > longest) return;
    const head = Buffer.from(`${JSON.stringify({ etag, modified, hash: hashOf(bytes) })}\n`);
    const size = head.length + bytes.length;
    if (size > this.#maximumBytes * afterEviction) return;
    this.#bytes += size;
    if (this.#bytes > this.#maximumBytes) {
      this.#evicting = this.#evicting.then(() => this.#makeRoom(size));
      await this.#evicting;
    }
    await writeFileAtomically(this.#pathOf(url), Buffer.concat([head, bytes])).catch(() => undefined);
  }

  #pathOf(url: string): string {
    return join(this.#folder, createHash('sha256').update(url).digest('hex'));
  }

  /** Counts what is there, and removes what was used longest ago where that is too much. @param coming bytes of a file to be written */
  async #makeRoom(coming = 0): Promise<void> {
    const files: { readonly path: string; readonly size: number; readonly used: number }[] = [];
    let sum = coming;
    for await (const { name } of await opendir(this.#folder)) {
      if (!ownName.test(name)) continue;
      const path = join(this.#folder, name);
      const status = await stat(path).catch(() => undefined);
      if (status === undefined) continue;
      files.push({ path, size: status.size, used: status.mtimeMs });
      sum += status.size;
    }
    if (sum > this.#maximumBytes) {
      files.sort((a, b) => a.used - b.used);
      for (const { path, size } of files) {
        if (sum <= this.#maximumBytes * afterEviction) break;
        await rm(path, { force: true }).catch(() => undefined);
        sum -= size;
      }
    }
    this.#bytes = sum;
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parse(text: string): z.infer<typeof headSchema> | undefined {
  try {
    return headSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
