/** @module Shapes and formulas over indices -> dense float64 arrays: the vocabulary of the reference. */

/** Row-major numbers of any element type; booleans are 0 and 1. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function dense(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Dense {
  return { shape, data: Float64Array.from(values) };
}

/** Visits every index of a shape in row-major order; `visit` must not keep the array. */
export function forEachIndex(shape: readonly number[], visit: (index: number[]) => void): void {
  const index = shape.map(() => 0);
  for (let n = countOf(shape); n > 0; n--) {
    visit(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** The array whose element at each index is given by a formula. */
export function tabulate(shape: readonly number[], formula: (index: number[]) => number): Dense {
  const data = new Float64Array(countOf(shape));
  let at = 0;
  forEachIndex(shape, (index) => {
    data[at++] = formula(index);
  });
  return { shape, data };
}

export function offsetOf(shape: readonly number[], index: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) offset = offset * shape[axis]! + index[axis]!;
  return offset;
}

export function at(x: Dense, index: readonly number[]): number {
  return x.data[offsetOf(x.shape, index)]!;
}

/** The element that NumPy's broadcasting repeats to this index of the result. */
export function broadcastAt(x: Dense, index: readonly number[]): number {
  const lead = index.length - x.shape.length;
  let offset = 0;
  for (let axis = 0; axis < x.shape.length; axis++) {
    const dim = x.shape[axis]!;
    offset = offset * dim + (dim === 1 ? 0 : index[lead + axis]!);
  }
  return x.data[offset]!;
}

export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const dims = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return dims.find((dim) => dim !== 1) ?? 1;
  });
}

/** Applies a function of scalars to arrays that broadcast. */
export function combine(arrays: readonly Dense[], formula: (...values: readonly number[]) => number): Dense {
  const shape = broadcastShape(...arrays.map((array) => array.shape));
  return tabulate(shape, (index) => formula(...arrays.map((array) => broadcastAt(array, index))));
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
