/** @module A folder of images -> its posters by their paths, ids and names that are almost theirs. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageSource } from '../image/index.ts';
import { endingOf, pictureEndings, splitPath, stemOf } from './ids.ts';
import { listPictures } from './lister.ts';
import { foldName, imdbNumber } from './nearNames.ts';
import { compareText } from './poster.ts';
import { type SkipCounts, Skipped } from './skips.ts';

/** Paths inside are relative to the root, with forward slashes. */
export interface ImageFolder {
  readonly root: string;
  /** Ids of the posters by their paths, in the order of preference of endings. */
  readonly posters: ReadonlyMap<string, string>;
  /** What was passed over when the folder was listed. */
  readonly skipped: SkipCounts;
  /** Paths of links that lead nowhere. */
  readonly brokenLinks: readonly string[];
  readonly index: ImageIndex;
}

/** Posters, and pictures beside them, by everything that a table may call them. */
export interface ImageIndex {
  readonly paths: ReadonlySet<string>;
  /** By what stands before their ending, in the order of preference of endings. */
  readonly byStem: ReadonlyMap<string, readonly string[]>;
  readonly byId: ReadonlyMap<string, string>;
  /** By what `foldName` leaves of their stems and ids. */
  readonly byFold: ReadonlyMap<string, readonly string[]>;
  /** By the last part of those. */
  readonly byLastFold: ReadonlyMap<string, readonly string[]>;
  readonly byImdbNumber: ReadonlyMap<string, readonly string[]>;
}

/** @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE. */
export async function listImages(root: string): Promise<ImageFolder> {
  const skipped = new Skipped();
  const brokenLinks: string[] = [];
  const found: { path: string; id: string; isPoster: boolean }[] = [];
  for await (const { path, id, kind } of listPictures(root, { skipped })) {
    if (kind === 'broken') brokenLinks.push(path);
    else found.push({ path, id, isPoster: kind === 'poster' });
  }
  const rank = (path: string) => pictureEndings.indexOf(endingOf(path).toLowerCase());
  found.sort((a, b) => rank(a.path) - rank(b.path) || compareText(a.path, b.path));
  const posters = found.filter(({ isPoster }) => isPoster);
  return {
    root,
    posters: new Map(posters.map(({ path, id }) => [path, id])),
    skipped: skipped.counts,
    brokenLinks,
    index: indexOf(found),
  };
}

function indexOf(pictures: readonly { readonly path: string; readonly id: string }[]): ImageIndex {
  const byStem = new Map<string, string[]>();
  const byFold = new Map<string, string[]>();
  const byLastFold = new Map<string, string[]>();
  const byImdbNumber = new Map<string, string[]>();
  for (const { path, id } of pictures) {
    const stem = stemOf(path);
    put(byStem, stem, path);
    for (const fold of new Set([foldName(stem), foldName(id)])) put(byFold, fold, path);
    for (const fold of new Set([stem, id].map((name) => foldName(splitPath(name).name))))
      put(byLastFold, fold, path);
    const number = imdbNumber(splitPath(id).name);
    if (number !== undefined) put(byImdbNumber, number, path);
  }
  return {
    paths: new Set(pictures.map(({ path }) => path)),
    byId: new Map(pictures.map(({ path, id }) => [id, path])),
    byStem,
    byFold,
    byLastFold,
    byImdbNumber,
  };
}

/** The folder of a table that holds its pictures itself. */
export function noImages(root: string): ImageFolder {
  return { root, posters: new Map(), skipped: {}, brokenLinks: [], index: indexOf([]) };
}

function put(map: Map<string, string[]>, key: string, path: string): void {
  const paths = map.get(key);
  if (paths === undefined) map.set(key, [path]);
  else paths.push(path);
}

/** The image that is meant by a path, by a path without its ending, or by an id. */
export function findImage({ index }: ImageFolder, path: string): string | undefined {
  return index.paths.has(path) ? path : (index.byStem.get(path)?.[0] ?? index.byId.get(path));
}

/**
 * The images of a table: in the folder that was given, else in the table itself, beside it, or in `images` where it
 * names posters by id only.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE.
 */
export async function folderOfTable(
  table: string,
  rows: readonly { readonly image: string; readonly bytes?: Uint8Array }[],
  images: string | undefined,
): Promise<ImageFolder> {
  const root = await rootOfTable(table, rows, images);
  return root === undefined ? noImages(table) : listImages(root);
}

/** The folder of the images of a table, as {@link folderOfTable} has it; none where the table holds them itself. */
export async function rootOfTable(
  table: string,
  rows: readonly { readonly image: string; readonly bytes?: Uint8Array }[],
  images: string | undefined,
): Promise<string | undefined> {
  if (images !== undefined) return images;
  if (rows.length > 0 && rows.every(({ bytes }) => bytes !== undefined)) return undefined;
  if (await isFolder(table)) return table;
  const beside = join(dirname(table), 'images');
  const byIdOnly = rows.every(({ image }) => image === '');
  return byIdOnly && (await isFolder(beside)) ? beside : dirname(table);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

export function fileIn({ root }: ImageFolder, path: string): ImageSource {
  return { kind: 'file', path: join(root, path) };
}
