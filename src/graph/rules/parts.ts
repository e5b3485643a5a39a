/** @module Operators that join, cut, pad and pick -> their rules. */
import { concat, multiply, pad, reshapeTo, reverse } from '../operators.ts';
import { type Dim, isSymbolic } from '../tensor.ts';
import type { Value } from '../vocabulary.ts';
import { sameAsInput } from './elementwise.ts';
import {
  type GradientContext,
  type GradientRule,
  integerAttribute,
  unsupportedGradient,
} from './gradient.ts';
import { axisOf, type ShapeRule } from './inference.ts';
import type { ContentsRule, OperatorRules } from './rule.ts';

const concatTypes: ShapeRule = (context) => {
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

const concatBack: GradientRule = ({ node, inputs, gradient, needs }) => {
  if (inputs.length === 1) return [gradient];
  const rank = gradient.shape.length;
  const axis = (integerAttribute(node, 'axis', 0) + rank) % rank;
  const sizes = inputs.map((input) => input!.shape[axis] as number);
  const { graph } = gradient;
  const parts = graph.add('Split', [gradient, graph.integers(sizes)], { axis }, { outputs: sizes.length });
  return parts.map((part, i) => (needs(i) ? part : undefined));
};

const splitTypes: ShapeRule = (context) => {
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

const splitBack: GradientRule = ({ node, inputs, outputs, gradients }) => {
  const rank = inputs[0]!.shape.length;
  const axis = (integerAttribute(node, 'axis', 0) + rank) % rank;
  return [
    concat(
      gradients.map((gradient, i) => gradient ?? multiply(outputs[i]!, 0)),
      axis,
    ),
  ];
};

/** Zeros around a gradient that covers [start, start + extent) of an axis of `total` elements. */
function padAxis(gradient: Value, axis: number, start: number, total: number): Value {
  const zeros = gradient.shape.map(() => 0);
  const extent = gradient.shape[axis] as number;
  if (start === 0 && extent === total) return gradient;
  return pad(gradient, zeros.with(axis, start), zeros.with(axis, total - start - extent));
}

function knownIntegers({ node, inputs }: GradientContext, index: number): readonly number[] | undefined {
  const input = inputs[index];
  return (
    (input?.graph.contentsOf(input.name) as readonly number[] | undefined) ??
    (input ? unsupportedGradient(node, 'with computed bounds') : undefined)
  );
}

const sliceTypes: ShapeRule = (context) => {
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

const sliceBack: GradientRule = (context) => {
  const x = context.inputs[0]!;
  const starts = knownIntegers(context, 1)!;
  const axes = knownIntegers(context, 3) ?? starts.map((_, i) => i);
  const steps = knownIntegers(context, 4) ?? starts.map(() => 1);
  let gradient = context.gradient;
  axes.forEach((raw, i) => {
    const axis = raw < 0 ? raw + x.shape.length : raw;
    const dim = x.shape[axis]!;
    const step = steps[i]!;
    if (typeof dim === 'string') return;
    if (Math.abs(step) !== 1) unsupportedGradient(context.node, `with step ${step}`);
    const extent = gradient.shape[axis] as number;
    const start = Math.min(
      Math.max(starts[i]! < 0 ? starts[i]! + dim : starts[i]!, 0),
      step > 0 ? dim : dim - 1,
    );
    if (step < 0) gradient = reverse(gradient, axis);
    gradient = padAxis(gradient, axis, step > 0 ? start : start - extent + 1, dim);
  });
  return [gradient];
};

const padTypes: ShapeRule = (context) => {
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

const padBack: GradientRule = (context) => {
  const { node, inputs, gradient } = context;
  if (((node.attributes.mode?.value as string | undefined) ?? 'constant') !== 'constant')
    unsupportedGradient(node, 'with repeated elements');
  const pads = knownIntegers(context, 1)!;
  const rank = inputs[0]!.shape.length;
  const axes = knownIntegers(context, 3) ?? gradient.shape.map((_, i) => i);
  const before = gradient.shape.map(() => 0);
  const after = [...before];
  axes.forEach((axis, i) => {
    before[axis < 0 ? axis + rank : axis] = 0 - pads[i]!;
    after[axis < 0 ? axis + rank : axis] = 0 - pads[i + axes.length]!;
  });
  return [pad(gradient, before, after)];
};

const gatherTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const axis = axisOf(context, context.integer('axis', 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...context.input(1).shape, ...x.shape.slice(axis + 1)];
  return [{ dtype: x.dtype, shape }];
};

/** Of one element along an axis, as when a class token is read. */
const gatherBack: GradientRule = (context) => {
  const [x, indices] = context.inputs as [Value, Value];
  const index = x.graph.contentsOf(indices.name);
  if (index?.length !== 1 || typeof index[0] !== 'number')
    throw unsupportedGradient(context.node, 'of more than one index');
  const axis = (integerAttribute(context.node, 'axis', 0) + x.shape.length) % x.shape.length;
  const dim = x.shape[axis]!;
  if (typeof dim === 'string') return unsupportedGradient(context.node, 'along the batch');
  const start = index[0] < 0 ? index[0] + dim : index[0];
  return [padAxis(reshapeTo(context.gradient, x.shape.with(axis, 1)), axis, start, dim), undefined];
};

const sliceContents: ContentsRule = ([first, ...bounds]) => {
  const [start, end, , step] = bounds.map((bound) => bound?.[0]);
  if (typeof start !== 'number' || typeof end !== 'number' || (step ?? 1) !== 1) return undefined;
  return first?.slice(start, end);
};

const gatherContents: ContentsRule = ([first, indices]) => {
  const picked = indices?.map((index) => (isSymbolic(index) ? undefined : first?.at(index)));
  return picked?.every((dim) => dim !== undefined) ? (picked as Dim[]) : undefined;
};

export const partRules = {
  Concat: {
    types: concatTypes,
    contents: (contents) => (contents.every((part) => part !== undefined) ? contents.flat() : undefined),
    gradient: concatBack,
    parameters: [0, 1],
  },
  Split: { types: splitTypes, gradient: splitBack },
  Slice: { types: sliceTypes, contents: sliceContents, gradient: sliceBack },
  Pad: { types: padTypes, gradient: padBack },
  Gather: { types: gatherTypes, contents: gatherContents, gradient: gatherBack },
  ScatterElements: { types: sameAsInput, gradient: 'none' },
} satisfies OperatorRules;
