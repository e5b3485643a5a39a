/** @module Inputs of elementwise operators, products and reductions -> the types of their outputs. */
import { axisOf, type ShapeRule } from '../inference.ts';
import { broadcastShapes, type DataType, formatShape, type Shape } from '../tensor.ts';

export const sameAsInput: ShapeRule = (context) => [{ ...context.input(0) }];

/** @param operands their number, where the operator does not take any */
export function elementwise(result?: DataType, operands?: number): ShapeRule {
  return (context) => {
    if (operands !== undefined && context.inputs.length !== operands)
      context.fail(`expected ${operands} inputs`);
    let shape: Shape = context.input(0).shape;
    for (let i = 1; i < context.inputs.length; i++) {
      const other = context.input(i);
      shape = broadcastShapes(shape, other.shape) ?? context.fail('the shapes do not broadcast');
      if (other.dtype !== context.input(0).dtype) context.fail('the element types differ');
    }
    return [{ dtype: result ?? context.input(0).dtype, shape }];
  };
}

/** The slope may be repeated, the input not. */
export const prelu: ShapeRule = (context) => {
  const x = context.input(0);
  const both = broadcastShapes(x.shape, context.input(1).shape);
  if (formatShape(both ?? []) !== formatShape(x.shape))
    context.fail('the slope does not broadcast to the input');
  return [{ ...x }];
};

export const where: ShapeRule = (context) => {
  if (context.input(1).dtype !== context.input(2).dtype) context.fail('the element types differ');
  const branches = broadcastShapes(context.input(1).shape, context.input(2).shape);
  const shape = branches && broadcastShapes(context.input(0).shape, branches);
  return [{ dtype: context.input(1).dtype, shape: shape ?? context.fail('the shapes do not broadcast') }];
};

export const matMul: ShapeRule = (context) => {
  const a = context.input(0);
  const b = context.input(1);
  if (a.shape.length < 2 || b.shape.length < 2) context.fail('both inputs need at least two dimensions');
  if (a.shape.at(-1) !== b.shape.at(-2)) context.fail('the inner dimensions differ');
  const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (!lead) return context.fail('the leading dimensions do not broadcast');
  return [{ dtype: a.dtype, shape: [...lead, a.shape.at(-2)!, b.shape.at(-1)!] }];
};

export const gemm: ShapeRule = (context) => {
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

export const reduce: ShapeRule = (context) => {
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

export const argMax: ShapeRule = (context) => {
  const x = context.input(0);
  const axis = axisOf(context, context.integer('axis', 0), x.shape.length);
  const keep = context.integer('keepdims', 1) === 1;
  return [{ dtype: 'int64', shape: x.shape.flatMap((dim, i) => (i === axis ? (keep ? [1] : []) : [dim])) }];
};
