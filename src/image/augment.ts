/** @module uint8 pixels, options and a generator -> a randomly changed copy for training. */
import { z } from 'zod';
import type { Random } from '../random.ts';
import { type Erasure, erase, jitterColours } from './colour.ts';
import type { PixelSize } from './geometry.ts';
import { resample, type Window } from './resample.ts';

/** How training varies its pictures. Every strength at 0 and every range at `[1, 1]` changes nothing. */
export interface AugmentationOptions {
  /**
   * Probability of mirroring left and right.
   * @default 0.5
   */
  readonly flip: number;
  /**
   * Range of the part of the picture's area that is cut out and stretched to the full size (random resized
   * crop, Szegedy et al. 2015), from 0 to 1.
   * @default [1, 1] (off)
   */
  readonly cropScale: readonly [low: number, high: number];
  /**
   * Range of the cut's aspect ratio (width / height) relative to the picture's own; drawn log-uniformly.
   * @default [1, 1] (kept)
   */
  readonly cropRatio: readonly [low: number, high: number];
  /**
   * The picture moves by whole pixels, up to this part of its height and of its width; the edge is repeated.
   * @default 0.05
   */
  readonly shift: number;
  /**
   * All channels are multiplied by a factor from `1 - brightness` to `1 + brightness`.
   * @default 0 (off)
   */
  readonly brightness: number;
  /**
   * Differences from the picture's mean grey are multiplied by a factor from `1 - contrast` to `1 + contrast`.
   * @default 0 (off)
   */
  readonly contrast: number;
  /**
   * Differences from the pixel's own grey are multiplied by a factor from `1 - saturation` to
   * `1 + saturation`.
   * @default 0 (off)
   */
  readonly saturation: number;
  /**
   * Probability of covering a rectangle with one random colour (random erasing, Zhong et al. 2020).
   * @default 0 (off)
   */
  readonly erase: number;
  /**
   * Range of the erased part of the area, from 0 to 1; its height / width is from 0.3 to 3.3.
   * @default [0.02, 0.2]
   */
  readonly eraseScale: readonly [low: number, high: number];
}

const part = z.number().min(0).max(1);
const ordered = ([low, high]: readonly [number, number]) => low <= high;
const partRange = z.tuple([z.number().positive().max(1), z.number().positive().max(1)]);
const ratioRange = z.tuple([z.number().positive(), z.number().positive()]);
const notOrdered = 'Expected the lower end first';

/** Reads the options, with their defaults: mirrored half the time, moved by up to a twentieth, else unchanged. */
export const augmentationSchema = z.strictObject({
  flip: part.default(0.5),
  cropScale: partRange.refine(ordered, notOrdered).readonly().default([1, 1]),
  cropRatio: ratioRange.refine(ordered, notOrdered).readonly().default([1, 1]),
  shift: part.default(0.05),
  brightness: part.default(0),
  contrast: part.default(0),
  saturation: part.default(0),
  erase: part.default(0),
  eraseScale: partRange.refine(ordered, notOrdered).readonly().default([0.02, 0.2]),
});

/** Changes nothing: for validation, for tests, and as the base of options that name what they want. */
export const noAugmentation: AugmentationOptions = augmentationSchema.parse({ flip: 0, shift: 0 });

/**
 * Writes a varied copy of `input` into `output` from `offset` on. In order: cut, shift and mirror (one
 * bilinear pass), colours (one pass), erasing. The same generator gives the same bytes.
 *
 * @param input uint8 `[height, width, 3]`; not changed, and must not overlap the place written to.
 * @param output at least `offset + height * width * 3` long, e.g. a batch `[batch, height, width, 3]`.
 */
export function augment(
  input: Uint8Array,
  size: PixelSize,
  options: AugmentationOptions,
  random: Random,
  output: Uint8Array,
  offset: number,
): void {
  const length = size.height * size.width * 3;
  if (input.length !== length)
    throw new RangeError(`Expected ${length} bytes of pixels but received ${input.length}`);
  if (offset < 0 || offset + length > output.length)
    throw new RangeError(
      `Expected room for ${length} bytes at ${offset} but the output has ${output.length}`,
    );
  const target = output.subarray(offset, offset + length);
  const window = drawWindow(size, options, random);
  const mirrored = options.flip > 0 && random.float() < options.flip;
  resample(input, size, window, mirrored, target);
  const { brightness, contrast, saturation } = options;
  if (brightness > 0 || contrast > 0 || saturation > 0) {
    const factor = (strength: number) => (strength > 0 ? random.uniform(1 - strength, 1 + strength) : 1);
    jitterColours(target, factor(brightness), factor(contrast), factor(saturation));
  }
  if (options.erase > 0 && random.float() < options.erase)
    erase(target, size, drawErasure(size, options.eraseScale, random));
}

/** The part of the input that becomes the whole output, after the shift. */
function drawWindow({ height, width }: PixelSize, options: AugmentationOptions, random: Random): Window {
  let [top, left, windowHeight, windowWidth] = [0, 0, height, width];
  const { cropScale, cropRatio, shift } = options;
  if (cropScale[0] < 1 || cropRatio[0] < 1 || cropRatio[1] > 1) {
    const area = random.uniform(...cropScale);
    const ratio = Math.exp(random.uniform(Math.log(cropRatio[0]), Math.log(cropRatio[1])));
    windowHeight = height * Math.min(1, Math.sqrt(area / ratio));
    windowWidth = width * Math.min(1, Math.sqrt(area * ratio));
    top = random.uniform(0, height - windowHeight);
    left = random.uniform(0, width - windowWidth);
  }
  if (shift > 0) {
    top += drawShift(shift * height, random);
    left += drawShift(shift * width, random);
  }
  return { top, left, height: windowHeight, width: windowWidth };
}

/** A whole number from -most to most. */
function drawShift(most: number, random: Random): number {
  const whole = Math.round(most);
  return random.integer(2 * whole + 1) - whole;
}

function drawErasure(size: PixelSize, scale: readonly [number, number], random: Random): Erasure {
  const area = random.uniform(...scale) * size.height * size.width;
  const ratio = Math.exp(random.uniform(Math.log(0.3), Math.log(3.3)));
  const height = Math.min(size.height, Math.max(1, Math.round(Math.sqrt(area * ratio))));
  const width = Math.min(size.width, Math.max(1, Math.round(Math.sqrt(area / ratio))));
  const top = random.integer(size.height - height + 1);
  const left = random.integer(size.width - width + 1);
  const colour = [random.integer(256), random.integer(256), random.integer(256)] as const;
  return { top, left, height, width, colour };
}
