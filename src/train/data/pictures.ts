/** @module Posters -> one hash of what their pictures hold; files that have not changed since are read once. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Poster } from '../../dataset/index.ts';
import { OnesheetError } from '../../errors.ts';
import { type ImageSource, readImageBytes } from '../../image/index.ts';

/** Pictures that are read at a time. */
const atOnce = 8;

/** Keeps a hash for each file, since the runs of a sweep have most of their posters in common. */
export class PictureHashes {
  readonly #known = new Map<string, string>();

  /** @returns SHA-256 in hexadecimal over the posters' ids and pictures, whatever their order */
  async of(posters: readonly Poster[]): Promise<string> {
    const lines = new Array<string>(posters.length);
    let next = 0;
    const read = async (): Promise<void> => {
      while (next < posters.length) {
        const at = next++;
        const { id, source } = posters[at]!;
        lines[at] = `${JSON.stringify(id)} ${await this.#hashOf(source)}\n`;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, read));
    return createHash('sha256').update(lines.sort().join('')).digest('hex');
  }

  async #hashOf(source: ImageSource): Promise<string> {
    const key = source.kind === 'file' ? await keyOf(source.path) : undefined;
    const known = key && this.#known.get(key);
    if (known) return known;
    const hash = await contentHash(source);
    if (key) this.#known.set(key, hash);
    return hash;
  }
}

/** Of a picture that cannot be read it is the reason, which is then expected everywhere. */
async function contentHash(source: ImageSource): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readImageBytes(source))
      .digest('hex');
  } catch (error) {
    if (!(error instanceof OnesheetError)) throw error;
    return error.code;
  }
}

async function keyOf(path: string): Promise<string | undefined> {
  const { size, mtimeMs } = (await stat(path).catch(() => undefined)) ?? {};
  return size === undefined ? undefined : `${resolve(path)} ${size} ${mtimeMs}`;
}
