/** @module Lines of text as pictures and the recognition network -> their letters. */
import type { Session } from '../graph/index.ts';
import { lineHeight } from './crop.ts';
import { decodeLetters, type Letters } from './letters.ts';

export async function recognize(
  session: Session,
  line: { readonly width: number; readonly data: ArrayLike<number> },
  alphabet: readonly string[],
  normalized: boolean,
): Promise<Letters> {
  const { width, data } = line;
  const plane = lineHeight * width;
  const input = new Float32Array(3 * plane);
  for (let at = 0, from = 0; at < plane; at++, from += 3)
    for (let c = 0; c < 3; c++) {
      const value = data[from + 2 - c]! / 255;
      input[c * plane + at] = normalized ? 2 * value - 1 : value;
    }
  const results = await session.run({ x: { dtype: 'float32', shape: [1, 3, lineHeight, width], data: input } });
  const { data: probabilities, shape } = Object.values(results)[0]!;
  return decodeLetters(probabilities as Float32Array, shape[1] as number, alphabet);
}
