/** @module A file of the hub -> the same file in the cache: resumed where it stopped, its size and hash checked. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OnesheetError, onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';
import { type HubAccess, networkReason, request, withPatience } from './request.ts';

/** What the hub says of a file before it is fetched. */
export interface FileFacts {
  readonly commit: string;
  /** SHA-256 of a large file, git's SHA-1 of a small one. */
  readonly etag: string;
  readonly size: number;
}

export interface DownloadTask {
  readonly url: string;
  readonly what: string;
  readonly facts: FileFacts;
  readonly path: string;
  readonly onBytes?: (done: number, total: number) => void;
}

/** Connections that are tried before the rest is left for the next time. */
const mostAttempts = 3;

async function sizeOfFile(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => -1,
  );
}

/** The difference between a file and what the hub says of it; `undefined` when there is none. */
export async function differenceFrom(path: string, { etag, size }: FileFacts): Promise<string | undefined> {
  const found = await sizeOfFile(path);
  if (found !== size) return `it has ${found} bytes instead of ${size}`;
  const isSha256 = /^[0-9a-f]{64}$/.test(etag);
  const isGit = /^[0-9a-f]{40}$/.test(etag);
  if (!isSha256 && !isGit) return undefined;
  const hash = createHash(isSha256 ? 'sha256' : 'sha1');
  if (isGit) hash.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  return digest === etag
    ? undefined
    : `its ${isSha256 ? 'SHA-256' : 'SHA-1'} is ${digest} instead of ${etag}`;
}

/** Appends what the partial file lacks, or begins anew where the hub does not resume. */
async function appendRest(task: DownloadTask, access: HubAccess, partial: string): Promise<void> {
  const { url, what, facts, onBytes } = task;
  const start = Math.max(await sizeOfFile(partial), 0);
  if (start >= facts.size) return;
  await withPatience(access.patience, async (signal, alive) => {
    const headers = start > 0 ? { range: `bytes=${start}-` } : undefined;
    const response = await request(url, access, { method: 'GET', what, signal, headers });
    const resumes =
      response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${start}-`);
    let done = resumes ? start : 0;
    const file = await open(partial, resumes ? 'a' : 'w');
    try {
      for await (const chunk of response.body ?? []) {
        alive();
        done += (chunk as Uint8Array).length;
        if (done > facts.size)
          throw onesheetError('HUB_DAMAGED', what, `it has more than ${facts.size} bytes`);
        await writeAll(file, partial, chunk as Uint8Array);
        onBytes?.(done, facts.size);
      }
    } finally {
      await file.close();
    }
    if (done < facts.size) throw new Error(`${done} of ${facts.size} bytes came`);
  });
}

async function writeAll(file: FileHandle, path: string, bytes: Uint8Array): Promise<void> {
  await file.appendFile(bytes).catch((error: unknown) => {
    throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
  });
}

/**
 * Fetches to a name beside the file's, which survives an interruption and is continued by Range, and renames
 * what agrees with the hub's size and hash.
 *
 * @throws {OnesheetError} HUB_REFUSED; HUB_INTERRUPTED when the connection breaks again and again; HUB_DAMAGED when
 * the bytes are not the file, which are then thrown away; FILE_UNWRITABLE
 */
export async function download(task: DownloadTask, access: HubAccess): Promise<void> {
  const { path, facts, what } = task;
  const partial = `${path}.${facts.etag}.partial`;
  await mkdir(dirname(path), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      await appendRest(task, access, partial);
      break;
    } catch (error) {
      if (error instanceof OnesheetError) {
        if (error.code === 'HUB_DAMAGED') await rm(partial, { force: true });
        throw error;
      }
      if (attempt === mostAttempts) throw onesheetError('HUB_INTERRUPTED', what, networkReason(error));
    }
  }
  const difference = await differenceFrom(partial, facts);
  if (difference !== undefined) {
    await rm(partial, { force: true });
    throw onesheetError('HUB_DAMAGED', what, difference);
  }
  await rename(partial, path);
}
