/** @module A poster and an attribution map -> the poster with the map laid over it, as an encoded picture. */
import {
  decodeImage,
  type EncodeOptions,
  encodeImage,
  type ImageLimits,
  type ImageSource,
  preparePixels,
  type ResizeRule,
  resizeRule,
} from '../image/index.ts';
import { mapOnPoster } from './geometry.ts';
import type { AttributionMap } from './map.ts';
import { type OverlayOptions, overlay } from './overlay.ts';

export interface PosterOverlayOptions extends OverlayOptions, EncodeOptions {
  /**
   * Longer side of the result, in pixels; smaller posters keep their size.
   * @default 1200
   */
  readonly maximumSide?: number;
  readonly limits?: Partial<ImageLimits>;
}

/**
 * Draws a map over the poster that it explains, in the poster's own proportions.
 *
 * @param map as the explainer gives it, at the size of the model's input
 * @param rule the model's resize rule
 * @returns the encoded picture
 * @throws {OnesheetError} the codes of `decodeImage`
 */
export async function posterOverlay(
  source: ImageSource,
  map: AttributionMap,
  rule: ResizeRule,
  options: PosterOverlayOptions,
): Promise<Uint8Array> {
  const { maximumSide = 1200, limits } = options;
  const whole = await decodeImage(source, limits);
  const scale = Math.min(1, maximumSide / Math.max(whole.height, whole.width));
  const height = Math.max(1, Math.round(whole.height * scale));
  const width = Math.max(1, Math.round(whole.width * scale));
  const image =
    scale === 1
      ? whole
      : { height, width, data: await preparePixels(source, resizeRule({ height, width }), limits) };
  return encodeImage(overlay(image, mapOnPoster(map, rule, image), options), options);
}
