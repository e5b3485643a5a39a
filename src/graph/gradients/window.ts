/** @module A node whose kernel slides over a map -> the padding of each side and what each window covers. */
import type { Node } from '../graph.ts';
import { integerAttribute, listAttribute } from './rule.ts';

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
