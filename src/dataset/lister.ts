/** @module A folder -> the posters in it and below, one by one, with their ids; what is passed over is counted. */
import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';
import { type Contents, readFolder } from './folder.ts';
import { joinPath, settle, splitPath } from './ids.ts';
import { isWithin } from './naming.ts';
import { Skipped, skippedByName } from './skips.ts';

export interface ListOptions {
  /**
   * The folder that ids and paths are relative to.
   * @default the folder that is listed
   */
  readonly base?: string;
  /**
   * Whether pictures beside posters, such as fanart and banners, are passed over.
   * @default in each folder that holds a video, an `.nfo`, or a picture called poster, folder or `<file>-poster`
   */
  readonly library?: boolean;
  /** Counts what is passed over. */
  readonly skipped?: Skipped;
}

export interface ListedPicture {
  readonly id: string;
  /** Relative to the base, with forward slashes. */
  readonly path: string;
  /** Where it is: the listed folder as it was given, and the path below it. */
  readonly file: string;
  /** A link that leads nowhere is listed too, so that it is missed by name. */
  readonly kind: 'poster' | 'artwork' | 'broken';
}

/**
 * Lists the pictures of a folder and its subfolders in the order of their names, a folder at a time, so that memory
 * does not grow with their number. A file is a picture by the ending of its name, and without such an ending by its
 * first bytes. Linked folders are followed once. Pictures beside posters come marked as `artwork`.
 *
 * Ids are what `claimerOf` says: only the picture's own folder, the folder around it and one below it can hold another
 * claim on the same id, so they are all that is looked at.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE for the folder itself
 */
export async function* listPictures(
  folder: string,
  options: ListOptions = {},
): AsyncGenerator<ListedPicture> {
  const { base = folder, library, skipped = new Skipped() } = options;
  const start = relative(resolve(base), resolve(folder)).split(sep).join('/');
  let top: Contents;
  let real: string;
  try {
    real = await realpath(folder);
    top = await readFolder(folder, start, library);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw onesheetError('FILE_MISSING', folder, 'a folder of images');
    throw onesheetError('FILE_UNREADABLE', folder, reasonOf(error));
  }
  const parent = splitPath(start).folder;
  const above =
    start === '' ? undefined : await readFolder(join(base, parent), parent, library).catch(() => undefined);
  const walker = new Walker(folder, start, real, library, skipped);
  yield* walker.walk(top, real, above?.claimed.get(start) ?? 0);
}

class Walker {
  readonly #folder: string;
  readonly #start: string;
  readonly #library: boolean | undefined;
  readonly #skipped: Skipped;
  /** Real paths of the listed folder and of folders that links led to. */
  readonly #seen: Set<string>;
  readonly #real: string;
  /** Subfolders that were read ahead of their turn, because a picture beside them is called the same. */
  readonly #ahead = new Map<string, Promise<Contents | undefined>>();

  constructor(folder: string, start: string, real: string, library: boolean | undefined, skipped: Skipped) {
    this.#folder = folder;
    this.#start = start;
    this.#library = library;
    this.#skipped = skipped;
    this.#real = real;
    this.#seen = new Set([real]);
  }

  /**
   * @param real path of the folder without links
   * @param claimedAbove pictures beside the folder that claim its path as their id
   */
  async *walk(folder: Contents, real: string, claimedAbove: number): AsyncGenerator<ListedPicture> {
    const below = new Set(
      folder.entries.flatMap(({ kind, name }) =>
        kind === 'folder' || kind === 'linkedFolder' ? [name] : [],
      ),
    );
    for (const entry of folder.entries) {
      const { name } = entry;
      const path = joinPath(folder.path, name);
      if (entry.kind === 'skipped') this.#skipped.add(entry.why, path);
      else if (entry.kind === 'folder') {
        // A link led there before, or it is the listed folder, met again below a link.
        if (this.#seen.has(join(real, name))) this.#skipped.add('repeatedFolder', path);
        else yield* this.#enter(folder, name, join(real, name));
      } else if (entry.kind === 'linkedFolder') {
        const target = await realpath(this.#fileAt(path)).catch(() => undefined);
        if (target === undefined) this.#skipped.add('brokenLink', path);
        else if (this.#isListed(target)) this.#skipped.add('repeatedFolder', path);
        else {
          this.#seen.add(target);
          yield* this.#enter(folder, name, target);
        }
      } else {
        const id = entry.kind === 'artwork' ? path : await this.#idOf(folder, name, below, claimedAbove);
        const kind = entry.kind === 'picture' ? 'poster' : entry.kind === 'artwork' ? 'artwork' : 'broken';
        if (kind === 'artwork') this.#skipped.add('artwork', path);
        yield { id, path, file: this.#fileAt(path), kind };
      }
    }
  }

  async *#enter(parent: Contents, name: string, real: string): AsyncGenerator<ListedPicture> {
    const path = joinPath(parent.path, name);
    const contents = await this.#read(path);
    this.#ahead.delete(path);
    if (contents === undefined) this.#skipped.add('unreadable', path);
    else yield* this.walk(contents, real, parent.claimed.get(path) ?? 0);
  }

  async #idOf(
    folder: Contents,
    name: string,
    below: ReadonlySet<string>,
    claimedAbove: number,
  ): Promise<string> {
    const claim = folder.claims.get(name)!;
    const own = splitPath(claim);
    let rivals = folder.claimed.get(claim)!;
    if (claim === folder.path) rivals += claimedAbove;
    else if (own.folder === folder.path && below.has(own.name))
      rivals += (await this.#read(claim))?.claimed.get(claim) ?? 0;
    const isPath = (path: string) =>
      own.folder === folder.path && own.name !== name && folder.claims.has(own.name) && path === claim;
    return settle(joinPath(folder.path, name), claim, rivals, isPath);
  }

  #read(path: string): Promise<Contents | undefined> {
    const known = this.#ahead.get(path);
    if (known !== undefined) return known;
    const contents = readFolder(this.#fileAt(path), path, this.#library).catch(() => undefined);
    this.#ahead.set(path, contents);
    return contents;
  }

  /** Whether links led there already, it lies in the listed folder and is listed from there, or it holds that folder. */
  #isListed(target: string): boolean {
    if (this.#seen.has(target) || isWithin(target, this.#real)) return true;
    if (!isWithin(this.#real, target)) return false;
    const inside = relative(this.#real, target);
    return inside.split(sep).every((part) => skippedByName(part) === undefined);
  }

  #fileAt(path: string): string {
    return join(this.#folder, this.#start === '' ? path : path.slice(this.#start.length + 1));
  }
}
