/** @module A window on uint8 pixels -> the window stretched to full size, mirrored or not, bilinearly. */

/** A part of a picture in pixels, not necessarily whole ones; beyond the picture its edge is repeated. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Bilinear sampling with pixel centres at halves (`align_corners=False`): output pixel `x` reads the input
 * at `left + (x + 0.5) width' / width - 0.5`. Each input row is interpolated horizontally once, then two of
 * them vertically. A window of whole pixels in full size is a plain copy, bit for bit.
 *
 * @param input uint8 `[height, width, 3]`.
 * @param output uint8 `[height, width, 3]`, not overlapping the input.
 */
export function resample(
  input: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
  window: Window,
  mirrored: boolean,
  output: Uint8Array,
): void {
  const stride = width * 3;
  const columns = axis(width, window.left, window.width, 3, mirrored);
  const rows = axis(height, window.top, window.height, 1, false);
  if (isWhole(window.top, window.height, height) && isWhole(window.left, window.width, width)) {
    for (let y = 0; y < height; y++) copyRow(input, rows.first[y]! * stride, columns, output, y * stride);
    return;
  }
  let upper = new Int32Array(stride);
  let lower = new Int32Array(stride);
  let upperRow = -1;
  let lowerRow = -1;
  for (let y = 0; y < height; y++) {
    const first = rows.first[y]!;
    const second = rows.second[y]!;
    if (first === lowerRow) {
      [upper, lower] = [lower, upper];
      [upperRow, lowerRow] = [lowerRow, upperRow];
    }
    if (first !== upperRow) interpolateRow(input, first * stride, columns, upper);
    upperRow = first;
    if (second !== lowerRow && second !== first) {
      interpolateRow(input, second * stride, columns, lower);
      lowerRow = second;
    }
    // Where both are the same row, its second weight is 0.
    blendRows(upper, lower, rows.weight[y]!, output, y * stride);
  }
}

/** Weights are whole numbers of 1 / 2048, so that two of them and 8 bits of colour fit 32-bit integers. */
const one = 2048;
const half = (one * one) / 2;
const bits = 22;

/** For each output position: the two input positions (times `step`) and the second one's weight. */
interface Axis {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Int32Array;
}

function axis(length: number, start: number, extent: number, step: number, mirrored: boolean): Axis {
  const first = new Int32Array(length);
  const second = new Int32Array(length);
  const weight = new Int32Array(length);
  for (let out = 0; out < length; out++) {
    const position = start + ((out + 0.5) * extent) / length - 0.5;
    const inside = Math.min(length - 1, Math.max(0, position));
    const below = Math.floor(inside);
    const at = mirrored ? length - 1 - out : out;
    weight[at] = Math.round((inside - below) * one);
    first[at] = below * step;
    second[at] = (weight[at] === 0 ? below : below + 1) * step;
  }
  return { first, second, weight };
}

/** Whether every output position falls on an input position. */
function isWhole(start: number, extent: number, length: number): boolean {
  return extent === length && Number.isInteger(start);
}

function copyRow(input: Uint8Array, from: number, { first }: Axis, output: Uint8Array, start: number): void {
  for (let x = 0, at = start; x < first.length; x++, at += 3) {
    const a = from + first[x]!;
    output[at]! = input[a]!;
    output[at + 1]! = input[a + 1]!;
    output[at + 2]! = input[a + 2]!;
  }
}

/** One input row, from `start` on, at the output's columns, in units of 1 / 2048. */
function interpolateRow(
  input: Uint8Array,
  start: number,
  { first, second, weight }: Axis,
  into: Int32Array,
): void {
  for (let x = 0, at = 0; x < first.length; x++, at += 3) {
    const a = start + first[x]!;
    const b = start + second[x]!;
    const share = weight[x];
    into[at] = input[a]! * one + (input[b]! - input[a]!) * share!;
    into[at + 1] = input[a + 1]! * one + (input[b + 1]! - input[a + 1]!) * share!;
    into[at + 2] = input[a + 2]! * one + (input[b + 2]! - input[a + 2]!) * share!;
  }
}

function blendRows(
  upper: Int32Array,
  lower: Int32Array,
  weight: number,
  output: Uint8Array,
  start: number,
): void {
  for (let at = 0; at < upper.length; at++)
    output[start + at] = (upper[at]! * one + (lower[at]! - upper[at]!) * weight + half) >> bits;
}
