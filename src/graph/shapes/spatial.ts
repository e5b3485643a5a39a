/** @module Inputs of convolutions, poolings, normalizations and recurrences -> the types of their outputs. */
import type { InferenceContext, ShapeRule } from '../inference.ts';
import { type Dim, divideDims, formatShape, isSymbolic, multiplyDims, type Shape } from '../tensor.ts';

function spatial(context: InferenceContext, dims: Shape, kernel: readonly number[]): Dim[] {
  const rank = kernel.length;
  const ones = kernel.map(() => 1);
  const strides = context.list('strides', ones);
  const dilations = context.list('dilations', ones);
  const pads = context.list('pads', [...ones, ...ones].fill(0));
  const automatic = context.text('auto_pad', 'NOTSET');
  const roundUp = context.integer('ceil_mode', 0) === 1;
  return dims.map((dim, i) => {
    if (isSymbolic(dim)) return context.fail('height and width must be known');
    if (automatic === 'SAME_UPPER' || automatic === 'SAME_LOWER') return Math.ceil(dim / strides[i]!);
    const padding = automatic === 'VALID' ? 0 : pads[i]! + pads[i + rank]!;
    const span = dim + padding - (dilations[i]! * (kernel[i]! - 1) + 1);
    if (span < 0)
      context.fail(`the kernel of ${kernel[i]} is larger than the padded extent ${dim + padding}`);
    return (roundUp ? Math.ceil(span / strides[i]!) : Math.floor(span / strides[i]!)) + 1;
  });
}

export const conv: ShapeRule = (context) => {
  const x = context.input(0);
  const w = context.input(1);
  if (x.shape.length !== w.shape.length || x.shape.length < 3)
    context.fail('expected [batch, channels, ...] and weights alike');
  const group = context.integer('group', 1);
  if (x.shape[1] !== multiplyDims(w.shape[1]!, group)) {
    context.fail(`the weights read ${multiplyDims(w.shape[1]!, group)} channels in ${group} group(s)`);
  }
  const bias = context.inputs[2];
  if (bias && bias.shape[0] !== w.shape[0]) context.fail('the bias needs one element an output channel');
  const extents = spatial(context, x.shape.slice(2), w.shape.slice(2) as number[]);
  return [{ dtype: x.dtype, shape: [x.shape[0]!, w.shape[0]!, ...extents] }];
};

export const convTranspose: ShapeRule = (context) => {
  const x = context.input(0);
  const w = context.input(1);
  if (x.shape[1] !== w.shape[0]) context.fail('the weights read another number of channels');
  const kernel = w.shape.slice(2) as number[];
  const ones = kernel.map(() => 1);
  const zeros = [...ones, ...ones].fill(0);
  const strides = context.list('strides', ones);
  const pads = context.list('pads', zeros);
  const extra = context.list('output_padding', zeros);
  const extents = x.shape.slice(2).map((dim, i) => {
    if (isSymbolic(dim)) return context.fail('height and width must be known');
    return (dim - 1) * strides[i]! + kernel[i]! - pads[i]! - pads[i + kernel.length]! + extra[i]!;
  });
  const channels = multiplyDims(w.shape[1]!, context.integer('group', 1))!;
  return [{ dtype: x.dtype, shape: [x.shape[0]!, channels, ...extents] }];
};

export const pool: ShapeRule = (context) => {
  const x = context.input(0);
  const extents = spatial(context, x.shape.slice(2), context.list('kernel_shape', []));
  const shape = [...x.shape.slice(0, 2), ...extents];
  return [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ];
};

export const maxUnpool: ShapeRule = (context) => {
  const shape = context.contents(2);
  const x = context.input(0);
  if (!shape) return context.fail('the output shape must be given');
  return [{ dtype: x.dtype, shape: [x.shape[0]!, ...shape.slice(1)] }];
};

export const globalPool: ShapeRule = (context) => {
  const x = context.input(0);
  return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)] }];
};

export const batchNormalization: ShapeRule = (context) => {
  const x = context.input(0);
  for (let i = 1; i < 5; i++) {
    if (context.input(i).shape[0] !== x.shape[1]) context.fail(`input ${i} needs one element a channel`);
  }
  const statistic = { dtype: x.dtype, shape: [x.shape[1]!] };
  return [{ ...x }, statistic, statistic];
};

export const depthToSpace: ShapeRule = (context) => {
  const x = context.input(0);
  const block = context.integer('blocksize', 1);
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
  const directions = context.text('direction', 'forward') === 'bidirectional' ? 2 : 1;
  const hidden = context.integer('hidden_size', 0);
  const gates = context.node.op === 'GRU' ? 3 : 4;
  const [time, batch, features] = x.shape as [Dim, Dim, Dim];
  const weights = formatShape([directions, gates * hidden, features]);
  if (formatShape(context.input(1).shape) !== weights) context.fail(`expected weights of ${weights}`);
  const state = { dtype: x.dtype, shape: [directions, batch, hidden] };
  return [{ dtype: x.dtype, shape: [time, directions, batch, hidden] }, state, state];
};

export const spaceToDepth: ShapeRule = (context) => {
  const x = context.input(0);
  const block = context.integer('blocksize', 1);
  const [batch, channels, height, width] = x.shape as [Dim, Dim, Dim, Dim];
  const rows = divideDims(height, block) ?? context.fail(`height must divide by ${block}`);
  const columns = divideDims(width, block) ?? context.fail(`width must divide by ${block}`);
  return [{ dtype: x.dtype, shape: [batch, multiplyDims(channels, block * block)!, rows, columns] }];
};
