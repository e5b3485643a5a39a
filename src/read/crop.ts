/** @module A picture and a rectangle in it at any angle -> its content upright, in the height that letters are read in. */
import type { PixelImage } from '../image/index.ts';
import type { Point, Quadrilateral } from './rectangle.ts';
import { rescale } from './rescale.ts';

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
  if (height === lineHeight && columns === width) return level;
  return rescale(level, columns, lineHeight, [scale, height / lineHeight]);
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
