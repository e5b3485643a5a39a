/** @module A map and the pictures with its strongest pixels removed or alone -> how faithful the map is. */
import { bootstrapInterval, type Interval } from '../../src/evaluate/index.ts';
import { type Scorer, scoreVariants } from '../../src/explain/index.ts';
import type { PixelSize } from '../../src/image/index.ts';
import type { Random } from '../../src/random.ts';
import { blurBaseline, imputeLinearly, meanBaseline } from './imputation.ts';

/**
 * Areas under curves of a genre's probability over the share of pixels, the strongest of the map first:
 * - `deletion` (Petsiuk et al. 2018): they are replaced by the picture's mean colour; lower is better.
 * - `insertion` (Petsiuk et al. 2018): they alone are sharp, the others blurred; higher is better.
 * - `road` (Rong et al. 2022, most relevant first): they are imputed from their neighbours; lower is better.
 */
export const faithfulnessMeasures = ['deletion', 'insertion', 'road'] as const;
export type FaithfulnessMeasure = (typeof faithfulnessMeasures)[number];

export interface FaithfulnessOptions {
  /**
   * Shares of the pixels at which the curves are read, rising, between 0 and 1. Deletion and insertion also have
   * both ends; imputation needs pixels to start from.
   * @default [0.1, 0.3, 0.6]
   */
  readonly shares?: readonly number[];
  /** Draws the noise of imputed pixels. */
  readonly random: Random;
}

export type FaithfulnessAreas = Readonly<Record<FaithfulnessMeasure, number>>;

/** Positions of a map from its strongest value to its weakest; equal values in an order drawn by `random`. */
function strongestFirst(values: Float32Array, random: Random): Uint32Array {
  const order = random.shuffle(Array.from(values, (_, at) => at));
  return Uint32Array.from(order.sort((a, b) => values[b]! - values[a]!));
}

/** The trapezoidal area under points from the first share to the last, divided by their distance. */
export function areaUnder(shares: readonly number[], scores: readonly number[]): number {
  let area = 0;
  for (let i = 1; i < shares.length; i++)
    area += ((shares[i]! - shares[i - 1]!) * (scores[i]! + scores[i - 1]!)) / 2;
  return area / (shares.at(-1)! - shares[0]!);
}

/**
 * The areas of several maps of one picture and one genre.
 *
 * @param pixels uint8 [height, width, 3]
 * @param maps values at the picture's size
 * @param genre column of the scores
 * @param score to probabilities
 */
export async function faithfulnessAreas(
  pixels: Uint8Array,
  size: PixelSize,
  maps: readonly Float32Array[],
  genre: number,
  score: Scorer,
  options: FaithfulnessOptions,
): Promise<FaithfulnessAreas[]> {
  const { shares = [0.1, 0.3, 0.6], random } = options;
  const mean = meanBaseline(pixels);
  const blurred = blurBaseline(pixels, size);
  const orders = maps.map((map) => strongestFirst(map, random.split('ties')));
  const ends = [pixels, mean, blurred];
  const steps = maps.flatMap((_, map) =>
    faithfulnessMeasures.flatMap((measure) => shares.map((share) => ({ map, measure, share }))),
  );
  const draw = (variant: number, into: Uint8Array): void => {
    if (variant < ends.length) {
      into.set(ends[variant]!);
      return;
    }
    const { map, measure, share } = steps[variant - ends.length]!;
    const strongest = orders[map]!.subarray(0, Math.round(share * orders[map]!.length));
    if (measure === 'road') {
      const removed = new Uint8Array(orders[map]!.length);
      for (const at of strongest) removed[at] = 1;
      into.set(imputeLinearly(pixels, size, removed, random.split('noise')));
      return;
    }
    if (measure === 'insertion') into.set(blurred);
    const source = measure === 'deletion' ? mean : pixels;
    for (const at of strongest) for (let byte = at * 3; byte < at * 3 + 3; byte++) into[byte] = source[byte]!;
  };
  const scores = await scoreVariants(pixels, ends.length + steps.length, draw, score);
  const columns = scores.length / (ends.length + steps.length);
  const scoreOf = (variant: number): number => scores[variant * columns + genre]!;
  const [whole, atMean, atBlur] = [scoreOf(0), scoreOf(1), scoreOf(2)];
  return maps.map((_, map) => {
    const curve = (measure: FaithfulnessMeasure): number[] =>
      shares.map((_, i) => {
        const step =
          (map * faithfulnessMeasures.length + faithfulnessMeasures.indexOf(measure)) * shares.length;
        return scoreOf(ends.length + step + i);
      });
    return {
      deletion: areaUnder([0, ...shares, 1], [whole, ...curve('deletion'), atMean]),
      insertion: areaUnder([0, ...shares, 1], [atBlur, ...curve('insertion'), whole]),
      road: areaUnder([0, ...shares], [whole, ...curve('road')]),
    };
  });
}

export interface Advantage {
  /** Mean over posters by how much the first is better, in probability. */
  readonly mean: number;
  /** Paired percentile bootstrap over posters, 95%. */
  readonly interval: Interval;
}

/** By how much a map is better than a floor on the same posters; above 0 is better whatever the measure. */
export function advantageOver(
  measure: FaithfulnessMeasure,
  areas: readonly FaithfulnessAreas[],
  floor: readonly FaithfulnessAreas[],
  random: Random,
): Advantage {
  const sign = measure === 'insertion' ? 1 : -1;
  const differences = areas.map((area, i) => sign * (area[measure] - floor[i]![measure]));
  const meanOf = (weights: ArrayLike<number>): number =>
    differences.reduce((sum, difference, i) => sum + difference * weights[i]!, 0) / differences.length;
  return {
    mean: meanOf(differences.map(() => 1)),
    interval: bootstrapInterval(meanOf, differences.length, { random }),
  };
}

/** A map that knows nothing: independent normal numbers on a coarse grid, as smooth as a feature map. */
export function randomGrid({ height, width }: PixelSize, random: Random) {
  return { height, width, values: Float32Array.from({ length: height * width }, () => random.normal()) };
}

/** A map that knows only that posters show what matters at their middle: a Gaussian of a quarter of each side. */
export function centreBlob({ height, width }: PixelSize) {
  const values = Float32Array.from({ length: height * width }, (_, at) => {
    const down = (Math.floor(at / width) + 0.5) / height - 0.5;
    const right = ((at % width) + 0.5) / width - 0.5;
    return Math.exp(-(down ** 2 + right ** 2) / (2 * 0.25 ** 2));
  });
  return { height, width, values };
}
