/** @module Operators that sum up along axes -> their rules. */
import {
  countOf,
  divide,
  equal,
  expandLike,
  indicator,
  multiply,
  reduceSum,
  reshapeTo,
} from '../operators.ts';
import type { Shape } from '../tensor.ts';
import { type GradientContext, type GradientRule, integerAttribute } from './gradient.ts';
import { axisOf, type ShapeRule } from './inference.ts';
import type { OperatorRules } from './rule.ts';

const reducedTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const rank = x.shape.length;
  const given = context.integers(1) ?? [];
  const all = given.length === 0;
  if (all && context.integer('noop_with_empty_axes', 0)) return [{ ...x }];
  const axes = new Set(all ? x.shape.map((_, i) => i) : given.map((axis) => axisOf(context, axis, rank)));
  const keep = context.integer('keepdims', 1) === 1;
  const shape = x.shape.flatMap((dim, i) => (axes.has(i) ? (keep ? [1] : []) : [dim]));
  return [{ dtype: x.dtype, shape }];
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

export const reductionRules = {
  ReduceSum: { types: reducedTypes, gradient: reduceSumBack },
  ReduceMean: { types: reducedTypes, gradient: reduceMeanBack },
  ReduceMax: { types: reducedTypes, gradient: reduceExtremumBack },
  ReduceMin: { types: reducedTypes, gradient: reduceExtremumBack },
  ReduceSumSquare: { types: reducedTypes, gradient: reduceSumSquareBack },
} satisfies OperatorRules;
