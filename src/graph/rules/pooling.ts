/** @module Poolings -> their rules. */
import { divide, equal, expandLike, indicator, multiply, reduceSum, reshape, shapeOf } from '../operators.ts';
import { float32 } from '../tensor.ts';
import type { Node, Value } from '../vocabulary.ts';
import { positive, spatial } from './extent.ts';
import { type GradientRule, listAttribute, unsupportedGradient } from './gradient.ts';
import type { ShapeRule } from './inference.ts';
import type { OperatorRules } from './rule.ts';
import { countedElements, padsOf, type Window } from './window.ts';

const poolTypes: ShapeRule = (context) => {
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

const maxUnpoolTypes: ShapeRule = (context) => {
  const shape = context.contents(2);
  const x = context.input(0);
  if (shape?.length !== x.shape.length) return context.fail('the output shape must be given');
  return [{ dtype: x.dtype, shape: [x.shape[0]!, ...shape.slice(1)] }];
};

const globalPoolTypes: ShapeRule = (context) => {
  const x = context.input(0);
  if (x.shape.length < 3) context.fail('expected [batch, channels, ...]');
  return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)] }];
};

function windowOf(node: Node, x: Value, y: Value): Window {
  const kernel = listAttribute(node, 'kernel_shape', []);
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: listAttribute(node, 'strides', ones),
    inputSize: x.shape.slice(2) as number[],
    outputSize: y.shape.slice(2) as number[],
  };
}

/** Whether no two windows share an element and none reaches beyond the map. */
function areApart(node: Node, window: Window): boolean {
  const { kernel, strides, inputSize, outputSize } = window;
  return (
    padsOf(node, window).every((n) => n === 0) &&
    listAttribute(node, 'dilations', []).every((dilation) => dilation === 1) &&
    kernel.every((k, i) => strides[i]! >= k && (outputSize[i]! - 1) * strides[i]! + k <= inputSize[i]!)
  );
}

/** Whether windows that are apart leave nothing of a map between and behind them. */
function coversAll({ kernel, strides, inputSize, outputSize }: Window): boolean {
  return (
    kernel.length === 2 && kernel.every((k, i) => strides[i] === k && outputSize[i]! * k === inputSize[i])
  );
}

/** Each gradient goes to the position that was the maximum; windows that overlap add up. */
const maxPoolBack: GradientRule = ({ node, inputs, outputs, gradient }) => {
  const x = inputs[0]!;
  const indices = outputs[1];
  if (!indices) return unsupportedGradient(node, 'without its indices');
  const { graph } = x;
  const window = windowOf(node, x, gradient);
  if (areApart(node, window)) {
    const attributes = { kernel_shape: window.kernel, strides: window.strides };
    const result = graph.add('MaxUnpool', [gradient, indices, shapeOf(x)], attributes)[0]!;
    if (coversAll(window)) {
      const kernel = window.kernel as [number, number];
      graph.note(result, { kind: 'maximum', gradient, x, pooled: outputs[0]!, kernel });
    }
    return [result];
  }
  const zeros = multiply(reshape(x, [-1]), 0);
  const flat = [zeros, reshape(indices, [-1]), reshape(gradient, [-1])];
  const scattered = graph.add('ScatterElements', flat, { axis: 0, reduction: 'add' })[0]!;
  return [graph.add('Reshape', [scattered, shapeOf(x)])[0]!];
};

/** Each gradient is shared among the elements that its window counted. */
const averagePoolBack: GradientRule = ({ node, inputs, gradient }) => {
  const x = inputs[0]!;
  if (listAttribute(node, 'dilations', []).some((dilation) => dilation !== 1))
    unsupportedGradient(node, 'with dilation');
  const window = windowOf(node, x, gradient);
  const { kernel, strides, inputSize, outputSize } = window;
  const area = kernel.reduce((product, k) => product * k, 1);
  const counts = countedElements(node, window).reduce(
    (products, axis) => products.flatMap((product) => axis.map((count) => product * count)),
    [1],
  );
  const even = counts.every((count) => count === area);
  const shares = x.graph.constant(
    float32(
      counts.map((count) => 1 / count),
      [1, 1, ...outputSize],
    ),
  );
  const channels = x.shape[1] as number;
  const taps = new Float32Array(channels * area).fill(even ? 1 / area : 1);
  const weights = x.graph.constant(float32(taps, [channels, 1, ...kernel]));
  const before = padsOf(node, window).slice(0, kernel.length);
  // Elements that the windows reach beyond the map, or leave out at its end.
  const beyond = kernel.map((k, i) => (outputSize[i]! - 1) * strides[i]! + k - before[i]! - inputSize[i]!);
  const attributes = {
    group: channels,
    strides,
    pads: [...before, ...beyond.map((n) => Math.max(n, 0))],
    output_padding: beyond.map((n) => Math.max(-n, 0)),
  };
  const shared = even ? gradient : multiply(gradient, shares);
  return [x.graph.add('ConvTranspose', [shared, weights], attributes)[0]!];
};

/** Elements that equal the maximum share the gradient equally. */
const globalMaxPoolBack: GradientRule = ({ inputs, outputs, gradient }) => {
  const best = indicator(equal(inputs[0]!, outputs[0]!));
  const inside = best.shape.flatMap((_, i) => (i < 2 ? [] : [i]));
  return [multiply(best, divide(gradient, reduceSum(best, inside, true)))];
};

const globalAveragePoolBack: GradientRule = ({ inputs, gradient }) => {
  const x = inputs[0]!;
  const area = x.shape.slice(2).reduce<number>((product, dim) => product * (dim as number), 1);
  return [expandLike(multiply(gradient, 1 / area), x)];
};

export const poolingRules = {
  MaxPool: { types: poolTypes, gradient: maxPoolBack },
  AveragePool: { types: poolTypes, gradient: averagePoolBack },
  GlobalMaxPool: { types: globalPoolTypes, gradient: globalMaxPoolBack },
  GlobalAveragePool: { types: globalPoolTypes, gradient: globalAveragePoolBack },
  MaxUnpool: { types: maxUnpoolTypes, gradient: 'none' },
} satisfies OperatorRules;
