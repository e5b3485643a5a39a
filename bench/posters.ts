/** @module Real posters -> files of one size in a scratch folder, as the parts that predict take them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { readablePosters } from './service.ts';

export interface PosterFiles {
  readonly folder: string;
  readonly paths: readonly string[];
  /** A file with a path on each line. */
  readonly list: string;
  readonly meanBytes: number;
  readonly remove: () => Promise<void>;
}

/** JPEG at quality 85, as posters are handed around; all of them are of different pictures. */
export async function postersOfSize(width: number, height: number, count: number): Promise<PosterFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-bench-'));
  const paths: string[] = [];
  let bytes = 0;
  for (const file of readablePosters()) {
    if (paths.length === count) break;
    const resized = sharp(await readFile(file)).resize(width, height, { fit: 'fill' });
    const jpeg = await resized
      .toColourspace('srgb')
      .jpeg({ quality: 85 })
      .toBuffer()
      .catch(() => undefined);
    if (jpeg === undefined) continue;
    const path = join(folder, `${paths.length}.jpg`);
    await writeFile(path, jpeg);
    paths.push(path);
    bytes += jpeg.length;
  }
  if (paths.length < count) throw new Error(`${count} posters are wanted, ${paths.length} are there.`);
  const list = join(folder, 'posters.txt');
  await writeFile(list, paths.join('\n'));
  return { folder, paths, list, meanBytes: bytes / count, remove: () => rm(folder, { recursive: true }) };
}
