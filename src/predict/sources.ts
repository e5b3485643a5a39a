/** @module Paths, folders, tables and lists, as a user names them -> a stream of posters with their ids. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, parse, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import {
  commonFolder,
  hasPictureEnding,
  isPosterTable,
  isWithin,
  listPictures,
  Naming,
  postersOfTable,
  readHead,
  type Skipped,
  standsForFolder,
  stemOf,
} from '../dataset/index.ts';
import { defaultImageLimits, describeSource, sniffFormat } from '../image/index.ts';
import { baseOfEntry, findEntry, pathOfUrl } from './entries.ts';
import { isListText, readListed } from './list.ts';
import type { PosterToPredict } from './stream.ts';

export interface SourceOptions {
  /**
   * Whether pictures beside posters, such as fanart and banners, are passed over.
   * @default in folders that look like a media library
   */
  readonly library?: boolean;
  /** The folder of the images that tables name. @default the table's, or its subfolder `images` */
  readonly images?: string;
  /** Counts what is passed over in folders. */
  readonly skipped?: Skipped;
  /** The folder that ids are relative to. @default the deepest that holds everything named */
  readonly base?: string;
}

interface Named {
  readonly kind: 'folder' | 'picture' | 'list' | 'table' | 'url' | 'input';
  readonly path: string;
}

/** Endings of lists, for those that are empty. */
const listEndings = new Set(['.txt', '.lst', '.list']);

export async function kindOf(location: string): Promise<Named> {
  if (location === '-') return { kind: 'input', path: location };
  if (/^https?:\/\//i.test(location)) return { kind: 'url', path: location };
  const path = /^file:\/\//i.test(location) ? pathOfUrl(location) : location;
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { kind: 'folder', path };
  if (!found?.isFile() || hasPictureEnding(path)) return { kind: 'picture', path };
  if (await isPosterTable(path)) return { kind: 'table', path };
  const head = await readHead(path).catch(() => new Uint8Array());
  if (head.length === 0)
    return { kind: listEndings.has(extname(path).toLowerCase()) ? 'list' : 'picture', path };
  const isList = !('format' in sniffFormat(head)) && isListText(head);
  return { kind: isList ? 'list' : 'picture', path };
}

/**
 * The folder that the ids of everything named are relative to: the deepest that holds it all, where a list counts as
 * the folder it lies in, and standard input as the working directory. Pictures that stand for their folders are named
 * from the folder around those, if they were named with them.
 */
export function baseOf(named: readonly Named[]): string | undefined {
  const folders = named.flatMap(({ kind, path }) => {
    if (kind === 'folder') return [resolve(path)];
    if (kind === 'input') return [process.cwd()];
    if (kind === 'list') return [dirname(resolve(path)), process.cwd()];
    return kind === 'picture' ? [dirname(resolve(path))] : [];
  });
  const common = commonFolder(folders);
  const pictures = named.filter(({ kind }) => kind === 'picture').map(({ path }) => path);
  const stand = pictures.length === folders.length && pictures.every((path) => standsAlone(path));
  return stand && common !== undefined && folders.includes(common) ? dirname(common) : common;
}

function standsAlone(path: string): boolean {
  if (dirname(path) === '.') return false;
  const folder = dirname(resolve(path));
  return folder !== dirname(folder) && standsForFolder(basename(path), basename(folder));
}

/**
 * Posters in the order in which they are named: a picture by itself, a folder with all posters below it, a table with
 * the posters of its rows, a list of paths in a text file of any name, or `-` for a list or one picture on standard
 * input. What does not exist is yielded too, so that it is reported among the results.
 *
 * @param standardInput where `-` reads from
 * @throws {OnesheetError} FILE_UNREADABLE for a folder or list, TABLE_LAYOUT and the like for a table
 */
export async function* postersAt(
  locations: readonly string[],
  standardInput: Readable,
  options: SourceOptions = {},
): AsyncGenerator<PosterToPredict> {
  const named = await Promise.all(locations.map(kindOf));
  // The ids of a list by itself are relative to wherever its paths are.
  const base = options.base ?? (named.length === 1 && named[0]!.kind === 'list' ? undefined : baseOf(named));
  const naming = new Naming(base ?? process.cwd());
  for (const { kind, path } of named) {
    if (kind === 'folder') yield* inFolder(path, base ?? path, options);
    else if (kind === 'table') yield* postersOfTable(path, options.images, options.skipped);
    else if (kind === 'list') yield* inList(createReadStream(path), path, dirname(path), base);
    else if (kind === 'input') yield* inList(standardInput, 'standard input', undefined, base);
    else if (kind === 'url') yield posterAtUrl(path);
    else yield await namedPicture(naming, path);
  }
}

export function posterAtUrl(url: string): PosterToPredict {
  const source = { kind: 'url', url } as const;
  return { id: describeSource(source), source };
}

/** One picture, named as `postersAt` does. */
export async function pictureAt(path: string, base?: string): Promise<PosterToPredict> {
  return namedPicture(new Naming(base ?? baseOf([{ kind: 'picture', path }]) ?? process.cwd()), path);
}

async function namedPicture(naming: Naming, path: string): Promise<PosterToPredict> {
  return { id: await naming.idOf(path), names: namesOf(naming.pathOf(path)), source: { kind: 'file', path } };
}

/** What else the poster may be called in a file of texts. */
function namesOf(path: string): string[] {
  return [...new Set([stemOf(path), path])];
}

async function* inFolder(
  folder: string,
  base: string,
  { library, skipped }: SourceOptions,
): AsyncGenerator<PosterToPredict> {
  const isInside = isWithin(resolve(base), resolve(folder));
  const { root } = parse(resolve(folder));
  const before = isInside ? '' : root.replaceAll('\\', '/');
  const options = { base: isInside ? base : root, library, skipped };
  for await (const { id, path, file, kind } of listPictures(folder, options)) {
    if (kind === 'artwork') continue;
    yield { id: before + id, names: namesOf(before + path), source: { kind: 'file', path: file } };
  }
}

/**
 * @param folder in which the list lies; paths are looked for in the working directory first, then there
 * @param base that ids are relative to; else it is where the list's first picture was found
 */
async function* inList(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
  folder: string | undefined,
  base: string | undefined,
): AsyncGenerator<PosterToPredict> {
  const content = await readListed(stream, name);
  if (content.kind === 'picture') {
    yield { id: name, source: { kind: 'bytes', bytes: await collect(content.chunks), name } };
    return;
  }
  let naming = base === undefined ? undefined : new Naming(base);
  for await (const entry of content.entries) {
    const text = entry.trim();
    if (/^https?:\/\//i.test(text)) {
      yield posterAtUrl(text);
      continue;
    }
    const found = await findEntry(entry, folder);
    // No film's folder begins so but those that are there.
    if (found === undefined && /^#\s/.test(text)) continue;
    naming ??= found === undefined ? undefined : new Naming(baseOfEntry(found, folder));
    yield await namedPicture(
      naming ?? new Naming(process.cwd()),
      found?.path ?? (/^file:/i.test(text) ? pathOfUrl(text) : text),
    );
  }
}

/** All bytes, or one more than a picture may have. */
async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > defaultImageLimits.maximumBytes) break;
  }
  return Buffer.concat(parts);
}
