/** @module A grid of attributions -> a map at the size of the network's input, and values from 0 to 1 to be drawn. */
import type { PixelSize } from '../image/index.ts';

/** The methods, in the order in which they are documented. */
export const attributionMethods = ['gradcam', 'hirescam', 'layercam', 'occlusion', 'rise'] as const;
export type AttributionMethod = (typeof attributionMethods)[number];

/** Which parts of a picture speak for a genre. */
export interface AttributionMap {
  /** Rows: those of the network's input, unless mapped to the poster. */
  readonly height: number;
  readonly width: number;
  /**
   * float32 [height, width] in units of the genre's logit. Above 0 the pixel speaks for the genre, below 0
   * against it; `gradcam` and `layercam` give nothing below 0. Values of `hirescam` sum to the logit, less what
   * does not pass the feature map, if the network is linear after it.
   */
  readonly values: Float32Array;
  readonly genre: string;
  readonly method: AttributionMethod;
}

/** A rectangular array of numbers, [height, width]. */
export interface Grid extends PixelSize {
  readonly values: Float32Array;
}

/** For each target position: two source positions and the second one's weight. */
interface Samples {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Float64Array;
  /** 1 where the position lies on the source, else 0. */
  readonly inside: Uint8Array;
}

/** Target pixel `i` reads the source at `(i + 0.5) * step + offset - 0.5`; beyond its ends the edge is repeated. */
function samplesOf(source: number, target: number, step: number, offset: number): Samples {
  const first = new Int32Array(target);
  const second = new Int32Array(target);
  const weight = new Float64Array(target);
  const inside = new Uint8Array(target);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * step + offset;
    const position = Math.min(source - 1, Math.max(0, centre - 0.5));
    first[i] = Math.floor(position);
    second[i] = Math.min(source - 1, first[i]! + 1);
    weight[i] = position - first[i]!;
    inside[i] = centre >= 0 && centre <= source ? 1 : 0;
  }
  return { first, second, weight, inside };
}

/** How one axis of the target reads the source, in source pixels. */
export interface AxisMap {
  /** Source pixels a target pixel. */
  readonly step: number;
  /** Where on the source the target begins. */
  readonly offset: number;
}

/** Bilinear sampling with pixel centres at halves; 0 where the target lies beyond the source. */
export function sampleGrid(grid: Grid, target: PixelSize, rows: AxisMap, columns: AxisMap): Float32Array {
  const y = samplesOf(grid.height, target.height, rows.step, rows.offset);
  const x = samplesOf(grid.width, target.width, columns.step, columns.offset);
  const values = new Float32Array(target.height * target.width);
  for (let row = 0; row < target.height; row++) {
    if (y.inside[row] === 0) continue;
    const upper = y.first[row]! * grid.width;
    const lower = y.second[row]! * grid.width;
    const down = y.weight[row]!;
    for (let column = 0; column < target.width; column++) {
      if (x.inside[column] === 0) continue;
      const left = x.first[column]!;
      const right = x.second[column]!;
      const share = x.weight[column]!;
      const top = grid.values[upper + left]! * (1 - share) + grid.values[upper + right]! * share;
      const bottom = grid.values[lower + left]! * (1 - share) + grid.values[lower + right]! * share;
      values[row * target.width + column] = top * (1 - down) + bottom * down;
    }
  }
  return values;
}

/** Bilinear interpolation of a grid to another size. */
export function resizeGrid(grid: Grid, { height, width }: PixelSize): Grid {
  const rows = { step: grid.height / height, offset: 0 };
  const columns = { step: grid.width / width, offset: 0 };
  return { height, width, values: sampleGrid(grid, { height, width }, rows, columns) };
}

/** {@link resizeGrid} that keeps the sum: exactly for whole multiples of the size, else nearly. */
export function spreadGrid(grid: Grid, size: PixelSize): Grid {
  const share = (grid.height * grid.width) / (size.height * size.width);
  const { height, width, values } = resizeGrid(grid, size);
  return { height, width, values: values.map((value) => value * share) };
}

/** The map's strongest value that speaks for the genre; 0 where nothing does. */
export function strongest({ values }: Pick<AttributionMap, 'values'>): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

/**
 * What is drawn: what speaks for the genre, from 0 (nothing, or against it) to 1 (the map's strongest pixel).
 * A map without a positive value is 0 everywhere.
 *
 * @param most what 1 stands for, where maps are compared on one scale
 */
export function displayValues(
  map: Pick<AttributionMap, 'values'>,
  most: number = strongest(map),
): Float32Array {
  return map.values.map((value) => (most > 0 && value > 0 ? Math.min(1, value / most) : 0));
}
