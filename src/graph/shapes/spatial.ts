/** @module Inputs of convolutions, poolings, normalizations and recurrences -> the types of their outputs. */
import type { InferenceContext, ShapeRule } from '../inference.ts';
import { type Dim, divideDims, formatShape, isSymbolic, multiplyDims, type Shape } from '../tensor.ts';

function positive(context: InferenceContext, name: string, fallback: readonly number[]): readonly number[] {
  const list = context.list(name, fallback);
  return list.every((n) => n > 0) ? list : context.fail(`${name} must be positive`);
}

/** The extents of weights [out, in, ...kernel]. */
function kernelOf(context: InferenceContext, weights: Shape): number[] {
  const kernel = weights.slice(2);
  return kernel.some((k) => isSymbolic(k) || k < 1)
    ? context.fail('the extents of the kernel must be known')
    : (kernel as number[]);
}

function expectRank(context: InferenceContext, index: number, rank: number): void {
  if (context.input(index).shape.length !== rank) context.fail(`input ${index} needs ${rank} dimensions`);
}

function spatial(context: InferenceContext, dims: Shape, kernel: readonly number[]): Dim[] {
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

export const conv: ShapeRule = (context) => {
  const x = context.input(0);
  const w = context.input(1);
  if (x.shape.length !== w.shape.length || x.shape.length < 3)
    context.fail('expected [batch, channels, ...] and weights alike');
  const group = context.integer('group', 1);
  const out = w.shape[0]!;
  if (group < 1 || isSymbolic(out) || out % group !== 0)
    context.fail(`${out} channels do not divide by ${group} group(s)`);
  if (x.shape[1] !== multiplyDims(w.shape[1]!, group)) {
    context.fail(`the weights read ${multiplyDims(w.shape[1]!, group)} channels in ${group} group(s)`);
  }
  const bias = context.inputs[2];
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== out))
    context.fail('the bias needs one element an output channel');
  const extents = spatial(context, x.shape.slice(2), kernelOf(context, w.shape));
  return [{ dtype: x.dtype, shape: [x.shape[0]!, out, ...extents] }];
};

export const convTranspose: ShapeRule = (context) => {
  const x = context.input(0);
  const w = context.input(1);
  if (x.shape.length !== w.shape.length || x.shape.length < 3)
    context.fail('expected [batch, channels, ...] and weights alike');
  if (x.shape[1] !== w.shape[0]) context.fail('the weights read another number of channels');
  const kernel = kernelOf(context, w.shape);
  if (context.text('auto_pad', 'NOTSET') !== 'NOTSET' || context.node.attributes.output_shape)
    context.fail('the size of the output must follow from pads');
  const ones = kernel.map(() => 1);
  const dilations = positive(context, 'dilations', ones);
  const strides = positive(context, 'strides', ones);
  const pads = context.list('pads', [...ones, ...ones].fill(0));
  const extra = context.list(
    'output_padding',
    ones.map(() => 0),
  );
  const extents = x.shape.slice(2).map((dim, i) => {
    if (isSymbolic(dim)) return context.fail('height and width must be known');
    const reach = dilations[i]! * (kernel[i]! - 1) + 1;
    const extent = (dim - 1) * strides[i]! + reach - pads[i]! - pads[i + kernel.length]! + extra[i]!;
    return extent > 0 ? extent : context.fail('the pads crop all of the output');
  });
  const channels =
    multiplyDims(w.shape[1]!, context.integer('group', 1)) ?? context.fail('the channels must be known');
  return [{ dtype: x.dtype, shape: [x.shape[0]!, channels, ...extents] }];
};

export const pool: ShapeRule = (context) => {
  const x = context.input(0);
  if (x.shape.length < 3) context.fail('expected [batch, channels, ...]');
  if (!context.node.attributes.kernel_shape) context.fail('kernel_shape is missing');
  const size = x.shape.slice(2);
  const kernel = positive(
    context,
    'kernel_shape',
    size.map(() => 1),
  );
  const extents = spatial(context, size, kernel);
  const shape = [...x.shape.slice(0, 2), ...extents];
  return [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ];
};

export const maxUnpool: ShapeRule = (context) => {
  const shape = context.contents(2);
  const x = context.input(0);
  if (shape?.length !== x.shape.length) return context.fail('the output shape must be given');
  return [{ dtype: x.dtype, shape: [x.shape[0]!, ...shape.slice(1)] }];
};

export const globalPool: ShapeRule = (context) => {
  const x = context.input(0);
  if (x.shape.length < 3) context.fail('expected [batch, channels, ...]');
  return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)] }];
};

export const batchNormalization: ShapeRule = (context) => {
  const x = context.input(0);
  if (x.shape.length < 2) context.fail('expected [batch, channels, ...]');
  for (let i = 1; i < 5; i++) {
    if (formatShape(context.input(i).shape) !== formatShape([x.shape[1]!]))
      context.fail(`input ${i} needs one element a channel`);
  }
  const statistic = { dtype: x.dtype, shape: [x.shape[1]!] };
  return [{ ...x }, statistic, statistic];
};

export const instanceNormalization: ShapeRule = (context) => {
  const x = context.input(0);
  if (x.shape.length < 3) context.fail('expected [batch, channels, ...]');
  for (const index of [1, 2]) {
    if (formatShape(context.input(index).shape) !== formatShape([x.shape[1]!]))
      context.fail(`input ${index} needs one element a channel`);
  }
  return [{ ...x }];
};

function blockOf(context: InferenceContext): number {
  expectRank(context, 0, 4);
  const block = context.integer('blocksize', 0);
  return block > 0 ? block : context.fail('blocksize must be positive');
}

export const depthToSpace: ShapeRule = (context) => {
  const x = context.input(0);
  const block = blockOf(context);
  const [batch, channels, height, width] = x.shape as [Dim, Dim, Dim, Dim];
  const depth =
    divideDims(channels, block * block) ?? context.fail(`the channels must divide by ${block * block}`);
  return [
    { dtype: x.dtype, shape: [batch, depth, multiplyDims(height, block)!, multiplyDims(width, block)!] },
  ];
};

/** GRU and LSTM with layout 0: X [time, batch, features] -> Y [time, directions, batch, hidden], Y_h, Y_c. */
export const recurrent: ShapeRule = (context) => {
  const x = context.input(0);
  expectRank(context, 0, 3);
  if (context.integer('layout', 0) !== 0) context.fail('only layout 0 is known');
  const direction = context.text('direction', 'forward');
  const known: Readonly<Record<string, number>> = { forward: 1, reverse: 1, bidirectional: 2 };
  const directions = known[direction] ?? context.fail(`${direction} is no direction`);
  const hidden = context.integer('hidden_size', 0);
  const rows = (context.node.op === 'GRU' ? 3 : 4) * hidden;
  const [time, batch, features] = x.shape as [Dim, Dim, Dim];
  const expectShape = (index: number, shape: Shape): void => {
    if (formatShape(context.input(index).shape) !== formatShape(shape))
      context.fail(`input ${index} needs the shape ${formatShape(shape)}`);
  };
  expectShape(1, [directions, rows, features]);
  expectShape(2, [directions, rows, hidden]);
  if (context.inputs[3]) expectShape(3, [directions, 2 * rows]);
  const state = { dtype: x.dtype, shape: [directions, batch, hidden] };
  return [{ dtype: x.dtype, shape: [time, directions, batch, hidden] }, state, state];
};

export const spaceToDepth: ShapeRule = (context) => {
  const x = context.input(0);
  const block = blockOf(context);
  const [batch, channels, height, width] = x.shape as [Dim, Dim, Dim, Dim];
  const rows = divideDims(height, block) ?? context.fail(`height must divide by ${block}`);
  const columns = divideDims(width, block) ?? context.fail(`width must divide by ${block}`);
  return [{ dtype: x.dtype, shape: [batch, multiplyDims(channels, block * block)!, rows, columns] }];
};
