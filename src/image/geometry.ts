/** @module The size of a picture and a resize rule -> where the picture goes in the network's input; no decoder. */
import type { Colour, ResizeRule } from './rule.ts';

/** Height and width in pixels of the pictures, which have three channels. */
export interface PixelSize {
  readonly height: number;
  readonly width: number;
}

/** A decoded picture. */
export interface PixelImage extends PixelSize {
  /** `[height, width, 3]`, row-major, sRGB from 0 to 255. */
  readonly data: Uint8Array;
}

/** A picture in its own proportions, in a size that suits what looks at it. */
export interface ScaledImage extends PixelImage {
  /** The picture's own upright size. */
  readonly original: PixelSize;
}

/** The size of a picture that keeps its proportions. */
export interface Bounds {
  /** Pixels that the longer side has at most. */
  readonly longest: number;
  /** How many times larger than it is the picture becomes, if that keeps to the longest side. */
  readonly enlargement: number;
}

/** The size of a picture within bounds: at least one pixel each way. */
export function sizeWithin({ height, width }: PixelSize, { longest, enlargement }: Bounds): PixelSize {
  const scale = Math.min(enlargement, longest / Math.max(height, width));
  const scaled = (length: number): number => Math.max(1, Math.round(length * scale));
  return { height: scaled(height), width: scaled(width) };
}

/** A scaled picture in the input's pixels: `top` and `left` are below 0 where it overhangs. */
export interface Placement extends PixelSize {
  readonly top: number;
  readonly left: number;
}

/**
 * Where the whole picture lies once it is scaled: `fill` covers the input exactly, `contain` leaves bars, `cover`
 * overhangs. It lies in the middle; an odd pixel is left over below and to the right, or cut above and to the left.
 *
 * @param picture upright size, in pixels
 * @example
 * placementOf({ height: 60, width: 80 }, resizeRule({ height: 60, width: 40, fit: 'contain' }));
 * // { height: 30, width: 40, top: 15, left: 0 }
 */
export function placementOf(picture: PixelSize, { height, width, fit }: ResizeRule): Placement {
  if (fit === 'fill') return { height, width, top: 0, left: 0 };
  const scales = [width / picture.width, height / picture.height];
  const [bound, scale] =
    fit === 'contain'
      ? ([Math.min, Math.min(...scales)] as const)
      : ([Math.max, Math.max(...scales)] as const);
  const scaled = (length: number, side: number): number =>
    bound(side, Math.max(1, Math.round(length * scale)));
  const size = { height: scaled(picture.height, height), width: scaled(picture.width, width) };
  const before = (side: number, length: number): number => Math.floor((side - length) / 2);
  return { ...size, top: before(height, size.height), left: before(width, size.width) };
}

/** Lays a picture in the scale of the rule on the middle of the background; what overhangs is cut. */
export function layInput(picture: PixelImage, rule: ResizeRule): Uint8Array {
  const { height, width } = rule;
  const canvas = plain(rule, rule.background);
  const top = Math.floor((height - picture.height) / 2);
  const left = Math.floor((width - picture.width) / 2);
  const first = Math.max(0, left);
  const last = Math.min(width, left + picture.width);
  for (let row = Math.max(0, top); row < Math.min(height, top + picture.height); row++) {
    const start = (row - top) * picture.width - left;
    canvas.set(picture.data.subarray((start + first) * 3, (start + last) * 3), (row * width + first) * 3);
  }
  return canvas;
}

function plain({ height, width }: PixelSize, colour: Colour): Uint8Array {
  const canvas = new Uint8Array(height * width * 3);
  for (let at = 0; at < canvas.length; at++) canvas[at] = colour[at % 3]!;
  return canvas;
}
