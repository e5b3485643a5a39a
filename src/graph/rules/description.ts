/** @module Operators that describe values or make constants -> their rules. */
import { onesheetError } from '../../errors.ts';
import { contentsOfTensor, maximumElements, rangeLength } from '../contents.ts';
import { cast } from '../operators.ts';
import { dataTypeOfCode, formatShape, isSymbolic, type Shape } from '../tensor.ts';
import type { Node } from '../vocabulary.ts';
import type { GradientRule } from './gradient.ts';
import type { ShapeRule } from './inference.ts';
import type { ContentsRule, OperatorRules } from './rule.ts';

const shapeTypes: ShapeRule = (context) => {
  const { shape } = context.input(0);
  const part = shape.slice(context.integer('start', 0), context.integer('end', shape.length));
  return [{ dtype: 'int64', shape: [part.length] }];
};

const sizeTypes: ShapeRule = () => [{ dtype: 'int64', shape: [] }];

const castTypes: ShapeRule = (context) => {
  const dtype =
    dataTypeOfCode(context.integer('to', 1)) ?? context.fail('an element type that is not supported');
  return [{ dtype, shape: context.input(0).shape }];
};

const castBack: GradientRule = ({ inputs, node, gradient }) => {
  if (inputs[0]!.dtype === 'float32') return [cast(gradient, 'float32')];
  throw onesheetError('GRAPH_OPERATOR', node.op, node.name, `differentiation of ${inputs[0]!.dtype}`);
};

const constantTypes: ShapeRule = (context) => {
  const value = context.node.attributes.value;
  if (value?.type !== 'tensor') return context.fail('expected a tensor value');
  return [{ dtype: value.value.dtype, shape: value.value.shape }];
};

const constantOfShapeTypes: ShapeRule = (context) => {
  const shape = context.contents(0) ?? context.fail('the shape is missing');
  if (shape.some((dim) => !isSymbolic(dim) && dim < 0)) context.fail(`${formatShape(shape)} is no shape`);
  const value = context.node.attributes.value;
  return [{ dtype: value?.type === 'tensor' ? value.value.dtype : 'float32', shape }];
};

const rangeTypes: ShapeRule = (context) => {
  const bounds = [0, 1, 2].map((index) => context.integers(index)?.[0]);
  const [start, limit, step] = bounds.map(
    (bound) => bound ?? context.fail('start, limit and step are needed'),
  );
  return [{ dtype: context.input(0).dtype, shape: [rangeLength(start!, limit!, step!)] }];
};

function constantIn(node: Node): Shape | undefined {
  const { value } = node.attributes;
  return value?.type === 'tensor' ? contentsOfTensor(value.value) : undefined;
}

const constantOfShapeContents: ContentsRule = ([first], node) => {
  const [count = 1, ...more] = first ?? [undefined];
  if (first === undefined || isSymbolic(count) || count > maximumElements || more.length > 0)
    return undefined;
  const [fill] = constantIn(node) || [0];
  return Array.from({ length: count }, () => fill!);
};

const rangeContents: ContentsRule = (contents) => {
  const [start, limit, step] = contents.map((part) => part?.[0]);
  if (typeof start !== 'number' || typeof limit !== 'number' || typeof step !== 'number') return undefined;
  const count = rangeLength(start, limit, step);
  return count <= maximumElements ? Array.from({ length: count }, (_, i) => start + i * step) : undefined;
};

const shapeContents: ContentsRule = (_contents, { attributes }, shape) =>
  shape?.slice(
    (attributes.start?.value as number | undefined) ?? 0,
    attributes.end?.value as number | undefined,
  );

export const descriptionRules = {
  Shape: { types: shapeTypes, contents: shapeContents, gradient: 'flat' },
  Size: { types: sizeTypes, gradient: 'flat' },
  Cast: { types: castTypes, contents: ([first]) => first, gradient: castBack },
  Constant: { types: constantTypes, contents: (_contents, node) => constantIn(node), gradient: 'none' },
  ConstantOfShape: { types: constantOfShapeTypes, contents: constantOfShapeContents, gradient: 'flat' },
  Range: { types: rangeTypes, contents: rangeContents, gradient: 'flat' },
} satisfies OperatorRules;
