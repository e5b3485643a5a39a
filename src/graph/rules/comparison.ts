/** @module Operators that compare and choose -> their rules. */
import { chosen, dimsOfBoth, equalDims } from '../contents.ts';
import { where } from '../operators.ts';
import { broadcastShapes } from '../tensor.ts';
import type { Value } from '../vocabulary.ts';
import { elementwise, sameAsInput } from './elementwise.ts';
import { type GradientRule, unbroadcast } from './gradient.ts';
import { axisOf, type ShapeRule } from './inference.ts';
import type { OperatorRule, OperatorRules } from './rule.ts';

const whereTypes: ShapeRule = (context) => {
  if (context.input(1).dtype !== context.input(2).dtype) context.fail('the element types differ');
  const branches = broadcastShapes(context.input(1).shape, context.input(2).shape);
  const shape = branches && broadcastShapes(context.input(0).shape, branches);
  return [{ dtype: context.input(1).dtype, shape: shape ?? context.fail('the shapes do not broadcast') }];
};

const select: GradientRule = ({ inputs, gradient, needs }) => {
  const [condition, a, b] = inputs as [Value, Value, Value];
  return [
    undefined,
    needs(1) ? unbroadcast(where(condition, gradient, 0), a.shape) : undefined,
    needs(2) ? unbroadcast(where(condition, 0, gradient), b.shape) : undefined,
  ];
};

const argMaxTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const axis = axisOf(context, context.integer('axis', 0), x.shape.length);
  const keep = context.integer('keepdims', 1) === 1;
  return [{ dtype: 'int64', shape: x.shape.flatMap((dim, i) => (i === axis ? (keep ? [1] : []) : [dim])) }];
};

/** Almost everywhere a small change changes no answer. */
const test: OperatorRule = { types: elementwise('bool', 2), gradient: 'flat' };

export const comparisonRules = {
  Equal: { ...test, contents: ([first, second]) => first && second && dimsOfBoth(first, second, equalDims) },
  Greater: test,
  GreaterOrEqual: test,
  Less: test,
  LessOrEqual: test,
  And: test,
  Or: test,
  Not: { types: sameAsInput, gradient: 'flat' },
  ArgMax: { types: argMaxTypes, gradient: 'flat' },
  Where: {
    types: whereTypes,
    contents: ([conditions, a, b]) => conditions && a && b && chosen(conditions, a, b),
    gradient: select,
  },
} satisfies OperatorRules;
