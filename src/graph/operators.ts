/** @module Values -> values: the ONNX operators as functions, so that networks and gradients read as formulas. */
import { type DataType, elementTypes, float32, formatShape, isSymbolic, type Shape } from './tensor.ts';
import { float, type GraphBuilder, type Value } from './vocabulary.ts';

/** A value, or a number that stands for a float32 scalar. */
export type Operand = Value | number;

function graphOf(...operands: readonly Operand[]): GraphBuilder {
  return (operands.find((operand) => typeof operand !== 'number') as Value).graph;
}

function valueFor(graph: GraphBuilder, operand: Operand): Value {
  return typeof operand === 'number' ? graph.scalar(operand) : operand;
}

function unary(op: string): (x: Value) => Value {
  return (x) => x.graph.add(op, [x])[0]!;
}

function binary(op: string): (a: Operand, b: Operand) => Value {
  return (a, b) => {
    const graph = graphOf(a, b);
    return graph.add(op, [valueFor(graph, a), valueFor(graph, b)])[0]!;
  };
}

export const add = binary('Add');
export const subtract = binary('Sub');
export const multiply = binary('Mul');
export const divide = binary('Div');
export const power = binary('Pow');
export const maximum = binary('Max');
export const greater = binary('Greater');
export const less = binary('Less');
export const equal = binary('Equal');
export const and = binary('And');
export const matMul = binary('MatMul') as (a: Value, b: Value) => Value;
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const tanh = unary('Tanh');
export const softplus = unary('Softplus');
export const exp = unary('Exp');
export const log = unary('Log');
export const absolute = unary('Abs');
export const negate = unary('Neg');
export const sign = unary('Sign');
export const identity = unary('Identity');

/** The sum of all values, which have one shape. Of two it is Add, since onnxruntime computes Sum on one thread. */
export function sum(values: readonly Value[]): Value {
  if (values.length === 1) return values[0]!;
  return values[0]!.graph.add(values.length === 2 ? 'Add' : 'Sum', values)[0]!;
}

export function cast(x: Value, to: DataType): Value {
  return x.dtype === to ? x : x.graph.add('Cast', [x], { to: elementTypes[to].code })[0]!;
}

/**
 * The sums of the columns of [rows, columns], [1, columns]: as a product with ones, several times as fast as ReduceSum,
 * whose threads are in each other's way.
 */
export function columnSums(x: Value): Value {
  const rows = x.shape[0] as number;
  return matMul(x.graph.constant(float32(new Float32Array(rows).fill(1), [1, rows])), x);
}

/** 1 where the condition holds, else 0. */
export function indicator(condition: Value): Value {
  return cast(condition, 'float32');
}

/** Times any number from 1e-30 on it is 1 or more, and times those of a network no infinity, which shaders need not know. */
const steepest = 1e30;

/**
 * 1 where x is positive, else 0. As a line cut at 0 and 1 it is one pass of all threads; of a comparison and its Cast the
 * second has one thread.
 */
export function positive(x: Value): Value {
  return x.graph.add('HardSigmoid', [x], { alpha: float(steepest), beta: float(0) })[0]!;
}

export function clip(x: Value, low: number, high: number): Value {
  return x.graph.add('Clip', [x, x.graph.scalar(low), x.graph.scalar(high)])[0]!;
}

export function softmax(x: Value, axis: number): Value {
  return x.graph.add('Softmax', [x], { axis })[0]!;
}

function reduction(op: string) {
  return (x: Value, axes: readonly number[], keepDimensions = false): Value =>
    x.graph.add(op, [x, x.graph.integers(axes)], { keepdims: keepDimensions ? 1 : 0 })[0]!;
}
export const reduceSum = reduction('ReduceSum');
export const reduceMean = reduction('ReduceMean');
export const reduceMax = reduction('ReduceMax');

export interface GemmOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** a [rows, inner] times b [inner, columns], plus an optional bias that broadcasts to the product. */
export function gemm(a: Value, b: Value, bias?: Value, options: GemmOptions = {}): Value {
  const attributes = {
    transA: options.transposeA ? 1 : undefined,
    transB: options.transposeB ? 1 : undefined,
  };
  return a.graph.add('Gemm', bias ? [a, b, bias] : [a, b], attributes)[0]!;
}

export interface ConvolutionOptions {
  readonly strides?: readonly number[];
  /** Top, left, bottom, right. */
  readonly pads?: readonly number[];
  readonly group?: number;
}

/** x [batch, in, height, width] with w [out, in / group, kernel height, kernel width]. */
export function conv(x: Value, w: Value, bias: Value | undefined, options: ConvolutionOptions = {}): Value {
  return x.graph.add('Conv', bias ? [x, w, bias] : [x, w], { ...options })[0]!;
}

export interface PoolingOptions {
  readonly kernel: readonly number[];
  /** @default the kernel */
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
}

export function maxPool(x: Value, options: PoolingOptions): Value {
  const { kernel, strides = kernel, pads } = options;
  return x.graph.add('MaxPool', [x], { kernel_shape: kernel, strides, pads })[0]!;
}

/** Inference form: the affine map (x - mean) / sqrt(variance + epsilon) * scale + offset of each channel. */
export function batchNormalization(
  x: Value,
  scale: Value,
  offset: Value,
  mean: Value,
  variance: Value,
  options: { readonly epsilon: number; readonly momentum?: number },
): Value {
  const { epsilon, momentum = 0.9 } = options;
  const attributes = { epsilon: float(epsilon), momentum: float(momentum) };
  return x.graph.add('BatchNormalization', [x, scale, offset, mean, variance], attributes)[0]!;
}

/** `shape` may hold 0 (copy this dimension) and one -1 (whatever remains). */
export function reshape(x: Value, shape: readonly number[]): Value {
  return x.graph.add('Reshape', [x, x.graph.integers(shape)])[0]!;
}

/** [channels] as [1, channels, 1, 1]. */
export function alongChannels(vector: Value, rank: number): Value {
  return reshape(
    vector,
    Array.from({ length: rank }, (_, i) => (i === 1 ? -1 : 1)),
  );
}

/** Reshapes to a shape with at most one symbolic dimension. */
export function reshapeTo(x: Value, shape: Shape): Value {
  if (formatShape(x.shape) === formatShape(shape)) return x;
  return reshape(
    x,
    shape.map((dim) => (isSymbolic(dim) ? -1 : dim)),
  );
}

export function transpose(x: Value, order: readonly number[]): Value {
  return order.every((axis, i) => axis === i) ? x : x.graph.add('Transpose', [x], { perm: order })[0]!;
}

export function concat(values: readonly Value[], axis: number): Value {
  return values.length === 1 ? values[0]! : values[0]!.graph.add('Concat', values, { axis })[0]!;
}

/** Parts of equal size along an axis. */
export function split(x: Value, axis: number, count: number): Value[] {
  const dim = x.shape.at(axis) as number;
  const sizes = x.graph.integers(Array.from({ length: count }, () => dim / count));
  return x.graph.add('Split', [x, sizes], { axis }, { outputs: count });
}

/** Elements [start, end) along one axis. */
export function slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
  const { graph } = x;
  const bounds = [[start], [end], [axis], [step]].map((list) => graph.integers(list));
  return graph.add('Slice', [x, ...bounds])[0]!;
}

/**
 * {@link slice} for an axis that is not the last. onnxruntime copies slices by one thread, but gathered blocks by
 * all: rows of [32, 144, 60, 40] in 2.0 ms instead of 5.0 on two cores.
 */
export function rowsBetween(x: Value, axis: number, start: number, end: number, step = 1): Value {
  const count = Math.ceil((end - start) / step);
  const indices = x.graph.integers(Array.from({ length: count }, (_, i) => start + i * step));
  return x.graph.add('Gather', [x, indices], { axis })[0]!;
}

/** The elements along one axis in reverse order. */
export function reverse(x: Value, axis: number): Value {
  return slice(x, axis, -1, -(2 ** 40), -1);
}

/** Zeros before and after each axis; a negative count crops. */
export function pad(x: Value, before: readonly number[], after: readonly number[]): Value {
  return x.graph.add('Pad', [x, x.graph.integers([...before, ...after])])[0]!;
}

export function unsqueeze(x: Value, axes: readonly number[]): Value {
  return x.graph.add('Unsqueeze', [x, x.graph.integers(axes)])[0]!;
}

export function squeeze(x: Value, axes: readonly number[]): Value {
  return x.graph.add('Squeeze', [x, x.graph.integers(axes)])[0]!;
}

export function shapeOf(x: Value): Value {
  return x.graph.add('Shape', [x])[0]!;
}

/** The number of elements as a float32 scalar, known when the batch is. */
export function countOf(x: Value): Value {
  return cast(x.graph.add('Size', [x])[0]!, 'float32');
}

/** x repeated to the shape of another value, of as many dimensions. */
export function expandLike(x: Value, other: Value): Value {
  if (formatShape(x.shape) === formatShape(other.shape)) return x;
  const repeats = other.shape.map((dim, i) => (x.shape[i] === dim ? 1 : dim));
  if (x.dtype === 'float32' && x.shape.length === repeats.length && !repeats.some(isSymbolic)) {
    // A product with ones, as onnxruntime expands by one thread.
    const size = (repeats as number[]).reduce((product, dim) => product * dim, 1);
    const ones = float32(new Float32Array(size).fill(1), repeats as number[]);
    return multiply(x, x.graph.constant(ones));
  }
  return x.graph.add('Expand', [x, shapeOf(other)])[0]!;
}

/** `chosen` where the condition holds, else `otherwise`. */
export function where(condition: Value, chosen: Operand, otherwise: Operand): Value {
  const { graph } = condition;
  return graph.add('Where', [condition, valueFor(graph, chosen), valueFor(graph, otherwise)])[0]!;
}
