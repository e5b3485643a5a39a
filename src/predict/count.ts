/** @module What names posters -> about how many there are, counted without opening any, where that can be known. */
import { createReadStream } from 'node:fs';
import { listPictures } from '../dataset/index.ts';
import { kindOf, type SourceOptions } from './sources.ts';

/**
 * About how many posters there are: of a list or table its lines. It is for people who wait, and only for them.
 *
 * @returns undefined where nobody can know, as of standard input
 */
export async function countPosters(
  locations: readonly string[],
  { library }: SourceOptions = {},
  signal?: AbortSignal,
): Promise<number | undefined> {
  let count = 0;
  for (const location of locations) {
    const { kind, path } = await kindOf(location);
    if (kind === 'input' || (kind === 'table' && /\.parquet$/i.test(path))) return undefined;
    if (kind === 'folder') {
      for await (const each of listPictures(path, { library })) {
        if (signal?.aborted) return undefined;
        if (each.kind !== 'artwork') count += 1;
      }
    } else if (kind === 'list') count += await countLines(path, signal);
    else if (kind === 'table') count += Math.max(0, (await countLines(path, signal)) - 1);
    else count += 1;
  }
  return count;
}

async function countLines(path: string, signal: AbortSignal | undefined): Promise<number> {
  let lines = 0;
  let last = 10;
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
    last = chunk.at(-1) ?? last;
  }
  return lines + (last === 10 ? 0 : 1);
}
