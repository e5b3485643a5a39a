/** @module Gradient rules of operators that move elements and of reductions. */
import { onesheetError } from '../../errors.ts';
import type { Value } from '../graph.ts';
import {
  cast,
  concat,
  countOf,
  divide,
  equal,
  expandLike,
  indicator,
  multiply,
  pad,
  reduceSum,
  reshapeTo,
  reverse,
  transpose,
} from '../operators.ts';
import type { Shape } from '../tensor.ts';
import {
  type GradientContext,
  type GradientRule,
  integerAttribute,
  listAttribute,
  unbroadcast,
  unsupportedGradient,
} from './rule.ts';

const reshapeBack: GradientRule = ({ inputs, gradient }) => [reshapeTo(gradient, inputs[0]!.shape)];

const transposeBack: GradientRule = ({ node, inputs, gradient }) => {
  const rank = inputs[0]!.shape.length;
  const order = listAttribute(
    node,
    'perm',
    Array.from({ length: rank }, (_, i) => rank - 1 - i),
  );
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return [transpose(gradient, inverse)];
};

/** Zeros around a gradient that covers [start, start + extent) of an axis of `total` elements. */
function padAxis(gradient: Value, axis: number, start: number, total: number): Value {
  const zeros = gradient.shape.map(() => 0);
  const extent = gradient.shape[axis] as number;
  if (start === 0 && extent === total) return gradient;
  return pad(gradient, zeros.with(axis, start), zeros.with(axis, total - start - extent));
}

function knownIntegers({ node, inputs }: GradientContext, index: number): readonly number[] | undefined {
  const input = inputs[index];
  return (
    (input?.graph.contentsOf(input.name) as readonly number[] | undefined) ??
    (input ? unsupportedGradient(node, 'with computed bounds') : undefined)
  );
}

const sliceBack: GradientRule = (context) => {
  const x = context.inputs[0]!;
  const starts = knownIntegers(context, 1)!;
  const axes = knownIntegers(context, 3) ?? starts.map((_, i) => i);
  const steps = knownIntegers(context, 4) ?? starts.map(() => 1);
  let gradient = context.gradient;
  axes.forEach((raw, i) => {
    const axis = raw < 0 ? raw + x.shape.length : raw;
    const dim = x.shape[axis]!;
    const step = steps[i]!;
    if (typeof dim === 'string') return;
    if (Math.abs(step) !== 1) unsupportedGradient(context.node, `with step ${step}`);
    const extent = gradient.shape[axis] as number;
    const start = Math.min(
      Math.max(starts[i]! < 0 ? starts[i]! + dim : starts[i]!, 0),
      step > 0 ? dim : dim - 1,
    );
    if (step < 0) gradient = reverse(gradient, axis);
    gradient = padAxis(gradient, axis, step > 0 ? start : start - extent + 1, dim);
  });
  return [gradient];
};

const concatBack: GradientRule = ({ node, inputs, gradient, needs }) => {
  if (inputs.length === 1) return [gradient];
  const rank = gradient.shape.length;
  const axis = (integerAttribute(node, 'axis', 0) + rank) % rank;
  const sizes = inputs.map((input) => input!.shape[axis] as number);
  const { graph } = gradient;
  const parts = graph.add('Split', [gradient, graph.integers(sizes)], { axis }, { outputs: sizes.length });
  return parts.map((part, i) => (needs(i) ? part : undefined));
};

const splitBack: GradientRule = ({ node, inputs, outputs, gradients }) => {
  const rank = inputs[0]!.shape.length;
  const axis = (integerAttribute(node, 'axis', 0) + rank) % rank;
  return [
    concat(
      gradients.map((gradient, i) => gradient ?? multiply(outputs[i]!, 0)),
      axis,
    ),
  ];
};

/** The input's shape with 1 in place of every reduced dimension. */
function keptShape({ node, inputs }: GradientContext): Shape {
  const x = inputs[0]!;
  const given = inputs[1] ? (x.graph.contentsOf(inputs[1].name) as readonly number[]) : [];
  if (given.length === 0 && integerAttribute(node, 'noop_with_empty_axes', 0) === 1) return x.shape;
  const axes = new Set(given.map((axis) => (axis < 0 ? axis + x.shape.length : axis)));
  return x.shape.map((dim, i) => (axes.size === 0 || axes.has(i) ? 1 : dim));
}

const reduceSumBack: GradientRule = (context) => [
  expandLike(reshapeTo(context.gradient, keptShape(context)), context.inputs[0]!),
];

const reduceMeanBack: GradientRule = (context) => {
  const x = context.inputs[0]!;
  const share = divide(context.gradient, divide(countOf(x), countOf(context.outputs[0]!)));
  return [expandLike(reshapeTo(share, keptShape(context)), x)];
};

/** Ties share the gradient equally. */
const reduceExtremumBack: GradientRule = (context) => {
  const x = context.inputs[0]!;
  const kept = keptShape(context);
  const best = indicator(equal(x, reshapeTo(context.outputs[0]!, kept)));
  const axes = kept.flatMap((dim, i) => (dim === 1 && x.shape[i] !== 1 ? [i] : []));
  const ties = axes.length === 0 ? best : reduceSum(best, axes, true);
  return [multiply(best, divide(reshapeTo(context.gradient, kept), ties))];
};

const reduceSumSquareBack: GradientRule = (context) => [
  multiply(multiply(context.inputs[0]!, 2), reshapeTo(context.gradient, keptShape(context))),
];

const expandBack: GradientRule = ({ inputs, gradient }) => [unbroadcast(gradient, inputs[0]!.shape)];

const padBack: GradientRule = (context) => {
  const { node, inputs, gradient } = context;
  if (((node.attributes.mode?.value as string | undefined) ?? 'constant') !== 'constant')
    unsupportedGradient(node, 'with repeated elements');
  const pads = knownIntegers(context, 1)!;
  const rank = inputs[0]!.shape.length;
  const axes = knownIntegers(context, 3) ?? gradient.shape.map((_, i) => i);
  const before = gradient.shape.map(() => 0);
  const after = [...before];
  axes.forEach((axis, i) => {
    before[axis < 0 ? axis + rank : axis] = 0 - pads[i]!;
    after[axis < 0 ? axis + rank : axis] = 0 - pads[i + axes.length]!;
  });
  return [pad(gradient, before, after)];
};

/** Of one element along an axis, as when a class token is read. */
const gatherBack: GradientRule = (context) => {
  const [x, indices] = context.inputs as [Value, Value];
  const index = x.graph.contentsOf(indices.name);
  if (index?.length !== 1 || typeof index[0] !== 'number')
    throw unsupportedGradient(context.node, 'of more than one index');
  const axis = (integerAttribute(context.node, 'axis', 0) + x.shape.length) % x.shape.length;
  const dim = x.shape[axis]!;
  if (typeof dim === 'string') return unsupportedGradient(context.node, 'along the batch');
  const start = index[0] < 0 ? index[0] + dim : index[0];
  return [padAxis(reshapeTo(context.gradient, x.shape.with(axis, 1)), axis, start, dim), undefined];
};

const spaceToDepthBack: GradientRule = ({ node, gradient }) => [
  gradient.graph.add('DepthToSpace', [gradient], { blocksize: integerAttribute(node, 'blocksize', 1) })[0]!,
];

const castBack: GradientRule = ({ inputs, node, gradient }) => {
  if (inputs[0]!.dtype === 'float32') return [cast(gradient, 'float32')];
  throw onesheetError('GRAPH_OPERATOR', node.op, node.name, `differentiation of ${inputs[0]!.dtype}`);
};

export const layoutRules: Readonly<Record<string, GradientRule>> = {
  Reshape: reshapeBack,
  Flatten: reshapeBack,
  Squeeze: reshapeBack,
  Unsqueeze: reshapeBack,
  Transpose: transposeBack,
  Slice: sliceBack,
  Concat: concatBack,
  Split: splitBack,
  Pad: padBack,
  Expand: expandBack,
  Gather: gatherBack,
  SpaceToDepth: spaceToDepthBack,
  Cast: castBack,
  ReduceSum: reduceSumBack,
  ReduceMean: reduceMeanBack,
  ReduceMax: reduceExtremumBack,
  ReduceMin: reduceExtremumBack,
  ReduceSumSquare: reduceSumSquareBack,
};
