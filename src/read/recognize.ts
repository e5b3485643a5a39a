/** @module A line of text as a picture and the network that reads letters -> its text, and how sure that is. */
import type { Session } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import { decodeLetters, type Letters } from './letters.ts';

/** What the network is made to give instead of the probabilities of all classes. */
export const letterOutputs = { classes: 'classes', probabilities: 'probabilities' } as const;

/** @param alphabet letters of the network's classes from 1 on */
export async function recognize(
  network: Pick<Session, 'run'>,
  { width, height, data }: PixelImage,
  alphabet: readonly string[],
): Promise<Letters> {
  const plane = height * width;
  const planes = new Float32Array(3 * plane);
  for (let at = 0, from = 0; at < plane; at++, from += 3) {
    planes[at] = data[from + 2]! / 255;
    planes[plane + at] = data[from + 1]! / 255;
    planes[2 * plane + at] = data[from]! / 255;
  }
  const results = await network.run({ x: { dtype: 'float32', shape: [1, 3, height, width], data: planes } });
  const [classes, probabilities] = [
    results[letterOutputs.classes]!.data,
    results[letterOutputs.probabilities]!.data,
  ];
  return decodeLetters(classes as BigInt64Array, probabilities as Float32Array, alphabet);
}
