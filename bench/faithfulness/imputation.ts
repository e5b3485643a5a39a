/** @module A picture and the pixels to take away -> what stands in for them, so that little else is disturbed. */

import { meanColour } from '../../src/explain/index.ts';
import type { PixelSize } from '../../src/image/index.ts';
import type { Random } from '../../src/random.ts';

/** The whole picture in its mean colour. */
export function meanBaseline(pixels: Uint8Array): Uint8Array {
  const colour = meanColour(pixels).map(Math.round);
  return Uint8Array.from(pixels, (_, at) => colour[at % 3]!);
}

/** One running mean over `2 * radius + 1` positions along lines of `count` values that lie `step` apart. */
function boxBlur(
  values: Float32Array,
  starts: readonly number[],
  count: number,
  step: number,
  radius: number,
) {
  const line = new Float32Array(count);
  const at = (i: number) => line[Math.min(count - 1, Math.max(0, i))]!;
  for (const start of starts) {
    for (let i = 0; i < count; i++) line[i] = values[start + i * step]!;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += at(i);
    for (let i = 0; i < count; i++) {
      values[start + i * step] = sum / (2 * radius + 1);
      sum += at(i + radius + 1) - at(i - radius);
    }
  }
}

/**
 * The picture blurred until only its colours are left: three box blurs each way, about a Gaussian of a standard
 * deviation of 1/16 of the shorter side.
 */
export function blurBaseline(pixels: Uint8Array, { height, width }: PixelSize): Uint8Array {
  const radius = Math.max(1, Math.round(Math.min(height, width) / 16));
  const values = Float32Array.from(pixels);
  const rows = Array.from({ length: height * 3 }, (_, i) => Math.floor(i / 3) * width * 3 + (i % 3));
  const columns = Array.from({ length: width * 3 }, (_, i) => i);
  for (let pass = 0; pass < 3; pass++) {
    boxBlur(values, rows, width, 3, radius);
    boxBlur(values, columns, height, width * 3, radius);
  }
  return Uint8Array.from(values, Math.round);
}

interface Level extends PixelSize {
  /** float32 [height, width, 3] */
  readonly values: Float32Array;
  /** 1 where a pixel is given, [height, width]. */
  readonly known: Uint8Array;
}

/** Half as high and wide; a pixel is the mean of the given ones that it covers, and given if any is. */
function halve({ height, width, values, known }: Level): Level {
  const half = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
  const sums = new Float32Array(half.height * half.width * 3);
  const counts = new Uint8Array(half.height * half.width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (known[y * width + x] === 0) continue;
      const to = (y >> 1) * half.width + (x >> 1);
      counts[to]! += 1;
      for (let channel = 0; channel < 3; channel++)
        sums[to * 3 + channel]! += values[(y * width + x) * 3 + channel]!;
    }
  }
  for (let at = 0; at < sums.length; at++) sums[at]! /= Math.max(1, counts[Math.floor(at / 3)]!);
  return { ...half, values: sums, known: counts.map((count) => Math.min(1, count)) };
}

/** Weights of direct and of diagonal neighbours in the mean (Rong et al. 2022, section 4.2). */
const weights = { direct: 1 / 6, diagonal: 1 / 12 };
/** Sweeps of Gauss-Seidel a level, to and fro. */
const sweeps = 4;

/** Brings each missing pixel near the weighted mean of its neighbours, from coarse to fine. */
function fillMissing(level: Level): void {
  const { height, width, values, known } = level;
  const missing: number[] = [];
  for (let at = 0; at < known.length; at++) if (known[at] === 0) missing.push(at);
  if (missing.length === 0) return;
  if (missing.length === known.length) {
    values.fill(127.5);
    return;
  }
  const coarse = halve(level);
  fillMissing(coarse);
  for (const at of missing) {
    const from = (Math.floor(at / width) >> 1) * coarse.width + ((at % width) >> 1);
    for (let channel = 0; channel < 3; channel++)
      values[at * 3 + channel] = coarse.values[from * 3 + channel]!;
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    missing.reverse();
    for (const at of missing) relax(at, values, height, width);
  }
}

/** Sets one pixel to the weighted mean of its neighbours; the picture's edge has fewer of them. */
function relax(at: number, values: Float32Array, height: number, width: number): void {
  const row = Math.floor(at / width);
  const column = at % width;
  let [red, green, blue, total] = [0, 0, 0, 0];
  for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
      const distance = Math.abs(y - row) + Math.abs(x - column);
      if (distance === 0) continue;
      const weight = distance === 1 ? weights.direct : weights.diagonal;
      const from = (y * width + x) * 3;
      red += weight * values[from]!;
      green += weight * values[from + 1]!;
      blue += weight * values[from + 2]!;
      total += weight;
    }
  }
  values[at * 3] = red / total;
  values[at * 3 + 1] = green / total;
  values[at * 3 + 2] = blue / total;
}

/** Standard deviation of the noise on imputed pixels, of 255. */
const noise = 0.01 * 255;

/**
 * Noisy linear imputation (Rong et al. 2022): every removed pixel becomes the weighted mean of its neighbours,
 * plus a little normal noise, so that neither an edge nor a flat patch tells where pixels were removed. The
 * linear system is solved nearly, from coarse to fine.
 *
 * @param pixels uint8 [height, width, 3]
 * @param removed 1 where a pixel is taken away, [height, width]
 */
export function imputeLinearly(
  pixels: Uint8Array,
  { height, width }: PixelSize,
  removed: Uint8Array,
  random: Random,
): Uint8Array {
  const values = Float32Array.from(pixels);
  fillMissing({ height, width, values, known: removed.map((flag) => 1 - flag) });
  const result = Uint8Array.from(pixels);
  for (let at = 0; at < result.length; at++) {
    if (removed[Math.floor(at / 3)] === 0) continue;
    result[at] = Math.min(255, Math.max(0, Math.round(values[at]! + noise * random.normal())));
  }
  return result;
}
