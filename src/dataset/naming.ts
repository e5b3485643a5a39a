/** @module Single pictures, as a user names them -> the ids that the listing of their folder gives them. */
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { countEach, ownName, sniffFile } from './folder.ts';
import { claimerOf, hasPictureEnding, mayStandForFolder, settle, splitPath } from './ids.ts';
import { isArtwork, looksLikeLibrary, skippedByName } from './skips.ts';

/** Folders whose names are remembered. */
const remembered = 64;

/** The names in a folder, by what the folder says of them; few files are opened. */
interface Names {
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  readonly pictures: ReadonlySet<string>;
  readonly claimOf: (name: string) => string;
  /** Pictures by what they claim. */
  readonly claimed: ReadonlyMap<string, number>;
}

/** Names pictures relative to a base as `listPictures` would, by the names of what lies around each. */
export class Naming {
  readonly #base: string;
  readonly #folders = new Map<string, Promise<Names>>();

  /** @param base the folder that ids are relative to */
  constructor(base: string) {
    this.#base = resolve(base);
  }

  /** Relative to the base, with forward slashes; the whole path of what lies outside. */
  pathOf(file: string): string {
    const whole = resolve(file);
    return (isWithin(this.#base, whole) ? relative(this.#base, whole) : whole).split(sep).join('/');
  }

  /** The id of a picture, there or not. One outside of the base is called by its whole path, without its ending. */
  async idOf(file: string): Promise<string> {
    const whole = resolve(file);
    const path = this.pathOf(file);
    const { folder, name } = splitPath(path);
    const directory = dirname(whole);
    const around = await this.#namesIn(directory, folder);
    const claim = around.claimOf(name);
    const target = splitPath(claim);
    let rivals = (around.claimed.get(claim) ?? 0) + (around.pictures.has(name) ? 0 : 1);
    if (claim === folder) {
      const above = await this.#namesIn(dirname(directory), splitPath(folder).folder);
      rivals += above.claimed.get(claim) ?? 0;
    } else if (target.folder === folder && around.folders.has(target.name)) {
      const below = await this.#namesIn(join(directory, target.name), claim);
      rivals += below.claimed.get(claim) ?? 0;
    }
    const isPath =
      target.folder === folder &&
      target.name !== name &&
      around.files.has(target.name) &&
      (hasPictureEnding(target.name) || (await sniffFile(join(directory, target.name))) === 'picture');
    return settle(path, claim, rivals, () => isPath);
  }

  #namesIn(directory: string, folder: string): Promise<Names> {
    const key = `${directory}\0${folder}`;
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    const names = readNames(directory, folder);
    const [oldest] = this.#folders.keys();
    if (this.#folders.size >= remembered) this.#folders.delete(oldest!);
    this.#folders.set(key, names);
    return names;
  }
}

async function readNames(directory: string, folder: string): Promise<Names> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const seen = entries.filter(({ name }) => skippedByName(name) === undefined);
  const files = seen.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const isLibrary = looksLikeLibrary(files);
  const pictures = new Set(files.filter((file) => hasPictureEnding(file) && !(isLibrary && isArtwork(file))));
  for (const name of files.filter((file) => !pictures.has(file) && mayStandForFolder(file)))
    if ((await sniffFile(join(directory, name))) === 'picture') pictures.add(name);
  const claimOf = claimerOf(folder, ownName(directory, folder, files), [...pictures]);
  return {
    files: new Set(files),
    folders: new Set(seen.filter((entry) => !entry.isFile()).map(({ name }) => name)),
    pictures,
    claimOf,
    claimed: countEach([...pictures].map(claimOf)),
  };
}

/** An absolute path, with forward slashes, as seen from a folder; undefined where it leads out of it. */
export function pathBelow(folder: string, path: string): string | undefined {
  const [from, to] = [resolve(folder), resolve(path)];
  return to !== from && isWithin(from, to) ? relative(from, to).split(sep).join('/') : undefined;
}

/** The deepest folder that holds all of them; `undefined` where they share none, as on different drives. */
export function commonFolder(folders: readonly string[]): string | undefined {
  const [first, ...rest] = folders.map((folder) => resolve(folder));
  if (first === undefined) return undefined;
  let common = first;
  for (const folder of rest) {
    while (!isWithin(common, folder)) {
      const parent = dirname(common);
      if (parent === common) return undefined;
      common = parent;
    }
  }
  return common;
}

export function isWithin(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return !isAbsolute(inside) && inside.split(sep)[0] !== '..';
}
