/** @module A node whose kernel slides over a map -> the padding of each side and what each window covers. */

import { pad, slice } from '../operators.ts';
import type { Node, Value } from '../vocabulary.ts';
import { integerAttribute, listAttribute } from './gradient.ts';

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly inputSize: readonly number[];
  readonly outputSize: readonly number[];
}

/** Padding before every spatial axis, then after every one, as ONNX lists it; auto_pad is resolved. */
export function padsOf(node: Node, { kernel, strides, inputSize, outputSize }: Window): readonly number[] {
  const automatic = (node.attributes.auto_pad?.value as string | undefined) ?? 'NOTSET';
  const none = [...kernel, ...kernel].fill(0);
  if (automatic === 'VALID') return none;
  if (automatic === 'NOTSET') return listAttribute(node, 'pads', none);
  const total = kernel.map((k, i) => Math.max(0, (outputSize[i]! - 1) * strides[i]! + k - inputSize[i]!));
  const before = total.map((t) => (automatic === 'SAME_UPPER' ? Math.floor(t / 2) : Math.ceil(t / 2)));
  return [...before, ...total.map((t, i) => t - before[i]!)];
}

/**
 * Along each axis, how many elements every window of an average counts: those of the map, and those of the
 * padding when count_include_pad says so, but never what lies beyond the padding when sizes are rounded up.
 */
export function countedElements(node: Node, window: Window): number[][] {
  const { kernel, strides, inputSize, outputSize } = window;
  const pads = padsOf(node, window);
  const included = integerAttribute(node, 'count_include_pad', 0) === 1;
  return kernel.map((k, i) => {
    const before = pads[i]!;
    const low = included ? -before : 0;
    const high = inputSize[i]! + (included ? pads[i + kernel.length]! : 0);
    return Array.from({ length: outputSize[i]! }, (_, o) => {
      const start = o * strides[i]! - before;
      return Math.min(start + k, high) - Math.max(start, low);
    });
  });
}

/** A two-dimensional convolution without dilation. */
export interface Geometry {
  readonly group: number;
  readonly strides: readonly number[];
  /** Top, left, bottom, right. */
  readonly pads: readonly number[];
  readonly kernel: readonly [number, number];
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
}

export function isStrideOne({ strides }: Geometry): boolean {
  return strides.every((stride) => stride === 1);
}

/** Whether the output is as large as the input because padding makes up for the kernel at stride 1. */
export function keepsSize(geometry: Geometry): boolean {
  const { kernel, pads } = geometry;
  return isStrideOne(geometry) && kernel.every((k, i) => pads[i]! + pads[i + 2]! === k - 1);
}

/** x moved by `step` elements along a spatial axis, zeros following. */
export function shift(x: Value, axis: number, step: number): Value {
  if (step === 0) return x;
  const none = [0, 0, 0, 0];
  return pad(x, none.with(axis, step), none.with(axis, -step));
}

/** What each tap of the kernel saw: [batch, channels, out height, out width], one for each tap, row by row. */
export function tapsOf(x: Value, { kernel, pads, strides, outputSize }: Geometry): Value[] {
  const padded = pads.some((n) => n !== 0)
    ? pad(x, [0, 0, pads[0]!, pads[1]!], [0, 0, pads[2]!, pads[3]!])
    : x;
  const along = (value: Value, axis: number, offset: number): Value => {
    const step = strides[axis - 2]!;
    const end = offset + (outputSize[axis - 2]! - 1) * step + 1;
    return outputSize[axis - 2] === value.shape[axis] ? value : slice(value, axis, offset, end, step);
  };
  return Array.from({ length: kernel[0] }, (_, i) => along(padded, 2, i)).flatMap((rows) =>
    Array.from({ length: kernel[1] }, (_, j) => along(rows, 3, j)),
  );
}
