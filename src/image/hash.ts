/** @module A picture -> a 64-bit perceptual hash; alike pictures differ in few bits. */
import type { PixelSize } from './geometry.ts';
import type { ImageLimits } from './limits.ts';
import { preparePixels } from './prepare.ts';
import { resizeRule } from './rule.ts';
import type { ImageSource } from './source.ts';

const size = 32;
const kept = 8;
const rule = resizeRule({ height: size, width: size });

/** `cosines[k * size + n] = cos(pi (2n + 1)(k + 1) / 2 size)`: the DCT-II basis for frequencies 1 to 8. */
const cosines = Float64Array.from({ length: kept * size }, (_, at) => {
  const frequency = Math.floor(at / size) + 1;
  return Math.cos((Math.PI * (2 * (at % size) + 1) * frequency) / (2 * size));
});

/**
 * The DCT hash pHash (Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions",
 * section 3.2.1): 32 x 32 grey levels, their DCT-II, the 8 x 8 coefficients of the frequencies 1 to 8 in
 * both directions (the constant terms left out), one bit each for "above their median". The bit of the
 * lowest frequencies is the highest; rows are vertical frequencies.
 *
 * @returns 64 bits; a picture of one colour gives 0. Compare with `hammingDistance`.
 * @throws {OnesheetError} the codes of `decodeImage`.
 */
export async function perceptualHash(
  source: ImageSource,
  limits: Partial<ImageLimits> = {},
  signal?: AbortSignal,
): Promise<bigint> {
  return hashOf(await preparePixels(source, rule, limits, signal));
}

/**
 * {@link perceptualHash} of pixels that are at hand, shrunk by the mean of boxes. It differs in a few bits from the
 * hash of the picture that they come from: compare it with its like only.
 *
 * @param pixels uint8 `[height, width, 3]`
 */
export function hashPixels(pixels: Uint8Array, { height, width }: PixelSize): bigint {
  const small = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const [top, bottom] = boxOf(y, height);
      const [left, right] = boxOf(x, width);
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let row = top; row < bottom; row++)
          for (let column = left; column < right; column++)
            sum += pixels[(row * width + column) * 3 + channel]!;
        small[(y * size + x) * 3 + channel] = Math.round(sum / ((bottom - top) * (right - left)));
      }
    }
  return hashOf(small);
}

/** Where the box of a small pixel begins and ends on a side; at least one pixel. */
function boxOf(at: number, side: number): readonly [number, number] {
  const start = Math.min(Math.floor((at * side) / size), side - 1);
  return [start, Math.max(start + 1, Math.floor(((at + 1) * side) / size))];
}

/** @param pixels uint8 `[32, 32, 3]` */
function hashOf(pixels: Uint8Array): bigint {
  const grey = luma(pixels);
  const coefficients = lowFrequencies(grey);
  const sorted = Float64Array.from(coefficients).sort();
  const median = (sorted[31]! + sorted[32]!) / 2;
  let hash = 0n;
  for (const coefficient of coefficients) hash = (hash << 1n) | (coefficient > median ? 1n : 0n);
  return hash;
}

/** In how many of 64 bits two hashes differ: 0 for the same picture, about 32 for unrelated ones. */
export function hammingDistance(a: bigint, b: bigint): number {
  let differing = a ^ b;
  let count = 0;
  for (; differing !== 0n; differing &= differing - 1n) count++;
  return count;
}

/** Luma of ITU-R BT.601 in thousandths of a grey level, less its mean so that a flat picture is all zero. */
function luma(pixels: Uint8Array): Float64Array {
  const grey = new Float64Array(size * size);
  let sum = 0;
  for (let at = 0; at < grey.length; at++) {
    grey[at] = 299 * pixels[at * 3]! + 587 * pixels[at * 3 + 1]! + 114 * pixels[at * 3 + 2]!;
    sum += grey[at]!;
  }
  return grey.map((value) => value - sum / grey.length);
}

/** `[8, 8]` coefficients, rounded to whole thousandths so that symmetry gives exact zeros, not noise. */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = new Float64Array(size * kept); // [y, horizontal frequency]
  for (let y = 0; y < size; y++)
    for (let k = 0; k < kept; k++)
      for (let x = 0; x < size; x++) rows[y * kept + k]! += grey[y * size + x]! * cosines[k * size + x]!;
  const coefficients = new Float64Array(kept * kept); // [vertical frequency, horizontal frequency]
  for (let v = 0; v < kept; v++)
    for (let k = 0; k < kept; k++) {
      let sum = 0;
      for (let y = 0; y < size; y++) sum += rows[y * kept + k]! * cosines[v * size + y]!;
      coefficients[v * kept + k] = Math.round((sum * 2) / size);
    }
  return coefficients;
}
