/** @module A picture and a resize rule -> the uint8 pixels that the network receives, always by this path. */
import { decode } from './decode.ts';
import { layInput } from './geometry.ts';
import type { ImageLimits } from './limits.ts';
import type { ResizeRule } from './rule.ts';
import type { ImageSource } from './source.ts';

/**
 * The one path from a picture to a network's input: training, evaluation, prediction and serving all call
 * it, so equal bytes give equal pixels everywhere.
 *
 * @param signal gives it up, with its reason: a picture that waits for its turn is never begun
 * @returns uint8 `[height, width, 3]`, row-major, sRGB.
 * @throws {OnesheetError} the codes of `decodeImage`; the signal's reason
 */
export async function preparePixels(
  source: ImageSource,
  rule: ResizeRule,
  limits: Partial<ImageLimits> = {},
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const image = await decode(source, rule, limits, signal);
  return rule.fit === 'contain' ? layInput(image, rule) : image.data;
}
