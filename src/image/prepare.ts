/** @module A picture and a resize rule -> the uint8 pixels that the network receives, always by this path. */
import { z } from 'zod';
import { type Colour, decodeResized, type PixelImage } from './decode.ts';
import type { ImageLimits, ImageSource } from './source.ts';

/**
 * How a picture takes the shape of the input: `fill` stretches it, `cover` keeps its proportions and crops
 * what overhangs at the middle, `contain` keeps its proportions and adds bars in the background colour.
 */
export type Fit = 'fill' | 'cover' | 'contain';

/** Interpolation of libvips; every kernel is widened when it shrinks, so that nothing aliases. */
export type ResizeKernel = 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3';

/** Everything about the way from picture to pixels: plain data that travels with a model. */
export interface ResizeRule {
  /** Rows of the result, in pixels. */
  readonly height: number;
  /** Columns of the result, in pixels. */
  readonly width: number;
  /** @default 'fill' */
  readonly fit: Fit;
  /**
   * Colour of the bars of `contain` and of what lies under transparency.
   * @default [0, 0, 0]
   */
  readonly background: Colour;
  /** @default 'lanczos3' */
  readonly kernel: ResizeKernel;
}

const side = z.int().min(1).max(4096);
const level = z.int().min(0).max(255);

/** Reads a rule back; fields that it does not know are an error, since the result would differ. */
export const resizeRuleSchema = z.strictObject({
  height: side,
  width: side,
  fit: z.enum(['fill', 'cover', 'contain']).default('fill'),
  background: z.tuple([level, level, level]).readonly().default([0, 0, 0]),
  kernel: z.enum(['linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3']).default('lanczos3'),
});

/** Completes a rule with the defaults, e.g. `resizeRule({ height: 240, width: 160 })`. */
export function resizeRule(rule: Pick<ResizeRule, 'height' | 'width'> & Partial<ResizeRule>): ResizeRule {
  return resizeRuleSchema.parse(rule);
}

/**
 * The one path from a picture to a network's input: training, evaluation, prediction and serving all call
 * it, so equal bytes give equal pixels everywhere.
 *
 * @returns uint8 `[height, width, 3]`, row-major, sRGB.
 * @throws {OnesheetError} the codes of `decodeImage`.
 */
export async function preparePixels(
  source: ImageSource,
  rule: ResizeRule,
  limits: Partial<ImageLimits> = {},
): Promise<Uint8Array> {
  const { height, width, kernel, background } = rule;
  if (rule.fit !== 'contain') {
    const fit = rule.fit;
    const image = await decodeResized(source, limits, background, () => ({ height, width, fit, kernel }));
    return image.data;
  }
  const inner = await decodeResized(source, limits, background, (from, tall) => {
    const scale = Math.min(width / from, height / tall);
    const fitted = (length: number, most: number) => Math.min(most, Math.max(1, Math.round(length * scale)));
    return { height: fitted(tall, height), width: fitted(from, width), fit: 'fill', kernel };
  });
  return centre(inner, rule);
}

/** Lays a picture on the middle of the background; an odd pixel left over goes below and to the right. */
function centre(image: PixelImage, { height, width, background }: ResizeRule): Uint8Array {
  const canvas = new Uint8Array(height * width * 3);
  for (let at = 0; at < canvas.length; at++) canvas[at] = background[at % 3];
  const top = (height - image.height) >> 1;
  const left = (width - image.width) >> 1;
  for (let row = 0; row < image.height; row++) {
    const line = image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3);
    canvas.set(line, ((top + row) * width + left) * 3);
  }
  return canvas;
}
