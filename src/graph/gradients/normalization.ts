/** @module Gradient rules of batch normalization and pooling. */
import { float, type Node, type Value } from '../graph.ts';
import {
  add,
  countOf,
  divide,
  equal,
  expandLike,
  indicator,
  multiply,
  negate,
  power,
  reduceMean,
  reduceSum,
  reshape,
  shapeOf,
  subtract,
} from '../operators.ts';
import { float32 } from '../tensor.ts';
import { type GradientRule, integerAttribute, listAttribute, unsupportedGradient } from './rule.ts';
import { countedElements, padsOf, type Window } from './window.ts';

/** x * scale + offset for each channel, in one pass over x. */
function channelAffine(x: Value, scale: Value, offset: Value): Value {
  const { graph } = x;
  const channels = x.shape[1] as number;
  const mean = graph.constant(float32(new Float32Array(channels)));
  const variance = graph.constant(float32(new Float32Array(channels).fill(1)));
  return graph.add('BatchNormalization', [x, scale, offset, mean, variance], { epsilon: float(0) })[0]!;
}

/** [channels] as [1, channels, 1, 1]. */
function alongChannels(vector: Value, rank: number): Value {
  return reshape(
    vector,
    Array.from({ length: rank }, (_, i) => (i === 1 ? -1 : 1)),
  );
}

/**
 * Ioffe & Szegedy 2015, section 3: with m1 = mean(dY) and m2 = mean(dY * normalized X) over a channel,
 * dX = scale / deviation * (dY - m1 - normalized X * m2), rearranged to one affine pass over X.
 */
const batchNormalizationBack: GradientRule = ({ node, inputs, outputs, gradient, needs }) => {
  const [x, scale, offset, runningMean, runningVariance] = inputs as [Value, Value, Value, Value, Value];
  const training = integerAttribute(node, 'training_mode', 0) === 1;
  if (training && integerAttribute(node, 'momentum', 0.9) !== 0) unsupportedGradient(node, 'with momentum');
  const mean = training ? outputs[1]! : runningMean;
  const variance = training ? outputs[2]! : runningVariance;
  const rank = x.shape.length;
  const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const inverse = power(add(variance, integerAttribute(node, 'epsilon', 1e-5)), -0.5);
  const gain = multiply(scale, inverse);
  const passed = multiply(gradient, alongChannels(gain, rank));
  if (!training && !needs(1) && !needs(2)) return [passed];
  const m1 = reduceMean(gradient, axes);
  const m2 = multiply(inverse, subtract(reduceMean(multiply(gradient, x), axes), multiply(mean, m1)));
  const count = divide(countOf(gradient), scale.shape[0] as number);
  const slope = negate(multiply(multiply(gain, inverse), m2));
  const constant = negate(add(multiply(slope, mean), multiply(gain, m1)));
  return [
    needs(0) ? (training ? add(passed, channelAffine(x, slope, constant)) : passed) : undefined,
    needs(1) ? multiply(m2, count) : undefined,
    offset && needs(2) ? multiply(m1, count) : undefined,
  ];
};

/** Ulyanov, Vedaldi & Lempitsky 2016: batch normalization's formula with the statistics of each poster's channel. */
const instanceNormalizationBack: GradientRule = ({ node, inputs, gradient, needs }) => {
  const [x, scale, offset] = inputs as [Value, Value, Value];
  const rank = x.shape.length;
  const inside = x.shape.flatMap((_, i) => (i < 2 ? [] : [i]));
  const beyond = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const centred = subtract(x, reduceMean(x, inside, true));
  const variance = reduceMean(multiply(centred, centred), inside, true);
  const inverse = power(add(variance, integerAttribute(node, 'epsilon', 1e-5)), -0.5);
  const normalized = multiply(centred, inverse);
  const along = reduceMean(multiply(gradient, normalized), inside, true);
  const inner = subtract(subtract(gradient, reduceMean(gradient, inside, true)), multiply(normalized, along));
  return [
    needs(0) ? multiply(multiply(inner, inverse), alongChannels(scale, rank)) : undefined,
    needs(1) ? reduceSum(multiply(gradient, normalized), beyond) : undefined,
    needs(2) && offset ? reduceSum(gradient, beyond) : undefined,
  ];
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

/** Each gradient goes to the position that was the maximum; windows that overlap add up. */
const maxPoolBack: GradientRule = ({ node, inputs, outputs, gradient }) => {
  const x = inputs[0]!;
  const indices = outputs[1];
  if (!indices) return unsupportedGradient(node, 'without its indices');
  const { graph } = x;
  const window = windowOf(node, x, gradient);
  if (areApart(node, window)) {
    const attributes = { kernel_shape: window.kernel, strides: window.strides };
    return [graph.add('MaxUnpool', [gradient, indices, shapeOf(x)], attributes)[0]!];
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

/** The mask of dropout is an input of the training step, so a Dropout node that remains passes all. */
const dropoutBack: GradientRule = ({ gradient }) => [gradient];

export const normalizationRules: Readonly<Record<string, GradientRule>> = {
  BatchNormalization: batchNormalizationBack,
  MaxPool: maxPoolBack,
  AveragePool: averagePoolBack,
  GlobalAveragePool: globalAveragePoolBack,
  GlobalMaxPool: globalMaxPoolBack,
  InstanceNormalization: instanceNormalizationBack,
  Dropout: dropoutBack,
};
