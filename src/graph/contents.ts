/** @module Small integers that stand for dimensions, the batch among them -> their arithmetic. */
import { type Dim, divideDims, isSymbolic, type Shape, type Tensor } from './tensor.ts';

/** Above this many elements an integer tensor is data, not a shape. */
export const maximumElements = 64;

/** The integers of a constant that may serve as a shape, axes or bounds. */
export function contentsOfTensor(tensor: Tensor): Shape | undefined {
  const integer = tensor.dtype === 'int64' || tensor.dtype === 'int32';
  if (!integer || tensor.shape.length > 1 || tensor.data.length > maximumElements) return undefined;
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** a + sign * b. */
export function addDims(a: Dim, b: Dim, sign: 1 | -1): Dim | undefined {
  if (b === 0) return a;
  return isSymbolic(a) || isSymbolic(b) ? undefined : a + sign * b;
}

/** Of two lists, one of which may be a single number. */
export function dimsOfBoth(
  a: Shape,
  b: Shape,
  combine: (x: Dim, y: Dim) => Dim | undefined,
): Shape | undefined {
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
  const length = a.length === 1 ? b.length : a.length;
  const result = Array.from({ length }, (_, i) =>
    combine(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!),
  );
  return result.every((dim) => dim !== undefined) ? (result as Dim[]) : undefined;
}

/** Integers are divided towards zero. */
export function quotient(a: Dim, b: Dim): Dim | undefined {
  return isSymbolic(a) || isSymbolic(b) || b === 0 ? divideDims(a, b) : Math.trunc(a / b);
}

/** Of non-negative numbers, on which ONNX's two kinds agree. */
export function remainder(a: Dim, b: Dim): Dim | undefined {
  return isSymbolic(a) || isSymbolic(b) || a < 0 || b <= 0 ? undefined : a % b;
}

/** 1 or 0; a batch of unknown size is not negative. */
export function equalDims(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return 1;
  if (isSymbolic(a) === isSymbolic(b)) return isSymbolic(a) ? undefined : 0;
  return Number(isSymbolic(a) ? b : a) < 0 ? 0 : undefined;
}

/** For each condition, 1 or 0, the one or the other. */
export function chosen(conditions: Shape, a: Shape, b: Shape): Shape | undefined {
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
