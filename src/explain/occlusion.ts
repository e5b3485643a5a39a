/** @module A picture with a patch covered, everywhere in turn -> how much each place adds to a genre's logit. */
import type { PixelSize } from '../image/index.ts';
import type { Grid } from './map.ts';

/** uint8 [pictures, height, width, 3] -> logits, float32 [pictures, genres]. */
export type Scorer = (pixels: Uint8Array) => Promise<Float32Array>;

/** Pictures that go through the network at a time. */
const batchSize = 16;

/**
 * Scores variants of a picture in batches.
 *
 * @param draw writes a variant into its place, which holds the picture as it is
 * @returns float32 [variants, genres]
 */
export async function scoreVariants(
  pixels: Uint8Array,
  count: number,
  draw: (variant: number, into: Uint8Array) => void,
  score: Scorer,
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const batch = new Uint8Array(size * pixels.length);
    for (let i = 0; i < size; i++) {
      const into = batch.subarray(i * pixels.length, (i + 1) * pixels.length);
      into.set(pixels);
      draw(start + i, into);
    }
    parts.push(await score(batch));
  }
  const columns = parts.reduce((sum, part) => sum + part.length, 0) / count;
  const scores = new Float32Array(count * columns);
  let at = 0;
  for (const part of parts) {
    scores.set(part, at);
    at += part.length;
  }
  return scores;
}

/** The mean red, green and blue of a picture: what stands in for a part that is taken away. */
export function meanColour(pixels: Uint8Array): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < pixels.length; at++) sums[at % 3]! += pixels[at]!;
  return sums.map((sum) => sum / (pixels.length / 3)) as [number, number, number];
}

export interface OcclusionOptions {
  /**
   * Side of the covered square, as a share of the input's shorter side.
   * @default 0.25
   */
  readonly patch?: number;
  /**
   * Distance between squares, as a share of their side.
   * @default 0.5
   */
  readonly stride?: number;
}

/** Where squares begin along an axis: from edge to edge in about equal strides. */
function positions(length: number, side: number, stride: number): number[] {
  const count = Math.ceil((length - side) / stride) + 1;
  return Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (length - side)) / (count - 1)),
  );
}

/** The squares that are covered in turn, by their side and upper left corners, in pixels. */
export function occlusionSquares(
  { height, width }: PixelSize,
  { patch = 0.25, stride = 0.5 }: OcclusionOptions = {},
): { readonly side: number; readonly corners: readonly { readonly top: number; readonly left: number }[] } {
  const side = Math.max(1, Math.round(patch * Math.min(height, width)));
  const step = Math.max(1, side * stride);
  const columns = positions(width, side, step);
  return {
    side,
    corners: positions(height, side, step).flatMap((top) => columns.map((left) => ({ top, left }))),
  };
}

/**
 * Occlusion (Zeiler & Fergus 2014, section 4.2): a square of the picture's mean colour slides over it. A pixel's
 * value is how much of the logit the squares over it take away, a pixel of the square, on average.
 *
 * @param pixels uint8 [height, width, 3]
 * @returns one grid a genre, at the picture's size
 */
export async function occlusionGrids(
  pixels: Uint8Array,
  { height, width }: PixelSize,
  genres: readonly number[],
  score: Scorer,
  options: OcclusionOptions = {},
): Promise<Grid[]> {
  const { side, corners } = occlusionSquares({ height, width }, options);
  const colour = meanColour(pixels).map(Math.round);
  const whole = await score(pixels);
  const scores = await scoreVariants(
    pixels,
    corners.length,
    (variant, into) => {
      const { top, left } = corners[variant]!;
      for (let y = top; y < top + side; y++)
        for (let x = left; x < left + side; x++) into.set(colour, (y * width + x) * 3);
    },
    score,
  );
  const covered = new Float32Array(height * width);
  const sums = genres.map(() => new Float32Array(height * width));
  corners.forEach(({ top, left }, i) => {
    const drops = genres.map((g) => (whole[g]! - scores[i * whole.length + g]!) / side ** 2);
    for (let y = top; y < top + side; y++) {
      for (let at = y * width + left; at < y * width + left + side; at++) {
        covered[at]! += 1;
        drops.forEach((drop, k) => {
          sums[k]![at]! += drop;
        });
      }
    }
  });
  return sums.map((values) => ({ height, width, values: values.map((sum, at) => sum / covered[at]!) }));
}
