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
   * A line around the strongest part: what has at least half the strength of the strongest pixel, and at most a quarter of
   * the poster.
   * @default true
   */
  readonly contour?: boolean;
  /**
   * The value that is drawn as the strongest, for maps on one scale.
   * @default the map's own
   */
  readonly most?: number;
}

/** Brightest grey of the poster under the colours, so that a white poster leaves room for the map. */
const brightestGrey = 190;

/** Strengths at which the colours begin to cover the poster, and from which on they cover it as far as they do. */
const [faintest, full] = [0.15, 0.75];

/** Where on the colour map the faintest strength lies: below it are the colours of shade, not of warmth. */
const firstColour = 0.3;

/** The largest part of a poster that the contour encloses. */
const mostEnclosed = 0.25;

/** 0 up to one strength, 1 from another on, and smooth in between. */
function smoothStep(strength: number): number {
  const share = Math.min(1, Math.max(0, (strength - faintest) / (full - faintest)));
  return share * share * (3 - 2 * share);
}

/**
 * The poster in grey, which keeps its colours from being taken for the map's; over its warm places lie the map's colours,
 * which hide it the more the stronger the map is, and cold places show it as it is. The contour is white with a black
 * rim: one of them shows on any ground.
 *
 * @param image at the map's size
 */
export function overlay(image: PixelImage, map: AttributionMap, options: OverlayOptions = {}): PixelImage {
  const { colourMap = 'inferno', opacity = 0.8, contour = true, most } = options;
  const { height, width } = image;
  if (height !== map.height || width !== map.width)
    throw new RangeError(`Expected a map of ${height} x ${width} but received ${map.height} x ${map.width}`);
  const strengths = displayValues(map, most);
  const colours = colourTable(colourMap);
  const data = new Uint8Array(image.data.length);
  for (let at = 0; at < strengths.length; at++) {
    const [red, green, blue] = [image.data[at * 3]!, image.data[at * 3 + 1]!, image.data[at * 3 + 2]!];
    const grey = ((0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255) * brightestGrey;
    const level = Math.round((firstColour + (1 - firstColour) * strengths[at]!) * 255) * 3;
    const share = opacity * smoothStep(strengths[at]!);
    for (let channel = 0; channel < 3; channel++)
      data[at * 3 + channel] = Math.round(grey * (1 - share) + colours[level + channel]! * share);
  }
  if (contour) drawContour(data, displayValues(map), image);
  return { height, width, data };
}

/** Bins of strengths in which the strongest part is told. */
const bins = 1024;

/** The strength that the enclosed part has at least; above 1 where nothing speaks for the genre. */
function contourLevel(strengths: Float32Array): number {
  const counts = new Uint32Array(bins + 1);
  for (const strength of strengths) counts[Math.floor(strength * bins)]! += 1;
  let top = bins;
  while (top > 0 && counts[top] === 0) top -= 1;
  if (top === 0) return 2;
  let enclosed = counts[top]!;
  let bin = top;
  while (bin > bins / 2 && enclosed + counts[bin - 1]! <= mostEnclosed * strengths.length)
    enclosed += counts[--bin]!;
  return bin / bins;
}

/** White just within the strongest part, black just outside it; along the poster's edge it is closed. */
function drawContour(data: Uint8Array, strengths: Float32Array, { height, width }: PixelImage): void {
  const reach = Math.max(1, Math.round(Math.min(height, width) / 200));
  const level = contourLevel(strengths);
  // With a border of weak pixels all around, so that what is looked up lies on it.
  const columns = width + 2 * reach;
  const strong = new Uint8Array(columns * (height + 2 * reach));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (strengths[y * width + x]! >= level) strong[(y + reach) * columns + x + reach] = 1;
  const steps = [-reach, 0, reach];
  const around = steps.flatMap((down) => steps.map((right) => down * columns + right));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y + reach) * columns + x + reach;
      const own = strong[at]!;
      if (around.some((step) => strong[at + step] !== own))
        data.fill(own === 1 ? 255 : 0, (y * width + x) * 3, (y * width + x + 1) * 3);
    }
  }
}
