/** @module A picture and a resize rule -> the uint8 pixels that the network receives, always by this path. */
import { decode } from './decode.ts';
import type { PixelImage } from './render.ts';
import type { ResizeRule } from './rule.ts';
import type { ImageLimits, ImageSource } from './source.ts';

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
  return rule.fit === 'contain' ? centre(image, rule) : image.data;
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
