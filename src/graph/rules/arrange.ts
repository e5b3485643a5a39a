/** @module Operators that keep all elements and arrange them anew -> their rules. */
import { reshapeTo, transpose } from '../operators.ts';
import {
  broadcastShapes,
  type Dim,
  divideDims,
  formatShape,
  isSymbolic,
  multiplyDims,
  productOfDims,
} from '../tensor.ts';
import { type GradientRule, integerAttribute, listAttribute, unbroadcast } from './gradient.ts';
import { axisOf, type InferenceContext, type ShapeRule } from './inference.ts';
import type { OperatorRules } from './rule.ts';

const reshapeTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const target = context.contents(1) ?? context.fail('the target shape is missing');
  const copies = context.integer('allowzero', 0) === 0;
  const shape: Dim[] = target.map((dim, i) =>
    dim === 0 && copies ? (x.shape[i] ?? context.fail('no dimension to copy')) : dim,
  );
  const negative = shape.filter((dim) => !isSymbolic(dim) && dim < 0);
  if (negative.length > 1 || negative.some((dim) => dim !== -1))
    context.fail(`${formatShape(target)} is no shape`);
  const open = shape.indexOf(-1);
  const total = productOfDims(x.shape) ?? context.fail('more than one symbolic dimension');
  const rest =
    productOfDims(shape.filter((_, i) => i !== open)) ?? context.fail('more than one symbolic dimension');
  if (open >= 0)
    shape[open] = divideDims(total, rest) ?? context.fail(`${total} elements do not divide by ${rest}`);
  else if (rest !== total) context.fail(`${total} elements do not fit into ${formatShape(shape)}`);
  return [{ dtype: x.dtype, shape }];
};

const flattenTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const axis = context.integer('axis', 1);
  const at = axis === x.shape.length ? axis : axisOf(context, axis, x.shape.length);
  const rows = productOfDims(x.shape.slice(0, at)) ?? context.fail('more than one symbolic dimension');
  const columns = productOfDims(x.shape.slice(at)) ?? context.fail('more than one symbolic dimension');
  return [{ dtype: x.dtype, shape: [rows, columns] }];
};

const reshapeBack: GradientRule = ({ inputs, gradient }) => [reshapeTo(gradient, inputs[0]!.shape)];

const transposeTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const order = context.list('perm', x.shape.map((_, i) => i).reverse());
  if (!x.shape.every((_, axis) => order.includes(axis)))
    context.fail(`perm ${formatShape(order)} is no permutation`);
  return [{ dtype: x.dtype, shape: order.map((axis) => x.shape[axis]!) }];
};

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

const unsqueezeTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const axes = context.integers(1) ?? context.fail('axes are missing');
  const rank = x.shape.length + axes.length;
  const at = new Set(axes.map((axis) => axisOf(context, axis, rank)));
  if (at.size !== axes.length) context.fail('an axis is named twice');
  const rest = [...x.shape];
  const shape = Array.from({ length: rank }, (_, i) => (at.has(i) ? 1 : rest.shift()!));
  return [{ dtype: x.dtype, shape }];
};

const squeezeTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const axes = context.integers(1)?.map((axis) => axisOf(context, axis, x.shape.length));
  for (const axis of axes ?? [])
    if (x.shape[axis] !== 1) context.fail(`axis ${axis} has more than one element`);
  const shape = x.shape.filter((dim, i) => (axes ? !axes.includes(i) : dim !== 1));
  return [{ dtype: x.dtype, shape }];
};

const expandTypes: ShapeRule = (context) => {
  const target = context.contents(1) ?? context.fail('the target shape is missing');
  const x = context.input(0);
  if (target.some((dim) => !isSymbolic(dim) && dim < 0)) context.fail(`${formatShape(target)} is no shape`);
  return [
    {
      dtype: x.dtype,
      shape: broadcastShapes(x.shape, target) ?? context.fail('the shapes do not broadcast'),
    },
  ];
};

const expandBack: GradientRule = ({ inputs, gradient }) => [unbroadcast(gradient, inputs[0]!.shape)];

function blockOf(context: InferenceContext): number {
  if (context.input(0).shape.length !== 4) context.fail('input 0 needs 4 dimensions');
  const block = context.integer('blocksize', 0);
  return block > 0 ? block : context.fail('blocksize must be positive');
}

const spaceToDepthTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const block = blockOf(context);
  const [batch, channels, height, width] = x.shape as [Dim, Dim, Dim, Dim];
  const rows = divideDims(height, block) ?? context.fail(`height must divide by ${block}`);
  const columns = divideDims(width, block) ?? context.fail(`width must divide by ${block}`);
  return [{ dtype: x.dtype, shape: [batch, multiplyDims(channels, block * block)!, rows, columns] }];
};

const depthToSpaceTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const block = blockOf(context);
  const [batch, channels, height, width] = x.shape as [Dim, Dim, Dim, Dim];
  const depth =
    divideDims(channels, block * block) ?? context.fail(`the channels must divide by ${block * block}`);
  return [
    { dtype: x.dtype, shape: [batch, depth, multiplyDims(height, block)!, multiplyDims(width, block)!] },
  ];
};

const spaceToDepthBack: GradientRule = ({ node, gradient }) => [
  gradient.graph.add('DepthToSpace', [gradient], { blocksize: integerAttribute(node, 'blocksize', 1) })[0]!,
];

export const arrangementRules = {
  // A list stays the list that it is.
  Reshape: {
    types: reshapeTypes,
    contents: ([first, target]) => (target?.length === 1 ? first : undefined),
    gradient: reshapeBack,
  },
  Flatten: { types: flattenTypes, gradient: reshapeBack },
  Unsqueeze: { types: unsqueezeTypes, contents: ([first]) => first, gradient: reshapeBack },
  Squeeze: { types: squeezeTypes, contents: ([first]) => first, gradient: reshapeBack },
  Transpose: { types: transposeTypes, gradient: transposeBack },
  Expand: { types: expandTypes, gradient: expandBack, parameters: [0] },
  SpaceToDepth: { types: spaceToDepthTypes, gradient: spaceToDepthBack },
  DepthToSpace: { types: depthToSpaceTypes, gradient: 'none' },
} satisfies OperatorRules;
