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
      return first && second && each(first, second, divideDims);
    default:
      return undefined;
  }
}
