/** @module Rows of a table, window by window -> each with its id and picture; the folder is listed only where it has to be. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableColumn } from './columns.ts';
import { hasPictureEnding } from './ids.ts';
import { type ImageFolder, listImages, noImages } from './images.ts';
import { type Located, type LocatedRows, locateRows } from './located.ts';
import { Naming, pathBelow } from './naming.ts';
import type { Entry } from './rows.ts';

/** Rows that are looked for at a time. */
const sideBySide = 16;

export class RowLocator {
  readonly root: string;
  /** Whether the table holds the pictures themselves. */
  readonly holdsPictures: boolean;
  readonly #naming: Naming;
  #folder: Promise<ImageFolder> | undefined;

  /** @param root folder of the images; none where the table holds them itself */
  constructor(root: string | undefined) {
    this.root = root ?? '.';
    this.holdsPictures = root === undefined;
    this.#naming = new Naming(this.root);
  }

  /**
   * Rows that say where their picture is need no listing of the folder. The others are matched by `locateRows`, for
   * which the folder is listed once.
   */
  async locate(entries: readonly Entry[], columns: readonly TableColumn[]): Promise<LocatedRows> {
    const plain: (Located | undefined)[] = [];
    for (let at = 0; at < entries.length; at += sideBySide)
      plain.push(
        ...(await Promise.all(entries.slice(at, at + sideBySide).map((entry) => this.#plainly(entry)))),
      );
    const others = entries.filter((_, at) => plain[at] === undefined);
    if (others.length === 0) return { located: plain.filter((each) => each !== undefined), refused: [] };
    this.#folder ??= this.holdsPictures ? Promise.resolve(noImages(this.root)) : listImages(this.root);
    const matched = locateRows(await this.#folder, others, columns);
    const byLine = new Map(matched.located.map((each) => [placeOf(each), each]));
    const located = entries.flatMap((entry, at) => plain[at] ?? byLine.get(placeOf(entry)) ?? []);
    return { located, refused: matched.refused };
  }

  async #plainly(entry: Entry): Promise<Located | undefined> {
    const { bytes } = entry;
    const common = { ...entry, hasOwnId: entry.id !== '' };
    const image = entry.image.startsWith('/') ? pathBelow(this.root, entry.image) : entry.image;
    if (bytes !== undefined || image === undefined || /^https?:/i.test(image) || !isPlainPath(image))
      return undefined;
    const path = join(this.root, image);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    const id = entry.id || (await this.#naming.idOf(path));
    return { ...common, id, path: image, source: { kind: 'file', path } };
  }
}

function placeOf({ line, file }: { readonly line: number; readonly file?: string }): string {
  return `${file ?? ''}:${line}`;
}

/** A path below a folder, to a picture by its ending; what is written otherwise is read with more care. */
function isPlainPath(path: string): boolean {
  return (
    hasPictureEnding(path) &&
    !/^[a-z]:|^[/\\]|\\|\0/i.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
