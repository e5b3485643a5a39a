/** @module Rows of a table and a folder of images -> which picture each row means, exactly or almost, or why none. */
import { fileURLToPath } from 'node:url';
import { stemOf } from './ids.ts';
import { findImage, type ImageFolder } from './images.ts';
import { pathBelow } from './naming.ts';
import { findNearName } from './nearest.ts';
import { foldName, imdbNumber, type NearNameKind } from './nearNames.ts';

/** A reference of the table: a web address, a path, or the reason why it is refused. */
export type ImageReference =
  | { readonly kind: 'url'; readonly url: string }
  /** Begins with a slash where the text names a root or a drive: then it is a path of another machine at best. */
  | { readonly kind: 'path'; readonly path: string; readonly isAbsolute: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** A table comes from strangers: nothing outside of the folder is ever looked for. */
function readReference(text: string): ImageReference {
  if (/^https?:\/\//i.test(text)) return { kind: 'url', url: text };
  const plain = (/^file:\/\//i.test(text) ? pathOfUrl(text) : text).replaceAll('\\', '/');
  if (plain.includes('\0')) return { kind: 'refused', reason: 'its name holds a NUL' };
  const isAbsolute = /^([a-z]:|\/)/i.test(plain);
  const parts: string[] = [];
  for (const part of plain.replace(/^[a-z]:/i, '').split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined)
      return { kind: 'refused', reason: `the path ${text} leaves the folder of images` };
  }
  const path = parts.join('/');
  return { kind: 'path', path: isAbsolute ? `/${path}` : path, isAbsolute };
}

function pathOfUrl(text: string): string {
  try {
    return fileURLToPath(text);
  } catch {
    return text;
  }
}

/** What a row says of its image. */
export interface NamedImage {
  /** '' where it says nothing. */
  readonly image: string;
  readonly id: string;
}

export interface MatchedImage {
  /** The picture's path in the folder. */
  readonly path?: string;
  /** The web address that the row gives instead. */
  readonly url?: string;
  /** Where the name is only almost that of the picture: what the row says, and in what it differs. */
  readonly near?: { readonly named: string; readonly how: readonly NearNameKind[]; readonly byId: boolean };
  /** Why the row is refused, or has no picture although one is called almost so. */
  readonly problem?: { readonly kind: 'refused' | 'missing'; readonly reason: string };
}

const bareNumber = /^[1-9]\d*(\.0+)?$/;

/**
 * Finds the picture of each row: by its path or id; then, for the rows that remain, by a name that is almost so, if
 * one picture alone has it and no row of another poster means that picture.
 *
 * @param hasImdbNumbers whether bare numbers are known to be those of IMDb; otherwise they are taken so where that
 * finds a picture for half of them
 */
export function matchImages(
  folder: ImageFolder,
  rows: readonly NamedImage[],
  hasImdbNumbers = false,
): MatchedImage[] {
  const exact = rows.map((row) => matchExactly(folder, row));
  const numbers = rows.filter(({ id }, at) => exact[at] === undefined && bareNumber.test(id));
  const known = numbers.filter(({ id }) => folder.index.byImdbNumber.has(imdbNumber(id)!));
  const withNumbers = hasImdbNumbers || known.length * 2 >= numbers.length;
  const matches = rows.map((row, at) => exact[at] ?? matchNearly(folder, row, withNumbers));
  const meant = new Map<string, Set<string>>();
  for (const [at, { path }] of matches.entries())
    if (path !== undefined) meant.set(path, (meant.get(path) ?? new Set()).add(keyOf(rows[at]!)));
  return matches.map((match) => {
    if (match.near === undefined || meant.get(match.path!)!.size === 1) return match;
    const reason = `${match.near.named} is almost ${match.path}, but so is another row's`;
    return { problem: { kind: 'missing', reason } };
  });
}

/** Whether a table's column of this name holds the ids of IMDb. */
export function isImdbColumn(name: string): boolean {
  return /imdb|tconst/i.test(name);
}

/** The table's own id, unless the image is called almost so: then the image's. */
export function idOfRow(
  folder: ImageFolder,
  { id, image }: NamedImage,
  { path, near }: MatchedImage,
): string {
  if (id !== '' && !near?.byId) return id;
  return (path !== undefined && folder.posters.get(path)) || stemOf(path ?? image);
}

/** Equal for rows of one poster: its id, or else its image, as far as near names go. */
function keyOf({ id, image }: NamedImage): string {
  const name = (id || image).replaceAll('\\', '/');
  const number = imdbNumber(stemOf(name));
  return number === undefined ? foldName(name) : `IMDb ${number}`;
}

/** Nothing where no picture is called so. */
function matchExactly(folder: ImageFolder, row: NamedImage): MatchedImage | undefined {
  const references = [row.image, row.id].filter((text) => text !== '').map(readReference);
  for (const reference of references)
    if (reference.kind === 'refused') return { problem: { kind: 'refused', reason: reference.reason } };
  for (const reference of references) {
    if (reference.kind !== 'path') continue;
    const named = reference.isAbsolute ? pathBelow(folder.root, reference.path) : reference.path;
    const path = named === undefined ? undefined : findImage(folder, named);
    if (path !== undefined) return { path };
  }
  const [first] = references;
  return first?.kind === 'url' && row.image !== '' ? { url: first.url } : undefined;
}

function matchNearly(folder: ImageFolder, row: NamedImage, withNumbers: boolean): MatchedImage {
  let reason: string | undefined;
  for (const text of [row.image, row.id]) {
    const reference = readReference(text);
    if (text === '' || reference.kind !== 'path' || reference.path === '') continue;
    if (isBroken(folder, reference.path)) reason ??= 'it is a link that leads nowhere';
    const found = findNearName(folder, reference.path, withNumbers);
    if (found === undefined) continue;
    if ('path' in found)
      return { path: found.path, near: { named: text, how: found.how, byId: text === row.id } };
    reason ??= `several pictures are called almost so: ${found.several.slice(0, 3).join(', ')}`;
  }
  return reason === undefined ? {} : { problem: { kind: 'missing', reason } };
}

function isBroken({ brokenLinks }: ImageFolder, path: string): boolean {
  return brokenLinks.some((link) => link === path || stemOf(link) === path);
}
