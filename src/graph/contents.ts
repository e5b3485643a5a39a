/** @module A node that computes with shapes -> what its small integer output holds, batch dimension and all. */
import type { Node } from './graph.ts';
import { type Dim, divideDims, isSymbolic, multiplyDims, type Shape, type Tensor } from './tensor.ts';

/** Above this many elements an integer tensor is data, not a shape. */
const maximumElements = 64;

/** The integers of a constant that may serve as a shape, axes or bounds. */
export function contentsOfTensor(tensor: Tensor): Shape | undefined {
  const integer = tensor.dtype === 'int64' || tensor.dtype === 'int32';
  if (!integer || tensor.shape.length > 1 || tensor.data.length > maximumElements) return undefined;
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

function addDims(a: Dim, b: Dim, sign: 1 | -1): Dim | undefined {
  if (b === 0) return a;
  return isSymbolic(a) || isSymbolic(b) ? undefined : a + sign * b;
}

function each(a: Shape, b: Shape, combine: (x: Dim, y: Dim) => Dim | undefined): Shape | undefined {
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
  const length = a.length === 1 ? b.length : a.length;
  const result = Array.from({ length }, (_, i) =>
    combine(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!),
  );
  return result.every((dim) => dim !== undefined) ? (result as Dim[]) : undefined;
}

/** Integers are divided towards zero. */
function quotient(a: Dim, b: Dim): Dim | undefined {
  return isSymbolic(a) || isSymbolic(b) || b === 0 ? divideDims(a, b) : Math.trunc(a / b);
}

/** Of non-negative numbers, on which ONNX's two kinds agree. */
function remainder(a: Dim, b: Dim): Dim | undefined {
  return isSymbolic(a) || isSymbolic(b) || a < 0 || b <= 0 ? undefined : a % b;
}

/** 1 or 0; a batch of unknown size is not negative. */
function equalDims(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return 1;
  if (isSymbolic(a) === isSymbolic(b)) return isSymbolic(a) ? undefined : 0;
  return Number(isSymbolic(a) ? b : a) < 0 ? 0 : undefined;
}

function chosen(conditions: Shape, a: Shape, b: Shape): Shape | undefined {
  const length = Math.max(conditions.length, a.length, b.length);
  if ([conditions, a, b].some((part) => part.length !== 1 && part.length !== length)) return undefined;
  const pick = (part: Shape, i: number): Dim => part[part.length === 1 ? 0 : i]!;
  return Array.from({ length }, (_, i) => pick(pick(conditions, i) === 1 ? a : b, i));
}

/** How many numbers from `start` towards `limit` there are. */
export function rangeLength(start: number, limit: number, step: number): number {
  const count = Math.ceil((limit - start) / step);
  return Number.isFinite(count) ? Math.max(count, 0) : 0;
}

/**
 * Follows the arithmetic that exporters put around Reshape and Expand (Shape, Gather, Concat, Slice, ...).
 *
 * @param contents what is known of each input, in order
 * @param shapeOfInput the shape of the first input, for Shape
 * @returns the integers or symbols of the first output; `undefined` when they are not known
 */
export function contentsOfNode(
  node: Node,
  contents: readonly (Shape | undefined)[],
  shapeOfInput: Shape | undefined,
): Shape | undefined {
  const [first, second] = contents;
  switch (node.op) {
    case 'Shape':
      return shapeOfInput?.slice(
        (node.attributes.start?.value as number | undefined) ?? 0,
        node.attributes.end?.value as number | undefined,
      );
    case 'Constant': {
      const value = node.attributes.value;
      return value?.type === 'tensor' ? contentsOfTensor(value.value) : undefined;
    }
    case 'Identity':
    case 'Cast':
    case 'Squeeze':
    case 'Unsqueeze':
      return first;
    // A list stays the list that it is.
    case 'Reshape':
      return second?.length === 1 ? first : undefined;
    case 'ConstantOfShape': {
      const [count = 1, ...more] = first ?? [undefined];
      if (first === undefined || isSymbolic(count) || count > maximumElements || more.length > 0)
        return undefined;
      const value = node.attributes.value;
      const [fill] = (value?.type === 'tensor' && contentsOfTensor(value.value)) || [0];
      return Array.from({ length: count }, () => fill!);
    }
    case 'Range': {
      const [start, limit, step] = contents.map((part) => part?.[0]);
      if (typeof start !== 'number' || typeof limit !== 'number' || typeof step !== 'number')
        return undefined;
      const count = rangeLength(start, limit, step);
      return count <= maximumElements ? Array.from({ length: count }, (_, i) => start + i * step) : undefined;
    }
    case 'Equal':
      return first && second && each(first, second, equalDims);
    case 'Where':
      return first && second && contents[2] && chosen(first, second, contents[2]);
    case 'Concat':
      return contents.every((part) => part !== undefined) ? contents.flat() : undefined;
    case 'Gather': {
      const picked = second?.map((index) => (isSymbolic(index) ? undefined : first?.at(index)));
      return picked?.every((dim) => dim !== undefined) ? (picked as Dim[]) : undefined;
    }
    case 'Slice': {
      const [start, end, , step] = contents.slice(1).map((bound) => bound?.[0]);
      if (typeof start !== 'number' || typeof end !== 'number' || (step ?? 1) !== 1) return undefined;
      return first?.slice(start, end);
    }
    case 'Add':
      return first && second && each(first, second, (a, b) => addDims(a, b, 1));
    case 'Sub':
      return first && second && each(first, second, (a, b) => addDims(a, b, -1));
    case 'Mul':
      return first && second && each(first, second, multiplyDims);
    case 'Div':
      return first && second && each(first, second, quotient);
    case 'Mod':
      return first && second && each(first, second, remainder);
    default:
      return undefined;
  }
}
