/** @module A folder -> its pictures and subfolders, told by their content where their names do not say. */
import { constants, type Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { sniffFormat } from '../image/index.ts';
import { claimerOf, hasPictureEnding, isCalledAsFilm } from './ids.ts';
import { compareText } from './poster.ts';
import {
  holdsFilm,
  isArtwork,
  isArtworkFolder,
  isOtherFormat,
  looksLikeLibrary,
  type SkipKind,
  skippedByName,
} from './skips.ts';

/** Files without the ending of a picture that are opened at a time, to look at their first bytes. */
const sniffed = 16;

/** What one name in a folder turned out to be. */
export type Entry =
  | {
      readonly kind: 'picture' | 'artwork' | 'brokenPicture' | 'folder' | 'linkedFolder';
      readonly name: string;
    }
  | { readonly kind: 'skipped'; readonly name: string; readonly why: SkipKind };

export interface Contents {
  /** Relative to the base, with forward slashes; '' for the base itself. */
  readonly path: string;
  /** In the order of their names. */
  readonly entries: readonly Entry[];
  /** What each poster claims to be called, by its name. */
  readonly claims: ReadonlyMap<string, string>;
  /** Posters by what they claim. */
  readonly claimed: ReadonlyMap<string, number>;
}

/**
 * @param directory where it is
 * @param path what it is called below the base
 * @param library whether pictures beside posters are told from posters; `undefined` where the folder looks like it
 * @throws what the file system says of a folder that cannot be read
 */
export async function readFolder(
  directory: string,
  path: string,
  library: boolean | undefined,
): Promise<Contents> {
  const found = (await readdir(directory, { withFileTypes: true })).sort((a, b) =>
    compareText(a.name, b.name),
  );
  const names = found.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const isLibrary = library ?? looksLikeLibrary(names);
  const entries: Entry[] = new Array(found.length);
  const unsure: number[] = [];
  for (const [at, entry] of found.entries()) {
    const kind = skippedByName(entry.name) ?? (await kindOf(directory, entry));
    if (kind === 'unsure') unsure.push(at);
    entries[at] = entryOf(entry.name, kind === 'unsure' ? 'notPicture' : kind, isLibrary);
  }
  for (let start = 0; start < unsure.length; start += sniffed) {
    const some = unsure.slice(start, start + sniffed);
    const kinds = await Promise.all(some.map((at) => sniffFile(join(directory, found[at]!.name))));
    for (const [i, at] of some.entries()) entries[at] = entryOf(found[at]!.name, kinds[i]!, isLibrary);
  }
  const posters = entries
    .filter(({ kind }) => kind === 'picture' || kind === 'brokenPicture')
    .map(({ name }) => name);
  return { path, entries, ...claimsOf(path, ownName(directory, path, names), posters) };
}

function claimsOf(path: string, own: string | undefined, posters: readonly string[]) {
  const claimOf = claimerOf(path, own, posters);
  const claims = new Map(posters.map((name) => [name, claimOf(name)]));
  return { claims, claimed: countEach(claims.values()) };
}

/**
 * What a picture that stands for its folder is called: the folder's path. The base has none; there it is the base's
 * own name, if the base is the folder of a film, by its name or by what else it holds.
 */
export function ownName(directory: string, path: string, names: readonly string[]): string | undefined {
  if (path !== '') return path;
  const name = basename(resolve(directory));
  return name !== '' && (isCalledAsFilm(name) || holdsFilm(names)) ? name : undefined;
}

type Kind = 'picture' | 'brokenPicture' | 'folder' | 'linkedFolder' | 'unsure' | SkipKind;

function entryOf(name: string, kind: Exclude<Kind, 'unsure'>, isLibrary: boolean): Entry {
  if (kind === 'picture') return { kind: isLibrary && isArtwork(name) ? 'artwork' : 'picture', name };
  if (kind === 'folder' || kind === 'linkedFolder')
    return isLibrary && isArtworkFolder(name) ? { kind: 'skipped', name, why: 'artwork' } : { kind, name };
  if (kind === 'brokenPicture') return { kind, name };
  return { kind: 'skipped', name, why: kind };
}

async function kindOf(directory: string, entry: Dirent): Promise<Kind> {
  if (entry.isDirectory()) return 'folder';
  const isPicture = hasPictureEnding(entry.name);
  if (entry.isSymbolicLink()) {
    const target = await stat(join(directory, entry.name)).catch(() => undefined);
    if (target === undefined) return isPicture ? 'brokenPicture' : 'brokenLink';
    if (target.isDirectory()) return 'linkedFolder';
    if (!target.isFile()) return 'special';
  } else if (!entry.isFile()) return 'special';
  return isPicture ? 'picture' : 'unsure';
}

/** Whether a file without the ending of a picture is one, by its first bytes. */
export async function sniffFile(path: string): Promise<'picture' | SkipKind> {
  const head = await readHead(path).catch(() => undefined);
  if (head === undefined) return 'unreadable';
  if (head.length > 0 && 'format' in sniffFormat(head)) return 'picture';
  return isOtherFormat(path) ? 'otherFormat' : 'notPicture';
}

/** The first bytes of a file, at most 4096. @throws what the file system says */
export async function readHead(path: string): Promise<Uint8Array> {
  // Without O_NONBLOCK (absent on Windows), opening a pipe waits for its writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const head = new Uint8Array(4096);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export function countEach(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
