/** @module A poster and an attribution map -> the poster with the map laid over it, as an encoded picture. */
import {
  decodeImage,
  type EncodeOptions,
  encodeImage,
  type ImageLimits,
  type ImageSource,
  type PixelImage,
  preparePixels,
  type ResizeRule,
  resizeRule,
} from '../image/index.ts';
import { type ColourMapName, colourTable } from './colourMap.ts';
import { mapOnPoster } from './geometry.ts';
import { type AttributionMap, displayValues } from './map.ts';

export interface OverlayOptions {
  /** @default 'inferno' */
  readonly colourMap?: ColourMapName;
  /**
   * How far the strongest pixel hides the poster, from 0 to 1.
   * @default 0.8
   */
  readonly opacity?: number;
  /**
   * A line around what has at least half the strength of the strongest pixel.
   * @default true
   */
  readonly contour?: boolean;
}

/** Brightest grey of the poster under the colours, so that a white poster leaves room for the map. */
const brightestGrey = 190;

/**
 * The poster in grey, which keeps its colours from being taken for the map's, under the map's colours, which hide
 * it the more the stronger the map is. The contour is white with a black rim: one of them shows on any ground.
 *
 * @param image at the map's size
 */
export function overlay(image: PixelImage, map: AttributionMap, options: OverlayOptions = {}): PixelImage {
  const { colourMap = 'inferno', opacity = 0.8, contour = true } = options;
  const { height, width } = image;
  if (height !== map.height || width !== map.width)
    throw new RangeError(`Expected a map of ${height} x ${width} but received ${map.height} x ${map.width}`);
  const strengths = displayValues(map);
  const colours = colourTable(colourMap);
  const data = new Uint8Array(image.data.length);
  for (let at = 0; at < strengths.length; at++) {
    const [red, green, blue] = [image.data[at * 3]!, image.data[at * 3 + 1]!, image.data[at * 3 + 2]!];
    const grey = ((0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255) * brightestGrey;
    const level = Math.round(strengths[at]! * 255) * 3;
    const share = opacity * strengths[at]! ** 0.75;
    for (let channel = 0; channel < 3; channel++)
      data[at * 3 + channel] = Math.round(grey * (1 - share) + colours[level + channel]! * share);
  }
  if (contour) drawContour(data, strengths, image);
  return { height, width, data };
}

/** White just within the level 1/2, black just outside it. */
function drawContour(data: Uint8Array, strengths: Float32Array, { height, width }: PixelImage): void {
  const reach = Math.max(1, Math.round(Math.min(height, width) / 200));
  const isStrong = (y: number, x: number): boolean => strengths[y * width + x]! >= 0.5;
  const steps = [-reach, 0, reach];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const strong = isStrong(y, x);
      const crosses = steps.some((down) =>
        steps.some((right) => {
          const [row, column] = [y + down, x + right];
          const onPicture = row >= 0 && row < height && column >= 0 && column < width;
          return onPicture && isStrong(row, column) !== strong;
        }),
      );
      if (crosses) data.fill(strong ? 255 : 0, (y * width + x) * 3, (y * width + x + 1) * 3);
    }
  }
}

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
