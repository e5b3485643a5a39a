/** @module Lines of text as pictures and the network that reads letters -> the text of each, and how sure that is. */
import type { Session } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import { decodeLetters, type Letters } from './letters.ts';

/** Lines that go through the network together, and columns of all of them: two threads share what is large enough. */
const [mostTogether, columnsTogether] = [8, 1280];

/** Lines of a batch are at least this share of its longest one, which they are padded to. */
const leastShare = 0.8;

/** Columns of a line for which the network gives one column of letters. */
const columnsOfLetter = 8;

/**
 * @param lines all of one height
 * @param alphabet letters of the network's classes from 1 on
 * @returns in the order of the lines
 */
export async function recognize(
  session: Session,
  lines: readonly PixelImage[],
  alphabet: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Letters[]> {
  const letters = new Map<PixelImage, Letters>();
  for (const batch of batchesOf(lines)) {
    signal?.throwIfAborted();
    const width = batch[0]!.width;
    const height = batch[0]!.height;
    const shape = [batch.length, 3, height, width];
    const data = new Float32Array(batch.length * 3 * height * width);
    batch.forEach((line, i) => layPlanes(line, width, data.subarray(3 * i * height * width)));
    const results = await session.run({ x: { dtype: 'float32', shape, data } });
    const { data: all, shape: found } = Object.values(results)[0]!;
    const [columns, classes] = [found[1], found[2]] as [number, number];
    const probabilities = all as Float32Array;
    batch.forEach((line, i) => {
      const own = Math.min(columns, Math.ceil(line.width / columnsOfLetter));
      const start = i * columns * classes;
      letters.set(line, decodeLetters(probabilities.subarray(start, start + own * classes), own, alphabet));
    });
  }
  return lines.map((line) => letters.get(line)!);
}

/** The longest first. */
function batchesOf(lines: readonly PixelImage[]): PixelImage[][] {
  const batches: PixelImage[][] = [];
  for (const line of [...lines].sort((a, b) => b.width - a.width)) {
    const batch = batches.at(-1);
    const longest = batch?.[0]?.width ?? 0;
    const fits = batch !== undefined && line.width >= leastShare * longest;
    if (fits && batch.length < mostTogether && (batch.length + 1) * longest <= columnsTogether)
      batch.push(line);
    else batches.push([line]);
  }
  return batches;
}

/** Blue, green and red from 0 to 1, each a plane; beyond its end the line goes on as there. */
function layPlanes({ width, height, data }: PixelImage, columns: number, planes: Float32Array): void {
  const plane = height * columns;
  for (let y = 0; y < height; y++)
    for (let x = 0, to = y * columns; x < columns; x++, to++) {
      const from = 3 * (y * width + Math.min(x, width - 1));
      planes[to] = data[from + 2]! / 255;
      planes[plane + to] = data[from + 1]! / 255;
      planes[2 * plane + to] = data[from]! / 255;
    }
}
