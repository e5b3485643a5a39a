/** @module Gradient rules of matrix products, softmax and layer normalization. */
import type { Value } from '../graph.ts';
import {
  add,
  divide,
  exp,
  gemm,
  matMul,
  multiply,
  power,
  reduceMean,
  reduceSum,
  reshapeTo,
  subtract,
  transpose,
} from '../operators.ts';
import { type GradientRule, integerAttribute, unbroadcast } from './rule.ts';

function transposeLast(x: Value): Value {
  const order = x.shape.map((_, i) => i);
  const last = order.length - 1;
  return transpose(x, order.with(last, last - 1).with(last - 1, last));
}

/** [..., columns] as [rows, columns]. */
function flattenRows(x: Value): Value {
  const columns = x.shape.at(-1) as number;
  return x.shape.length === 2 ? x : x.graph.add('Reshape', [x, x.graph.integers([-1, columns])])[0]!;
}

const matMulBack: GradientRule = ({ inputs, gradient, needs }) => {
  const [a, b] = inputs as [Value, Value];
  if (b.shape.length === 2) {
    // One product over all rows, instead of one a batch entry and a sum.
    const rows = flattenRows(gradient);
    return [
      needs(0) ? reshapeTo(gemm(rows, b, undefined, { transposeB: true }), a.shape) : undefined,
      needs(1) ? gemm(flattenRows(a), rows, undefined, { transposeA: true }) : undefined,
    ];
  }
  return [
    needs(0) ? unbroadcast(matMul(gradient, transposeLast(b)), a.shape) : undefined,
    needs(1) ? unbroadcast(matMul(transposeLast(a), gradient), b.shape) : undefined,
  ];
};

const gemmBack: GradientRule = ({ node, inputs, gradient, needs }) => {
  const [a, b, bias] = inputs as [Value, Value, Value | undefined];
  const transposedA = integerAttribute(node, 'transA', 0) === 1;
  const transposedB = integerAttribute(node, 'transB', 0) === 1;
  const alpha = integerAttribute(node, 'alpha', 1);
  const beta = integerAttribute(node, 'beta', 1);
  const scaled = alpha === 1 ? gradient : multiply(gradient, alpha);
  const product = (left: Value, right: Value, transposeLeft: boolean, transposeRight: boolean): Value =>
    gemm(left, right, undefined, { transposeA: transposeLeft, transposeB: transposeRight });
  return [
    needs(0)
      ? transposedA
        ? product(b, scaled, transposedB, true)
        : product(scaled, b, false, !transposedB)
      : undefined,
    needs(1)
      ? transposedB
        ? product(scaled, a, true, transposedA)
        : product(a, scaled, !transposedA, false)
      : undefined,
    bias && needs(2) ? unbroadcast(beta === 1 ? gradient : multiply(gradient, beta), bias.shape) : undefined,
  ];
};

const softmaxBack: GradientRule = ({ node, outputs, gradient }) => {
  const y = outputs[0]!;
  const axis = integerAttribute(node, 'axis', -1);
  const inner = reduceSum(multiply(gradient, y), [axis], true);
  return [multiply(y, subtract(gradient, inner))];
};

const logSoftmaxBack: GradientRule = ({ node, outputs, gradient }) => {
  const axis = integerAttribute(node, 'axis', -1);
  return [subtract(gradient, multiply(exp(outputs[0]!), reduceSum(gradient, [axis], true)))];
};

/** Ba, Kiros & Hinton 2016, over the axes from the given one on. */
const layerNormalizationBack: GradientRule = ({ node, inputs, gradient, needs }) => {
  const [x, scale, offset] = inputs as [Value, Value, Value | undefined];
  const rank = x.shape.length;
  const first = (integerAttribute(node, 'axis', -1) + rank) % rank;
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  const epsilon = integerAttribute(node, 'epsilon', 1e-5);
  const centred = subtract(x, reduceMean(x, axes, true));
  const variance = reduceMean(multiply(centred, centred), axes, true);
  const deviation = power(add(variance, epsilon), 0.5);
  const normalized = divide(centred, deviation);
  const scaled = multiply(gradient, scale);
  const along = reduceMean(multiply(scaled, normalized), axes, true);
  const inner = subtract(subtract(scaled, reduceMean(scaled, axes, true)), multiply(normalized, along));
  return [
    needs(0) ? divide(inner, deviation) : undefined,
    needs(1) ? unbroadcast(multiply(gradient, normalized), scale.shape) : undefined,
    offset && needs(2) ? unbroadcast(gradient, offset.shape) : undefined,
  ];
};

export const matrixRules: Readonly<Record<string, GradientRule>> = {
  MatMul: matMulBack,
  Gemm: gemmBack,
  Softmax: softmaxBack,
  LogSoftmax: logSoftmaxBack,
  LayerNormalization: layerNormalizationBack,
};
