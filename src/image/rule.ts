/** @module What a model stores of the way from picture to input <-> a checked rule, without a decoder behind it. */
import { z } from 'zod';

/** Red, green and blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

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

/** Rows or columns of a picture. */
export const sideSchema = z.int().min(1).max(4096);
const level = z.int().min(0).max(255);

/** Reads a rule back; fields that it does not know are an error, since the result would differ. */
export const resizeRuleSchema = z.strictObject({
  height: sideSchema,
  width: sideSchema,
  fit: z.enum(['fill', 'cover', 'contain']).default('fill'),
  background: z.tuple([level, level, level]).readonly().default([0, 0, 0]),
  kernel: z.enum(['linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3']).default('lanczos3'),
});

/** Completes a rule with the defaults, e.g. `resizeRule({ height: 240, width: 160 })`. */
export function resizeRule(rule: Pick<ResizeRule, 'height' | 'width'> & Partial<ResizeRule>): ResizeRule {
  return resizeRuleSchema.parse(rule);
}
