/** @module The pixels of a poster and an attribution map -> the poster's pixels with the map laid over them. */
import type { PixelImage } from '../image/index.ts';
import { type ColourMapName, colourTable } from './colourMap.ts';
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
