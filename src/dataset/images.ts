/** @module A folder of images -> which file an id or a path in a table means. */
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';
import { imageExtensions } from '../image/index.ts';
import { compareText } from './poster.ts';

/** Paths inside are relative to the root, with forward slashes. */
export interface ImageFolder {
  readonly root: string;
  readonly paths: ReadonlySet<string>;
  /** Paths by what stands before their ending, in the order of preference of endings. */
  readonly byStem: ReadonlyMap<string, readonly string[]>;
}

/**
 * Lists the images of a folder and its subfolders by their endings; nothing is opened. Hidden files are
 * left out.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE.
 */
export async function listImages(root: string): Promise<ImageFolder> {
  const paths = (await listFiles(root))
    .filter((path) => imageExtensions.includes(endingOf(path).toLowerCase()))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')));
  const rank = (path: string) => imageExtensions.indexOf(endingOf(path).toLowerCase());
  paths.sort((a, b) => rank(a) - rank(b) || compareText(a, b));
  const byStem = new Map<string, string[]>();
  for (const path of paths) {
    const stem = stemOf(path);
    byStem.set(stem, [...(byStem.get(stem) ?? []), path]);
  }
  return { root, paths: new Set(paths), byStem };
}

async function listFiles(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw onesheetError('FILE_MISSING', root, 'a folder of images');
    throw onesheetError('FILE_UNREADABLE', root, reasonOf(error));
  }
}

/** A reference of the table: a web address, a plain relative path, or the reason why it is refused. */
export type ImageReference =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** A table comes from strangers: a path that starts at a root or climbs out of the folder is refused. */
export function readReference(text: string): ImageReference {
  if (/^https?:\/\//i.test(text)) return { kind: 'url', url: text };
  const path = text.replaceAll('\\', '/');
  if (/^([a-z]:|\/)/i.test(path) || path.includes('\0'))
    return { kind: 'refused', reason: `expected a path inside the folder of images but found ${text}` };
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    return { kind: 'refused', reason: `the path ${text} leaves the folder of images` };
  return { kind: 'path', path: parts.join('/') };
}

/** The image that is meant by a path, or by a path or id without its ending. */
export function findImage(folder: ImageFolder, path: string): string | undefined {
  return folder.paths.has(path) ? path : folder.byStem.get(path)?.[0];
}

/** The path without its ending, unless another image is called the same. */
export function idOfImage(folder: ImageFolder, path: string): string {
  const stem = stemOf(path);
  return (folder.byStem.get(stem)?.length ?? 0) > 1 ? path : stem;
}

/** `a/b.c.jpg` -> `a/b.c`; a path without the ending of an image stays. */
export function stemOf(path: string): string {
  const ending = endingOf(path);
  return imageExtensions.includes(ending.toLowerCase()) ? path.slice(0, -ending.length) : path;
}

function endingOf(path: string): string {
  return /\.[^./]+$/.exec(path)?.[0] ?? '';
}
