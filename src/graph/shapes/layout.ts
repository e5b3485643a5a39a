/** @module Inputs of operators that move elements without computing -> the types of their outputs. */
import { rangeLength } from '../contents.ts';
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

export const flatten: ShapeRule = (context) => {
  const x = context.input(0);
  const axis = context.integer('axis', 1);
  const at = axis === x.shape.length ? axis : axisOf(context, axis, x.shape.length);
  const rows = productOfDims(x.shape.slice(0, at)) ?? context.fail('more than one symbolic dimension');
  const columns = productOfDims(x.shape.slice(at)) ?? context.fail('more than one symbolic dimension');
  return [{ dtype: x.dtype, shape: [rows, columns] }];
};

export const transpose: ShapeRule = (context) => {
  const x = context.input(0);
  const order = context.list('perm', x.shape.map((_, i) => i).reverse());
  if (!x.shape.every((_, axis) => order.includes(axis)))
    context.fail(`perm ${formatShape(order)} is no permutation`);
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
    if (input.dtype !== first.dtype) context.fail('the element types differ');
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
  if (context.node.outputs.includes('')) context.fail('every part needs a name');
  const chunk = Math.ceil(dim / count);
  const sizes =
    context.integers(1) ?? Array.from({ length: count }, (_, i) => Math.min(chunk, dim - i * chunk));
  if (sizes.length !== count) context.fail(`${sizes.length} sizes are given for ${count} parts`);
  if (sizes.some((size) => size < 0) || sizes.reduce((sum, size) => sum + size, 0) !== dim)
    context.fail(`the parts do not add up to ${dim}`);
  return sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(axis, size) }));
};

export const slice: ShapeRule = (context) => {
  const x = context.input(0);
  const starts = context.integers(1) ?? context.fail('starts are missing');
  const ends = context.integers(2) ?? context.fail('ends are missing');
  const axes = context.integers(3) ?? starts.map((_, i) => i);
  const steps = context.integers(4) ?? starts.map(() => 1);
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    context.fail('starts, ends, axes and steps differ in length');
  const shape = [...x.shape];
  for (const [i, raw] of axes.entries()) {
    const axis = axisOf(context, raw, shape.length);
    const dim = shape[axis]!;
    if (isSymbolic(dim)) {
      if (starts[i] === 0 && ends[i]! >= 2 ** 31 && steps[i] === 1) continue;
      return context.fail('cannot slice a symbolic dimension');
    }
    const step = steps[i] || context.fail('a step is 0');
    const clamp = (bound: number, low: number, high: number): number =>
      Math.min(Math.max(bound < 0 ? bound + dim : bound, low), high);
    const start = step > 0 ? clamp(starts[i]!, 0, dim) : clamp(starts[i]!, 0, dim - 1);
    const end = step > 0 ? clamp(ends[i]!, 0, dim) : clamp(ends[i]!, -1, dim - 1);
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  }
  return [{ dtype: x.dtype, shape }];
};

export const pad: ShapeRule = (context) => {
  const x = context.input(0);
  const pads = context.integers(1) ?? context.fail('pads are missing');
  const axes = context.integers(3) ?? x.shape.map((_, i) => i);
  if (pads.length !== 2 * axes.length) context.fail('pads needs two entries an axis');
  const shape = [...x.shape];
  for (const [i, raw] of axes.entries()) {
    const axis = axisOf(context, raw, shape.length);
    const dim = shape[axis]!;
    if (pads[i] === 0 && pads[i + axes.length] === 0) continue;
    if (isSymbolic(dim)) return context.fail('cannot pad a symbolic dimension');
    shape[axis] = dim + pads[i]! + pads[i + axes.length]!;
    if (shape[axis] < 0) context.fail(`more than ${dim} elements are cropped`);
  }
  return [{ dtype: x.dtype, shape }];
};

export const expand: ShapeRule = (context) => {
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
  if (at.size !== axes.length) context.fail('an axis is named twice');
  const rest = [...x.shape];
  const shape = Array.from({ length: rank }, (_, i) => (at.has(i) ? 1 : rest.shift()!));
  return [{ dtype: x.dtype, shape }];
};

export const squeeze: ShapeRule = (context) => {
  const x = context.input(0);
  const axes = context.integers(1)?.map((axis) => axisOf(context, axis, x.shape.length));
  for (const axis of axes ?? [])
    if (x.shape[axis] !== 1) context.fail(`axis ${axis} has more than one element`);
  const shape = x.shape.filter((dim, i) => (axes ? !axes.includes(i) : dim !== 1));
  return [{ dtype: x.dtype, shape }];
};

export const shapeOf: ShapeRule = (context) => {
  const { shape } = context.input(0);
  const part = shape.slice(context.integer('start', 0), context.integer('end', shape.length));
  return [{ dtype: 'int64', shape: [part.length] }];
};

export const sizeOf: ShapeRule = () => [{ dtype: 'int64', shape: [] }];

export const cast: ShapeRule = (context) => {
  const dtype =
    dataTypeOfCode(context.integer('to', 1)) ?? context.fail('an element type that is not supported');
  return [{ dtype, shape: context.input(0).shape }];
};

export const constant: ShapeRule = (context) => {
  const value = context.node.attributes.value;
  if (value?.type !== 'tensor') return context.fail('expected a tensor value');
  return [{ dtype: value.value.dtype, shape: value.value.shape }];
};

export const constantOfShape: ShapeRule = (context) => {
  const shape = context.contents(0) ?? context.fail('the shape is missing');
  if (shape.some((dim) => !isSymbolic(dim) && dim < 0)) context.fail(`${formatShape(shape)} is no shape`);
  const value = context.node.attributes.value;
  return [{ dtype: value?.type === 'tensor' ? value.value.dtype : 'float32', shape }];
};

export const range: ShapeRule = (context) => {
  const bounds = [0, 1, 2].map((index) => context.integers(index)?.[0]);
  const [start, limit, step] = bounds.map(
    (bound) => bound ?? context.fail('start, limit and step are needed'),
  );
  return [{ dtype: context.input(0).dtype, shape: [rangeLength(start!, limit!, step!)] }];
};
