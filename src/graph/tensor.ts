/** @module Element types, symbolic dimensions and dense arrays: the vocabulary of the graph. */

/** Element types, by ONNX's names for them. */
export type DataType = 'float32' | 'float64' | 'float16' | 'uint8' | 'int8' | 'int32' | 'int64' | 'bool';

export type TypedArray =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Uint8Array
  | Int8Array
  | Int32Array
  | BigInt64Array;

/**
 * A dimension: a number, or a symbol such as `batch`, or a multiple of one such as `15*batch` (what remains
 * when time steps are folded into the batch).
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** A dense array: row-major, `bool` as bytes, `float16` as its bit patterns. */
export interface Tensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

interface ElementType {
  /** TensorProto.DataType of onnx.proto. */
  readonly code: number;
  readonly bytes: number;
  readonly array: new (buffer: ArrayBuffer) => TypedArray;
}

export const elementTypes: Readonly<Record<DataType, ElementType>> = {
  float32: { code: 1, bytes: 4, array: Float32Array },
  uint8: { code: 2, bytes: 1, array: Uint8Array },
  int8: { code: 3, bytes: 1, array: Int8Array },
  int32: { code: 6, bytes: 4, array: Int32Array },
  int64: { code: 7, bytes: 8, array: BigInt64Array },
  bool: { code: 9, bytes: 1, array: Uint8Array },
  float16: { code: 10, bytes: 2, array: Uint16Array },
  float64: { code: 11, bytes: 8, array: Float64Array },
};

export function dataTypeOfCode(code: number): DataType | undefined {
  return (Object.keys(elementTypes) as DataType[]).find((name) => elementTypes[name].code === code);
}

/** Number of elements of a numeric shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function float32(data: Float32Array | readonly number[], shape?: readonly number[]): Tensor {
  const array = data instanceof Float32Array ? data : Float32Array.from(data);
  return { dtype: 'float32', shape: shape ?? [array.length], data: array };
}

export function uint8(data: Uint8Array, shape: readonly number[]): Tensor {
  return { dtype: 'uint8', shape, data };
}

export function int64(values: readonly number[], shape?: readonly number[]): Tensor {
  return {
    dtype: 'int64',
    shape: shape ?? [values.length],
    data: BigInt64Array.from(values, (v) => BigInt(v)),
  };
}

/** Splits `15*batch` into its factor and its symbol. */
function parts(dim: Dim): { factor: number; symbol: string | undefined } {
  if (typeof dim === 'number') return { factor: dim, symbol: undefined };
  const star = dim.indexOf('*');
  return star < 0
    ? { factor: 1, symbol: dim }
    : { factor: Number(dim.slice(0, star)), symbol: dim.slice(star + 1) };
}

function assemble(factor: number, symbol: string | undefined): Dim {
  if (symbol === undefined) return factor;
  return factor === 1 ? symbol : `${factor}*${symbol}`;
}

export function isSymbolic(dim: Dim): dim is string {
  return typeof dim === 'string';
}

/** The product of two dimensions, at most one of which may be symbolic; `undefined` when both are. */
export function multiplyDims(a: Dim, b: Dim): Dim | undefined {
  const left = parts(a);
  const right = parts(b);
  if (left.symbol !== undefined && right.symbol !== undefined) return undefined;
  return assemble(left.factor * right.factor, left.symbol ?? right.symbol);
}

/** The exact quotient of two dimensions; `undefined` when it is not a dimension. */
export function divideDims(a: Dim, b: Dim): Dim | undefined {
  const left = parts(a);
  const right = parts(b);
  if (right.symbol !== undefined && right.symbol !== left.symbol) return undefined;
  const factor = left.factor / right.factor;
  if (!Number.isInteger(factor)) return undefined;
  return assemble(factor, right.symbol === undefined ? left.symbol : undefined);
}

/** The product of all dimensions; `undefined` when it has more than one symbol. */
export function productOfDims(shape: Shape): Dim | undefined {
  let product: Dim | undefined = 1;
  for (const dim of shape) product = product === undefined ? undefined : multiplyDims(product, dim);
  return product;
}

/** NumPy's broadcasting of two shapes; `undefined` where they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    result.push(left === 1 ? right : left);
  }
  return result;
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The numeric shape once every symbol has a value. */
export function bindShape(shape: Shape, symbols: Readonly<Record<string, number>>): number[] {
  return shape.map((dim) => {
    const { factor, symbol } = parts(dim);
    return symbol === undefined ? factor : factor * (symbols[symbol] ?? Number.NaN);
  });
}
