/** @module uint8 pixels and colour factors, or a rectangle -> the same pixels changed in place. */
import type { Colour } from './rule.ts';

/** Luma of ITU-R BT.601. */
const [redShare, greenShare, blueShare] = [0.299, 0.587, 0.114];

/**
 * Brightness `b`, contrast `c` and saturation `s`, as torchvision's `ColorJitter` defines them, in this
 * order: `v1 = b v`, `v2 = c v1 + (1 - c) mean(grey(v1))`, `v3 = s v2 + (1 - s) grey(v2)`. All three are
 * linear, so they become one pass, rounded and clamped once at its end:
 * `v3 = s c b v + (1 - s) c b grey(v) + (1 - c) b mean(grey(v))`.
 *
 * @param pixels uint8 `[height, width, 3]`, changed in place.
 */
export function jitterColours(
  pixels: Uint8Array,
  brightness: number,
  contrast: number,
  saturation: number,
): void {
  const own = saturation * contrast * brightness;
  const grey = (1 - saturation) * contrast * brightness;
  const constant = contrast === 1 ? 0 : (1 - contrast) * brightness * meanGrey(pixels);
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let at = 0; at < pixels.length; at += 3) {
    const r = pixels[at];
    const g = pixels[at + 1];
    const b = pixels[at + 2];
    const base = grey * (redShare * r! + greenShare * g! + blueShare * b!) + constant;
    clamped[at] = own * r! + base;
    clamped[at + 1] = own * g! + base;
    clamped[at + 2] = own * b! + base;
  }
}

function meanGrey(pixels: Uint8Array): number {
  let [red, green, blue] = [0, 0, 0];
  for (let at = 0; at < pixels.length; at += 3) {
    red += pixels[at]!;
    green += pixels[at + 1]!;
    blue += pixels[at + 2]!;
  }
  return (redShare * red + greenShare * green + blueShare * blue) / (pixels.length / 3);
}

/** A rectangle in whole pixels inside the picture, and its colour. */
export interface Erasure {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly colour: Colour;
}

/** Covers the rectangle of `[height, width, 3]` pixels. */
export function erase(pixels: Uint8Array, size: { readonly width: number }, erasure: Erasure): void {
  const { top, left, height, width, colour } = erasure;
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) pixels.set(colour, (y * size.width + x) * 3);
}
