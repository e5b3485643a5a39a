/** @module Inputs of operators that move elements without computing -> the types of their outputs. */
import { axisOf, type ShapeRule } from '../inference.ts';
import {
  broadcastShapes,
  type Dim,
  dataTypeOfCode,
  divideDims,
  formatShape,
  isSymbolic,
  productOfDims,
} from '../tensor.ts';

export const reshape: ShapeRule = (context) => {
  const x = context.input(0);
  const target = context.contents(1) ?? context.fail('the target shape is missing');
  const shape: Dim[] = target.map((dim, i) =>
    dim === 0 ? (x.shape[i] ?? context.fail('no dimension to copy')) : dim,
  );
  const open = shape.indexOf(-1);
  const total = productOfDims(x.shape) ?? context.fail('more than one symbolic dimension');
  const rest =
    productOfDims(shape.filter((_, i) => i !== open)) ?? context.fail('more than one symbolic dimension');
  if (open >= 0)
    shape[open] = divideDims(total, rest) ?? context.fail(`${total} elements do not divide by ${rest}`);
  else if (rest !== total) context.fail(`${total} elements do not fit into ${formatShape(shape)}`);
  return [{ dtype: x.dtype, shape }];
};

export const flatten: ShapeRule = (context) => {
  const x = context.input(0);
  const axis = context.integer('axis', 1);
  const at = axis < 0 ? axis + x.shape.length : axis;
  const rows = productOfDims(x.shape.slice(0, at)) ?? context.fail('more than one symbolic dimension');
  const columns = productOfDims(x.shape.slice(at)) ?? context.fail('more than one symbolic dimension');
  return [{ dtype: x.dtype, shape: [rows, columns] }];
};

export const transpose: ShapeRule = (context) => {
  const x = context.input(0);
  const order = context.list('perm', x.shape.map((_, i) => i).reverse());
  if (order.length !== x.shape.length) context.fail('perm needs one entry a dimension');
  return [{ dtype: x.dtype, shape: order.map((axis) => x.shape[axis]!) }];
};

export const concat: ShapeRule = (context) => {
  const first = context.input(0);
  const axis = axisOf(context, context.integer('axis', 0), first.shape.length);
  const shape = [...first.shape];
  let extent: Dim = 0;
  for (const input of context.inputs) {
    const same = input?.shape.every((dim, i) => i === axis || dim === first.shape[i]);
    if (!input || input.shape.length !== first.shape.length || !same)
      return context.fail('the shapes differ beyond the axis');
    const dim: Dim = input.shape[axis]!;
    if (context.inputs.length === 1) extent = dim;
    else if (isSymbolic(dim) || isSymbolic(extent))
      return context.fail('cannot join along a symbolic dimension');
    else extent += dim;
  }
  shape[axis] = extent;
  return [{ dtype: first.dtype, shape }];
};

export const split: ShapeRule = (context) => {
  const x = context.input(0);
  const axis = axisOf(context, context.integer('axis', 0), x.shape.length);
  const dim = x.shape[axis]!;
  const count = context.node.outputs.length;
  if (isSymbolic(dim)) return context.fail('cannot split a symbolic dimension');
  const chunk = Math.ceil(dim / count);
  const sizes =
    context.integers(1) ?? Array.from({ length: count }, (_, i) => Math.min(chunk, dim - i * chunk));
  if (sizes.reduce((sum, size) => sum + size, 0) !== dim) context.fail(`the parts do not add up to ${dim}`);
  return sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(axis, size) }));
};

export const slice: ShapeRule = (context) => {
  const x = context.input(0);
  const starts = context.integers(1) ?? context.fail('starts are missing');
  const ends = context.integers(2) ?? context.fail('ends are missing');
  const axes = context.integers(3) ?? starts.map((_, i) => i);
  const steps = context.integers(4) ?? starts.map(() => 1);
  const shape = [...x.shape];
  axes.forEach((raw, i) => {
    const axis = axisOf(context, raw, shape.length);
    const dim = shape[axis]!;
    if (isSymbolic(dim)) {
      if (starts[i] === 0 && ends[i]! >= 2 ** 31 && steps[i] === 1) return;
      return context.fail('cannot slice a symbolic dimension');
    }
    const step = steps[i]!;
    const clamp = (bound: number, low: number, high: number): number =>
      Math.min(Math.max(bound < 0 ? bound + dim : bound, low), high);
    const start = step > 0 ? clamp(starts[i]!, 0, dim) : clamp(starts[i]!, 0, dim - 1);
    const end = step > 0 ? clamp(ends[i]!, 0, dim) : clamp(ends[i]!, -1, dim - 1);
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return [{ dtype: x.dtype, shape }];
};

export const pad: ShapeRule = (context) => {
  const x = context.input(0);
  const pads = context.integers(1) ?? context.fail('pads are missing');
  const axes = context.integers(3) ?? x.shape.map((_, i) => i);
  const shape = [...x.shape];
  axes.forEach((raw, i) => {
    const axis = axisOf(context, raw, shape.length);
    const total = pads[i]! + pads[i + axes.length]!;
    const dim = shape[axis]!;
    if (total === 0) return;
    shape[axis] = isSymbolic(dim) ? context.fail('cannot pad a symbolic dimension') : dim + total;
  });
  return [{ dtype: x.dtype, shape }];
};

export const expand: ShapeRule = (context) => {
  const target = context.contents(1) ?? context.fail('the target shape is missing');
  const x = context.input(0);
  return [
    {
      dtype: x.dtype,
      shape: broadcastShapes(x.shape, target) ?? context.fail('the shapes do not broadcast'),
    },
  ];
};

export const gather: ShapeRule = (context) => {
  const x = context.input(0);
  const axis = axisOf(context, context.integer('axis', 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...context.input(1).shape, ...x.shape.slice(axis + 1)];
  return [{ dtype: x.dtype, shape }];
};

export const unsqueeze: ShapeRule = (context) => {
  const x = context.input(0);
  const axes = context.integers(1) ?? context.fail('axes are missing');
  const rank = x.shape.length + axes.length;
  const at = new Set(axes.map((axis) => axisOf(context, axis, rank)));
  const rest = [...x.shape];
  const shape = Array.from({ length: rank }, (_, i) => (at.has(i) ? 1 : rest.shift()!));
  return [{ dtype: x.dtype, shape }];
};

export const squeeze: ShapeRule = (context) => {
  const x = context.input(0);
  const axes = context.integers(1)?.map((axis) => axisOf(context, axis, x.shape.length));
  const shape = x.shape.filter((dim, i) => (axes ? !axes.includes(i) : dim !== 1));
  return [{ dtype: x.dtype, shape }];
};

export const shapeOf: ShapeRule = (context) => [{ dtype: 'int64', shape: [context.input(0).shape.length] }];

export const sizeOf: ShapeRule = () => [{ dtype: 'int64', shape: [] }];

export const cast: ShapeRule = (context) => {
  const dtype =
    dataTypeOfCode(context.integer('to', 1)) ?? context.fail('an element type that is not supported');
  return [{ dtype, shape: context.input(0).shape }];
};

export const constant: ShapeRule = (context) => {
  const value = context.node.attributes['value'];
  if (value?.type !== 'tensor') return context.fail('expected a tensor value');
  return [{ dtype: value.value.dtype, shape: value.value.shape }];
};
