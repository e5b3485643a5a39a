/** @module A poster and an attribution map -> the poster with the map laid over it, as an encoded picture. */
import {
  type EncodeOptions,
  encodeImage,
  type ImageLimits,
  type ImageSource,
  measureImage,
  type PixelImage,
  preparePixels,
  type ResizeRule,
  resizeRule,
} from '../image/index.ts';
import { fittedSize, mapOnPoster } from './geometry.ts';
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
  const { maximumSide, limits } = options;
  const size = fittedSize(await measureImage(source, limits), maximumSide);
  const data = await preparePixels(source, resizeRule(size), limits);
  return overlayPicture({ ...size, data }, map, rule, options);
}

/** {@link posterOverlay} for a poster that is decoded at the size of the result. */
export function overlayPicture(
  poster: PixelImage,
  map: AttributionMap,
  rule: ResizeRule,
  options: OverlayOptions & EncodeOptions,
): Promise<Uint8Array> {
  return encodeImage(overlay(poster, mapOnPoster(map, rule, poster), options), options);
}
