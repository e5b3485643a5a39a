/** @module A window and the extents of a map -> the extents of what the window gives. */
import { type Dim, isSymbolic, type Shape } from '../tensor.ts';
import type { InferenceContext } from './inference.ts';

export function positive(
  context: InferenceContext,
  name: string,
  fallback: readonly number[],
): readonly number[] {
  const list = context.list(name, fallback);
  return list.every((n) => n > 0) ? list : context.fail(`${name} must be positive`);
}

/** Height and width, or more axes, that a window of this kernel leaves. */
export function spatial(context: InferenceContext, dims: Shape, kernel: readonly number[]): Dim[] {
  const rank = kernel.length;
  const ones = kernel.map(() => 1);
  const strides = positive(context, 'strides', ones);
  const dilations = positive(context, 'dilations', ones);
  const pads = context.list('pads', [...ones, ...ones].fill(0));
  if (pads.some((n) => n < 0)) context.fail('pads must not be negative');
  const automatic = context.text('auto_pad', 'NOTSET');
  const roundUp = context.integer('ceil_mode', 0) === 1;
  return dims.map((dim, i) => {
    if (isSymbolic(dim)) return context.fail('height and width must be known');
    if (automatic === 'SAME_UPPER' || automatic === 'SAME_LOWER') return Math.ceil(dim / strides[i]!);
    const padding = automatic === 'VALID' ? 0 : pads[i]! + pads[i + rank]!;
    const span = dim + padding - (dilations[i]! * (kernel[i]! - 1) + 1);
    if (span < 0)
      context.fail(`the kernel of ${kernel[i]} is larger than the padded extent ${dim + padding}`);
    if (!roundUp) return Math.floor(span / strides[i]!) + 1;
    const steps = Math.ceil(span / strides[i]!);
    // The definition leaves such a window out; onnxruntime's own shape inference counts it.
    if (steps * strides[i]! >= dim + (automatic === 'VALID' ? 0 : pads[i]!))
      context.fail('rounded up, the last window would start in the padding');
    return steps + 1;
  });
}
