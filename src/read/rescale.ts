/** @module A picture and a factor -> the picture enlarged or reduced by it, bit for bit as libvips computes it. */
import type { PixelImage } from '../image/index.ts';

/** Weights are whole numbers of this many bits. */
const bits = 12;

/** Places between two samples for which there are weights. */
const places = 64;

interface Taps {
  /** The first of the samples that count, per result; those outside count as the outermost. */
  readonly first: Int32Array;
  readonly count: number;
  /** `[results, count]`, which sum to some 4096 */
  readonly weights: Int32Array;
}

/** An enlargement is cubic, a reduction averages by Lanczos' window. */
type Kernel = 'cubic' | 'lanczos';

/** A sinc under a sinc of three lobes (Duchon 1979). */
function lanczos(distance: number): number {
  const t = Math.PI * Math.abs(distance);
  if (t >= 3 * Math.PI) return 0;
  return t < 1e-8 ? 1 : (3 * Math.sin(t) * Math.sin(t / 3)) / (t * t);
}

/** Cubic convolution (Keys 1981). */
function catmullRom(distance: number): number {
  const t = Math.abs(distance);
  if (t >= 2) return 0;
  return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : ((-0.5 * t + 2.5) * t - 4) * t + 2;
}

/** What each of so many results takes of the samples. */
function tapsOf(samples: number, results: number, scale: number, kernel: Kernel): Taps {
  const isCubic = kernel === 'cubic';
  const count = isCubic ? 4 : 2 * Math.round(3 * scale) + 1;
  const before = isCubic ? 1 : (count - 1) / 2;
  // What whole results leave over, or need beyond the samples, is shared by both ends; libvips puts what it enlarges
  // half a pixel of the result further down and right.
  const start = isCubic ? -0.5 : (scale - 1 - (results * scale - samples)) / 2;
  const first = new Int32Array(results);
  const weights = new Int32Array(results * count);
  const own = new Float64Array(count);
  for (let r = 0; r < results; r++) {
    const centre = Math.floor(places * (r * scale + start) + 0.5);
    const nearest = isCubic ? Math.floor(centre / places) : Math.floor((centre + places / 2) / places);
    first[r] = nearest - before;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const distance = first[r]! + i - centre / places;
      own[i] = isCubic ? catmullRom(distance) : lanczos(distance / scale);
      sum += own[i]!;
    }
    for (let i = 0; i < count; i++) weights[r * count + i] = Math.trunc((own[i]! / sum) * 2 ** bits);
  }
  return { first, count, weights };
}

/** Half of the last bit that is dropped. */
const rounding = 2 ** (bits - 1);

/** Three samples a pixel: those of a picture, or whole numbers beyond their bounds between two passes. */
interface Raster<Data> {
  readonly width: number;
  readonly height: number;
  readonly data: Data;
}

type Samples = Uint8Array | Uint8ClampedArray | Int16Array;

function across<Data extends Samples>(
  map: Raster<Samples>,
  columns: number,
  scale: number,
  kernel: Kernel,
  data: Data,
): Raster<Data> {
  const { width, height, data: from } = map;
  const { first, count, weights } = tapsOf(width, columns, scale, kernel);
  for (let y = 0, to = 0; y < height; y++)
    for (let u = 0; u < columns; u++, to += 3) {
      let red = rounding;
      let green = rounding;
      let blue = rounding;
      for (let i = 0; i < count; i++) {
        const weight = weights[u * count + i]!;
        const at = 3 * (y * width + Math.min(width - 1, Math.max(0, first[u]! + i)));
        red += weight * from[at]!;
        green += weight * from[at + 1]!;
        blue += weight * from[at + 2]!;
      }
      data[to] = red >> bits;
      data[to + 1] = green >> bits;
      data[to + 2] = blue >> bits;
    }
  return { width: columns, height, data };
}

function down<Data extends Samples>(
  map: Raster<Samples>,
  rows: number,
  scale: number,
  kernel: Kernel,
  data: Data,
): Raster<Data> {
  const { width, height, data: from } = map;
  const { first, count, weights } = tapsOf(height, rows, scale, kernel);
  const stride = 3 * width;
  const sums = new Int32Array(stride);
  for (let v = 0, to = 0; v < rows; v++) {
    sums.fill(rounding);
    for (let i = 0; i < count; i++) {
      const weight = weights[v * count + i]!;
      const row = stride * Math.min(height - 1, Math.max(0, first[v]! + i));
      for (let at = 0; at < stride; at++) sums[at]! += weight * from[row + at]!;
    }
    for (let at = 0; at < stride; at++, to++) data[to] = sums[at]! >> bits;
  }
  return { width, height: rows, data };
}

/**
 * Both factors enlarge, or both reduce, to no less than a quarter: what is reduced further libvips averages before.
 * Letters that can hardly be read hang on a difference of one in a pixel.
 *
 * @param scales pixels of the picture for one of the result, across and down
 */
export function rescale(
  picture: PixelImage,
  columns: number,
  rows: number,
  scales: readonly [across: number, down: number],
): PixelImage {
  const [scaleAcross, scaleDown] = scales;
  const data = new Uint8ClampedArray(3 * columns * rows);
  if (scaleDown > 1) {
    const flat = down(picture, rows, scaleDown, 'lanczos', new Uint8ClampedArray(3 * picture.width * rows));
    across(flat, columns, scaleAcross, 'lanczos', data);
  } else {
    const wide = across(picture, columns, scaleAcross, 'cubic', new Int16Array(3 * columns * picture.height));
    down(wide, rows, scaleDown, 'cubic', data);
  }
  return { width: columns, height: rows, data: new Uint8Array(data.buffer) };
}
