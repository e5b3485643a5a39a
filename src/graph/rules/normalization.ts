/** @module Normalizations and dropout -> their rules. */
import {
  add,
  alongChannels,
  countOf,
  divide,
  multiply,
  negate,
  power,
  reduceMean,
  reduceSum,
  subtract,
} from '../operators.ts';
import { float32, formatShape } from '../tensor.ts';
import { float, type Value } from '../vocabulary.ts';
import { sameAsInput } from './elementwise.ts';
import { type GradientRule, integerAttribute, unsupportedGradient } from './gradient.ts';
import type { ShapeRule } from './inference.ts';
import type { OperatorRules } from './rule.ts';

const batchNormalizationTypes: ShapeRule = (context) => {
  const x = context.input(0);
  if (x.shape.length < 2) context.fail('expected [batch, channels, ...]');
  for (let i = 1; i < 5; i++) {
    if (formatShape(context.input(i).shape) !== formatShape([x.shape[1]!]))
      context.fail(`input ${i} needs one element a channel`);
  }
  const statistic = { dtype: x.dtype, shape: [x.shape[1]!] };
  return [{ ...x }, statistic, statistic];
};

/** x * scale + offset for each channel, in one pass over x. */
function channelAffine(x: Value, scale: Value, offset: Value): Value {
  const { graph } = x;
  const channels = x.shape[1] as number;
  const mean = graph.constant(float32(new Float32Array(channels)));
  const variance = graph.constant(float32(new Float32Array(channels).fill(1)));
  return graph.add('BatchNormalization', [x, scale, offset, mean, variance], { epsilon: float(0) })[0]!;
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

const instanceNormalizationTypes: ShapeRule = (context) => {
  const x = context.input(0);
  if (x.shape.length < 3) context.fail('expected [batch, channels, ...]');
  for (const index of [1, 2]) {
    if (formatShape(context.input(index).shape) !== formatShape([x.shape[1]!]))
      context.fail(`input ${index} needs one element a channel`);
  }
  return [{ ...x }];
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

/** The mask of dropout is an input of the training step, so a Dropout node that remains passes all. */
const dropoutBack: GradientRule = ({ gradient }) => [gradient];

export const normalizationRules = {
  BatchNormalization: {
    types: batchNormalizationTypes,
    gradient: batchNormalizationBack,
    parameters: [1, 2],
    statistics: [3, 4],
  },
  InstanceNormalization: {
    types: instanceNormalizationTypes,
    gradient: instanceNormalizationBack,
    parameters: [1, 2],
  },
  Dropout: { types: sameAsInput, gradient: dropoutBack },
} satisfies OperatorRules;
