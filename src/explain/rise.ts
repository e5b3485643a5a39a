/** @module A picture under many random masks -> how much better a genre scores where each pixel is kept. */
import type { PixelSize } from '../image/index.ts';
import type { Random } from '../random.ts';
import { type Grid, sampleGrid } from './map.ts';
import { meanColour, type Scorer, scoreVariants } from './occlusion.ts';

export interface RiseOptions {
  /**
   * How many masks are drawn; the noise of the map falls with their square root.
   * @default 500
   */
  readonly masks?: number;
  /**
   * Cells of a mask along the input's shorter side.
   * @default 6
   */
  readonly cells?: number;
}

/** A mask from 0 to 255: a coarse grid of coin tosses, enlarged bilinearly and shifted by less than a cell. */
function drawMask({ height, width }: PixelSize, cells: number, random: Random): Uint8Array {
  const cell = Math.min(height, width) / cells;
  const coarse = { height: Math.ceil(height / cell) + 1, width: Math.ceil(width / cell) + 1 };
  const values = Float32Array.from({ length: coarse.height * coarse.width }, () => 255 * random.integer(2));
  const axis = { step: 1 / cell, offset: random.float() };
  const columns = { ...axis, offset: random.float() };
  return Uint8Array.from(sampleGrid({ ...coarse, values }, { height, width }, axis, columns), Math.round);
}

/**
 * RISE (Petsiuk, Das & Saenko 2018, eq. 6): the mean score of the pictures that show a pixel, weighted by how far
 * they show it. The mean over all masks is subtracted, so that 0 stands for a pixel that does not matter, and the
 * weights are those of the masks drawn rather than their expectation. Masked parts fade to the mean colour.
 *
 * @param pixels uint8 [height, width, 3]
 * @param random draws the masks; the same generator gives the same map
 * @returns one grid a genre, at the picture's size
 */
export async function riseGrids(
  pixels: Uint8Array,
  size: PixelSize,
  genres: readonly number[],
  score: Scorer,
  random: Random,
  { masks: count = 500, cells = 6 }: RiseOptions = {},
): Promise<Grid[]> {
  const { height, width } = size;
  const colour = meanColour(pixels);
  const masks = Array.from({ length: count }, (_, i) => drawMask(size, cells, random.split(i)));
  const scores = await scoreVariants(
    pixels,
    count,
    (variant, into) => {
      const mask = masks[variant]!;
      for (let pixel = 0, at = 0; pixel < mask.length; pixel++) {
        const weight = mask[pixel]! / 255;
        for (let channel = 0; channel < 3; channel++, at++) {
          const mean = colour[channel]!;
          into[at] = Math.round(mean + (into[at]! - mean) * weight);
        }
      }
    },
    score,
  );
  const columns = scores.length / count;
  const means = genres.map((g) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += scores[i * columns + g]!;
    return sum / count;
  });
  const shown = new Float64Array(height * width);
  const sums = genres.map(() => new Float64Array(height * width));
  masks.forEach((mask, i) => {
    const excess = genres.map((g, k) => scores[i * columns + g]! - means[k]!);
    for (let at = 0; at < mask.length; at++) {
      const weight = mask[at]!;
      shown[at]! += weight;
      for (let k = 0; k < excess.length; k++) sums[k]![at]! += weight * excess[k]!;
    }
  });
  return sums.map((sum) => ({
    height,
    width,
    values: Float32Array.from(sum, (value, at) => (shown[at]! > 0 ? value / shown[at]! : 0)),
  }));
}
