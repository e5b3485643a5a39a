/** @module Convolutions -> their rules; the gradients are chosen by shape for speed on a CPU. */
import { concat, conv, gemm, matMul, pad, reduceSum, reshape, reverse, transpose } from '../operators.ts';
import { isSymbolic, multiplyDims, type Shape } from '../tensor.ts';
import type { Node, Value } from '../vocabulary.ts';
import { depthwiseWeightGradient } from './depthwise.ts';
import { positive, spatial } from './extent.ts';
import { type GradientRule, integerAttribute, listAttribute, unsupportedGradient } from './gradient.ts';
import type { InferenceContext, ShapeRule } from './inference.ts';
import type { OperatorRules } from './rule.ts';
import { type Geometry, isStrideOne, keepsSize, padsOf, shift, tapsOf } from './window.ts';

/** The extents of weights [out, in, ...kernel]. */
function kernelOf(context: InferenceContext, weights: Shape): number[] {
  const kernel = weights.slice(2);
  return kernel.some((k) => isSymbolic(k) || k < 1)
    ? context.fail('the extents of the kernel must be known')
    : (kernel as number[]);
}

const convTypes: ShapeRule = (context) => {
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

const convTransposeTypes: ShapeRule = (context) => {
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

function geometryOf(node: Node, x: Value, w: Value, y: Value): Geometry {
  if (x.shape.length !== 4) unsupportedGradient(node, 'in other than two spatial dimensions');
  if (listAttribute(node, 'dilations', [1, 1]).some((dilation) => dilation !== 1)) {
    unsupportedGradient(node, 'with dilation');
  }
  const kernel = w.shape.slice(2) as [number, number];
  const strides = listAttribute(node, 'strides', [1, 1]);
  const inputSize = x.shape.slice(2) as [number, number];
  const outputSize = y.shape.slice(2) as [number, number];
  const pads = padsOf(node, { kernel, strides, inputSize, outputSize });
  return { group: integerAttribute(node, 'group', 1), strides, pads, kernel, inputSize, outputSize };
}

/** The kernel of the transposed convolution: taps reversed, and input and output channels exchanged. */
function flippedWeights(w: Value, group: number): Value {
  // Most kernels of a modern network are 1x1, where reversing would only copy.
  const flipped = [2, 3].reduce((value, axis) => (w.shape[axis] === 1 ? value : reverse(value, axis)), w);
  if (group !== 1) return flipped;
  const exchanged = transpose(flipped, [1, 0, 2, 3]);
  w.graph.note(exchanged, { kind: 'flipped', weights: w });
  return exchanged;
}

/** dX: a convolution of dY with the flipped kernel at stride 1, else the transposed convolution. */
function inputGradient(gradient: Value, x: Value, w: Value, geometry: Geometry): Value {
  const { group, pads, kernel, strides, inputSize, outputSize } = geometry;
  const depthwise = group > 1 && group === w.shape[0] && w.shape[1] === 1;
  const padsFit = pads.every((n, i) => n < kernel[i % 2]!);
  if (isStrideOne(geometry) && padsFit && (group === 1 || depthwise)) {
    const flipped = kernel.map((k, i) => k - 1 - pads[i]!);
    const opposite = kernel.map((k, i) => k - 1 - pads[i + 2]!);
    return conv(gradient, flippedWeights(w, group), undefined, { group, pads: [...flipped, ...opposite] });
  }
  const extra = inputSize.map(
    (size, i) => size - ((outputSize[i]! - 1) * strides[i]! + kernel[i]! - pads[i]! - pads[i + 2]!),
  );
  const attributes = { group, strides, pads, output_padding: extra };
  return x.graph.add('ConvTranspose', [gradient, w], attributes)[0]!;
}

/**
 * Each map's rows as every row tap of the kernel meets them, [batch, channels x kernel height, positions]: gathered by
 * all threads in one pass, where shifting and joining would be three or more.
 */
function rowTaps(maps: Value, { kernel, pads, inputSize }: Geometry): Value {
  const [height] = kernel;
  const [rows, width] = inputSize;
  const channels = maps.shape[1] as number;
  const none = [0, 0, 0, 0];
  const padded = pad(maps, none.with(2, pads[2]!), none.with(2, pads[0]!));
  const indices = Array.from({ length: height }, (_, i) =>
    Array.from({ length: rows }, (_, row) => row + height - 1 - i),
  );
  const gathered = maps.graph.add('Gather', [padded, maps.graph.integers(indices.flat())], { axis: 2 })[0]!;
  return reshape(gathered, [-1, channels * height, rows * width]);
}

/**
 * dW at stride 1 with same padding, as one product. Row taps shift dY, column taps shift X, so that
 * kernel height + kernel width copies serve kernel height x kernel width taps:
 * [out x rows, L] times [columns x in, L]^T, where L runs over positions.
 */
function sameWeightGradient(gradient: Value, x: Value, w: Value, geometry: Geometry): Value {
  const { kernel, pads } = geometry;
  const [out, channels] = w.shape as [number, number];
  const [height, width] = kernel;
  const positions = (x.shape[2] as number) * (x.shape[3] as number);
  // A product for each sample needs a sum over the batch; one over the whole batch needs two transpositions.
  const perSample = height * width * out * channels < positions * (out + channels);
  const taps = height === 1 ? reshape(gradient, [-1, out, positions]) : rowTaps(gradient, geometry); // [batch, out x rows, positions]
  const source = transpose(x, perSample ? [0, 1, 2, 3] : [1, 0, 2, 3]);
  const columns = concat(
    Array.from({ length: width }, (_, j) =>
      reshape(shift(source, 3, pads[1]! - j), perSample ? [-1, channels, positions] : [channels, -1]),
    ),
    perSample ? 1 : 0,
  );
  const product = perSample
    ? reduceSum(matMul(taps, transpose(columns, [0, 2, 1])), [0])
    : gemm(reshape(transpose(taps, [1, 0, 2]), [out * height, -1]), columns, undefined, { transposeB: true });
  return transpose(reshape(product, [out, height, width, channels]), [0, 3, 1, 2]);
}

/** dW in general: the taps side by side, times dY. */
function stridedWeightGradient(gradient: Value, x: Value, w: Value, geometry: Geometry): Value {
  const [out, channels] = w.shape as [number, number];
  const [height, width] = geometry.kernel;
  const taps = concat(
    tapsOf(x, geometry)
      .map((tap) => transpose(tap, [1, 0, 2, 3]))
      .map((tap) => reshape(tap, [channels, -1])),
    0,
  );
  const dy = reshape(transpose(gradient, [1, 0, 2, 3]), [out, -1]);
  const product = gemm(dy, taps, undefined, { transposeB: true });
  return transpose(reshape(product, [out, height, width, channels]), [0, 3, 1, 2]);
}

function weightGradient(node: Node, gradient: Value, x: Value, w: Value, geometry: Geometry): Value {
  const { group } = geometry;
  if (group > 1) {
    if (group !== w.shape[0] || w.shape[1] !== 1) unsupportedGradient(node, 'of grouped weights');
    return depthwiseWeightGradient(gradient, x, w, geometry);
  }
  const result = keepsSize(geometry)
    ? sameWeightGradient(gradient, x, w, geometry)
    : stridedWeightGradient(gradient, x, w, geometry);
  const { kernel, strides, pads } = geometry;
  x.graph.note(result, { kind: 'dense', gradient, x, kernel, strides, pads });
  return result;
}

const convolutionBack: GradientRule = ({ node, inputs, outputs, gradient, needs }) => {
  const [x, w, bias] = inputs as [Value, Value, Value | undefined];
  const geometry = geometryOf(node, x, w, outputs[0]!);
  return [
    needs(0) ? inputGradient(gradient, x, w, geometry) : undefined,
    needs(1) ? weightGradient(node, gradient, x, w, geometry) : undefined,
    bias && needs(2) ? reduceSum(gradient, [0, 2, 3]) : undefined,
  ];
};

export const convolutionRules = {
  Conv: { types: convTypes, gradient: convolutionBack, kernel: [1], parameters: [1, 2] },
  ConvTranspose: { types: convTransposeTypes, gradient: 'none', kernel: [1], parameters: [1, 2] },
} satisfies OperatorRules;
