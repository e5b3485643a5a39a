/** @module A picture and a rectangle in it at any angle -> its content upright, in the height that letters are read in. */
import type { PixelImage } from '../image/index.ts';
import type { Point, Quadrilateral } from './rectangle.ts';

/** Rows of a line as the recognition wants it. */
const lineHeight = 48;

/** Columns of a line at most: what is longer is squeezed. */
const longestLine = 1600;

/** Lengths of a rectangle's first side and of the one across, in pixels. */
export function extentOf([a, b, c, d]: Quadrilateral): readonly [along: number, across: number] {
  const distance = (p: Point, q: Point): number => Math.hypot(q[0] - p[0], q[1] - p[1]);
  return [Math.max(distance(a, b), distance(d, c)), Math.max(distance(a, d), distance(b, c))];
}

/** The line turned by a quarter, so that what ran down the picture, or up it, runs to the right. */
export function turned([a, b, c, d]: Quadrilateral, direction: 'down' | 'up'): Quadrilateral {
  return direction === 'down' ? [b, c, d, a] : [d, a, b, c];
}

/** The rectangle upright, 48 pixels high; beyond its edges the picture goes on as at them. */
export function cropLine(picture: PixelImage, place: Quadrilateral): PixelImage {
  const level = straighten(picture, place);
  const { width, height } = level;
  const scale = Math.max(height / lineHeight, width / longestLine);
  const columns = Math.max(1, Math.round(width / scale));
  // As libvips does, which rounds in between.
  if (height > lineHeight)
    return resizeColumns(resizeRows(level, lineHeight, height / lineHeight), columns, scale);
  return resizeRows(resizeColumns(level, columns, scale), lineHeight, height / lineHeight);
}

/** Places between two pixels at which cubic weights are kept. */
const fractions = 32;

/** Weights of the four pixels around each of these places, and around the next pixel itself. */
const between = Float32Array.from({ length: 4 * (fractions + 1) }, (_, at) =>
  cubic((at >> 2) / fractions + 1 - (at & 3), -0.75),
);

/**
 * The projection that takes the unit square to a quadrilateral (Heckbert 1989): corners are whole pixels, so that what
 * was a slanted rectangle is one no longer.
 *
 * @returns a, ..., h of x = (a u + b v + c) / (g u + h v + 1) and y = (d u + e v + f) / (g u + h v + 1)
 */
function projectionOnto([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]: Quadrilateral) {
  const [dx1, dx2, dx3] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3];
  const [dy1, dy2, dy3] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3];
  // Without area there is nothing to be projected.
  const area = dx1 * dy2 - dx2 * dy1 || Number.POSITIVE_INFINITY;
  const [g, h] = [(dx3 * dy2 - dx2 * dy3) / area, (dx1 * dy3 - dx3 * dy1) / area];
  return [
    [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
    [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
    [g, h, 1],
  ] as const;
}

/** The quadrilateral in its own size, by cubic interpolation. */
function straighten({ width, height, data }: PixelImage, place: Quadrilateral): PixelImage {
  const [along, across] = extentOf(place);
  const [[a, b, c], [d, e, f], [g, h]] = projectionOnto(place);
  const [columns, rows] = [Math.max(1, Math.floor(along)), Math.max(1, Math.floor(across))];
  const level = new Uint8ClampedArray(rows * columns * 3);
  for (let v = 0, to = 0; v < rows; v++) {
    const q = v / rows;
    for (let u = 0; u < columns; u++, to += 3) {
      const p = u / columns;
      const depth = g * p + h * q + 1;
      const x = (a * p + b * q + c) / depth;
      const y = (d * p + e * q + f) / depth;
      const column = Math.floor(x);
      const row = Math.floor(y);
      const beside = 4 * Math.round((x - column) * fractions);
      const below = 4 * Math.round((y - row) * fractions);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < 4; j++) {
        const down = between[below + j]!;
        if (down === 0) continue;
        const line = Math.min(height - 1, Math.max(0, row + j - 1)) * width;
        for (let i = 0; i < 4; i++) {
          const weight = down * between[beside + i]!;
          if (weight === 0) continue;
          const at = 3 * (line + Math.min(width - 1, Math.max(0, column + i - 1)));
          red += weight * data[at]!;
          green += weight * data[at + 1]!;
          blue += weight * data[at + 2]!;
        }
      }
      level[to] = red;
      level[to + 1] = green;
      level[to + 2] = blue;
    }
  }
  return { width: columns, height: rows, data: new Uint8Array(level.buffer) };
}

/** Cubic convolution (Keys 1981). */
function cubic(distance: number, a: number): number {
  const t = Math.abs(distance);
  if (t >= 2) return 0;
  return t < 1 ? ((a + 2) * t - (a + 3)) * t * t + 1 : ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
}

/** A sinc under a sinc of three lobes (Duchon 1979). */
function lanczos(distance: number): number {
  const t = Math.PI * Math.abs(distance);
  if (t >= 3 * Math.PI) return 0;
  return t < 1e-8 ? 1 : (3 * Math.sin(t) * Math.sin(t / 3)) / (t * t);
}

interface Taps {
  /** The first of the samples that count, per result; those outside count as the outermost. */
  readonly first: Int32Array;
  readonly count: number;
  /** `[results, count]` */
  readonly weights: Float32Array;
}

/** What each of so many results takes of the samples: an enlargement is cubic, a reduction averages by Lanczos' window. */
function tapsOf(samples: number, results: number, scale: number): Taps {
  const stretch = Math.max(1, scale);
  const support = scale > 1 ? 3 * scale : 2;
  const count = Math.ceil(2 * support) + 1;
  const first = new Int32Array(results);
  const weights = new Float32Array(results * count);
  // What whole results leave over, or need beyond the samples, is shared by both ends.
  const start = (scale - 1 - (results * scale - samples)) / 2;
  for (let r = 0; r < results; r++) {
    // libvips puts what it enlarges half a pixel of the result further down and right, and knows 64 places in a pixel.
    const centre = scale > 1 ? r * scale + start : Math.round(64 * (r * scale - 0.5)) / 64;
    first[r] = Math.ceil(centre - support);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const distance = (first[r]! + i - centre) / stretch;
      const weight = scale > 1 ? lanczos(distance) : cubic(distance, -0.5);
      weights[r * count + i] = weight;
      sum += weight;
    }
    for (let i = 0; i < count; i++) weights[r * count + i]! /= sum;
  }
  return { first, count, weights };
}

function resizeColumns({ width, height, data }: PixelImage, columns: number, scale: number): PixelImage {
  if (columns === width) return { width, height, data };
  const { first, count, weights } = tapsOf(width, columns, scale);
  const resized = new Uint8ClampedArray(height * columns * 3);
  for (let y = 0, to = 0; y < height; y++)
    for (let u = 0; u < columns; u++, to += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let i = 0; i < count; i++) {
        const weight = weights[u * count + i]!;
        const at = 3 * (y * width + Math.min(width - 1, Math.max(0, first[u]! + i)));
        red += weight * data[at]!;
        green += weight * data[at + 1]!;
        blue += weight * data[at + 2]!;
      }
      resized[to] = red;
      resized[to + 1] = green;
      resized[to + 2] = blue;
    }
  return { width: columns, height, data: new Uint8Array(resized.buffer) };
}

function resizeRows({ width, height, data }: PixelImage, rows: number, scale: number): PixelImage {
  if (rows === height) return { width, height, data };
  const { first, count, weights } = tapsOf(height, rows, scale);
  const stride = 3 * width;
  const resized = new Uint8ClampedArray(rows * stride);
  const sums = new Float32Array(stride);
  for (let v = 0; v < rows; v++) {
    sums.fill(0);
    for (let i = 0; i < count; i++) {
      const weight = weights[v * count + i]!;
      if (weight === 0) continue;
      const from = stride * Math.min(height - 1, Math.max(0, first[v]! + i));
      for (let at = 0; at < stride; at++) sums[at]! += weight * data[from + at]!;
    }
    resized.set(sums, v * stride);
  }
  return { width, height: rows, data: new Uint8Array(resized.buffer) };
}
