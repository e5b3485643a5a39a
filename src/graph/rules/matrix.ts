/** @module Matrix products, and operators along the last axes -> their rules. */
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
import { broadcastShapes, formatShape, type Shape } from '../tensor.ts';
import type { Value } from '../vocabulary.ts';
import { sameAsInput } from './elementwise.ts';
import { type GradientRule, integerAttribute, unbroadcast } from './gradient.ts';
import type { ShapeRule } from './inference.ts';
import type { OperatorRules } from './rule.ts';

const matMulTypes: ShapeRule = (context) => {
  const a = context.input(0);
  const b = context.input(1);
  if (a.shape.length < 2 || b.shape.length < 2) context.fail('both inputs need at least two dimensions');
  if (a.shape.at(-1) !== b.shape.at(-2)) context.fail('the inner dimensions differ');
  const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (!lead) return context.fail('the leading dimensions do not broadcast');
  return [{ dtype: a.dtype, shape: [...lead, a.shape.at(-2)!, b.shape.at(-1)!] }];
};

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

const gemmTypes: ShapeRule = (context) => {
  const a = context.input(0);
  const b = context.input(1);
  if (a.shape.length !== 2 || b.shape.length !== 2) context.fail('both inputs need two dimensions');
  const [rows, inner] = context.integer('transA', 0)
    ? [a.shape[1]!, a.shape[0]!]
    : [a.shape[0]!, a.shape[1]!];
  const [inner2, columns] = context.integer('transB', 0)
    ? [b.shape[1]!, b.shape[0]!]
    : [b.shape[0]!, b.shape[1]!];
  if (inner !== inner2) context.fail('the inner dimensions differ');
  const bias = context.inputs[2];
  const shape: Shape = [rows, columns];
  if (bias && formatShape(broadcastShapes(bias.shape, shape) ?? []) !== formatShape(shape)) {
    context.fail('the bias does not broadcast to the product');
  }
  return [{ dtype: a.dtype, shape }];
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

export const matrixRules = {
  MatMul: { types: matMulTypes, gradient: matMulBack, kernel: [1, 0], parameters: [0, 1] },
  Gemm: { types: gemmTypes, gradient: gemmBack, kernel: [1], parameters: [1, 2] },
  Softmax: { types: sameAsInput, gradient: softmaxBack },
  LogSoftmax: { types: sameAsInput, gradient: logSoftmaxBack },
  LayerNormalization: { types: sameAsInput, gradient: layerNormalizationBack, parameters: [1, 2] },
} satisfies OperatorRules;
