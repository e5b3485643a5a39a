/** @module Paths, folders and lists, as a user names them -> a stream of posters. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';
import { imageExtensions } from '../image/index.ts';
import type { PosterToPredict } from './stream.ts';

/** Files that are read as lists of posters, one path a line. */
const listExtensions = new Set(['.txt', '.lst']);

function posterAt(location: string): PosterToPredict {
  const id = basename(location, extname(location));
  if (/^https?:\/\//i.test(location)) return { id, source: { kind: 'url', url: location } };
  return { id, source: { kind: 'file', path: location } };
}

async function* inFolder(folder: string): AsyncGenerator<PosterToPredict> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw onesheetError('FILE_UNREADABLE', folder, reasonOf(error));
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* inFolder(path);
    else if (imageExtensions.includes(extname(entry.name).toLowerCase())) yield posterAt(path);
  }
}

/** Lines of a list; empty ones and those that begin with # are skipped. */
async function* inList(stream: Readable): AsyncGenerator<PosterToPredict> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    const location = line.trim();
    if (location !== '' && !location.startsWith('#')) yield posterAt(location);
  }
}

/**
 * Posters in the order in which they are named: a picture by itself, a folder with all pictures below it in the
 * order of their names, a `.txt` list with one path a line, or `-` for such a list on standard input. What does
 * not exist is yielded too, so that it is reported among the results.
 *
 * @param standardInput where `-` reads from
 */
export async function* postersAt(
  paths: readonly string[],
  standardInput: Readable,
): AsyncGenerator<PosterToPredict> {
  for (const path of paths) {
    if (path === '-') {
      yield* inList(standardInput);
      continue;
    }
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) yield* inFolder(path);
    else if (found?.isFile() && listExtensions.has(extname(path).toLowerCase()))
      yield* inList(createReadStream(path));
    else yield posterAt(path);
  }
}
