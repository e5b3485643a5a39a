/** @module A seed and a count -> synthetic posters as PNG bytes, or as a folder with metadata.jsonl. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { onesheetError } from '../../errors.ts';
import { reasonOf, writeFileAtomically } from '../../files.ts';
import { drawSvg } from '../../image/index.ts';
import { Random } from '../../random.ts';
import { composePoster } from './compose.ts';

export interface SyntheticOptions {
  /** How many posters. The first ones do not depend on it. */
  readonly count: number;
  /** @default 0 */
  readonly seed?: number;
  /**
   * In pixels; posters are drawn for two thirds of the height.
   * @default 160
   */
  readonly width?: number;
  /**
   * In pixels.
   * @default 240
   */
  readonly height?: number;
}

export interface SyntheticPoster {
  /** `synthetic-00000` and so on. */
  readonly id: string;
  readonly title: string;
  /** One to three of `syntheticGenres`, alphabetical. */
  readonly genres: readonly string[];
  /** A PNG, the same from the same seed on the same machine. */
  readonly bytes: Uint8Array;
}

/**
 * Draws posters in order, a few ahead of the reader. Their genres show in palette, scenery, figures,
 * lettering and ornament, so that a small network can learn them; no font is needed.
 *
 * @throws {OnesheetError} OPTION_INVALID for a count, width or height that is no positive integer.
 */
export async function* drawSyntheticPosters(options: SyntheticOptions): AsyncGenerator<SyntheticPoster> {
  const { count, seed = 0, width = 160, height = 240 } = options;
  for (const [name, value] of Object.entries({ count, width, height }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw onesheetError('OPTION_INVALID', name, 'a positive integer', String(value));
  const random = Random.fromSeed(seed).split('synthetic');
  const draw = async (at: number): Promise<SyntheticPoster> => {
    const { genres, title, svg } = composePoster(random.split(at));
    const sheet = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 200 300" preserveAspectRatio="none">${svg}</svg>`;
    const bytes = await drawSvg(sheet, { width, height, format: 'png' });
    return { id: `synthetic-${String(at).padStart(5, '0')}`, title, genres, bytes };
  };
  const ahead = 2 * availableParallelism();
  const underWay: Promise<SyntheticPoster>[] = [];
  for (let at = 0; at < count || underWay.length > 0; at++) {
    if (at < count) underWay.push(draw(at));
    if (underWay.length > ahead || at >= count) yield (await underWay.shift()) as SyntheticPoster;
  }
}

/**
 * Writes the posters as Hugging Face's imagefolder has it: `images/<id>.png`, and last `metadata.jsonl`
 * with `file_name`, `title` and `genres`.
 *
 * @throws {OnesheetError} OPTION_INVALID, FILE_UNWRITABLE.
 */
export async function writeSyntheticPosters(
  folder: string,
  options: SyntheticOptions,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const lines: string[] = [];
  for await (const { id, title, genres, bytes } of drawSyntheticPosters(options)) {
    const name = `images/${id}.png`;
    await writeNew(join(folder, name), bytes);
    lines.push(JSON.stringify({ file_name: name, title, genres }));
    onProgress?.(lines.length, options.count);
  }
  await writeFileAtomically(join(folder, 'metadata.jsonl'), `${lines.join('\n')}\n`);
}

/** Without the sync of `writeFileAtomically`: metadata.jsonl, written last, vouches for the images. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (error) {
    throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
  }
}
