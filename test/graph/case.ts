/** @module An operator with inputs and attributes -> onnxruntime's values and gradients against the reference. */
import { expect } from 'vitest';
import {
  bindShape,
  type DataType,
  differentiableForm,
  differentiate,
  elementTypes,
  emitModel,
  Graph,
  operators as op,
  Session,
  type Shape,
  type Tensor,
  type Value,
} from '../../src/graph/index.ts';
import { Random } from '../../src/random.ts';
import { countOf, type Dense } from './reference/dense.ts';
import { denseOf, evaluate } from './reference.ts';

export interface Input {
  readonly shape: Shape;
  readonly dtype: DataType;
  /** Whether the gradient with respect to it is tested. */
  readonly differentiated: boolean;
  /** One element. */
  readonly draw: (random: Random, index: number) => number;
}

/** float32, standard normal. */
export function normal(shape: Shape): Input {
  return { shape, dtype: 'float32', differentiated: true, draw: (random) => random.normal() };
}

export function uniform(shape: Shape, low: number, high: number): Input {
  return { shape, dtype: 'float32', differentiated: true, draw: (random) => random.uniform(low, high) };
}

/** Numbers, repeated as often as the shape needs. */
export function given(shape: Shape, values: readonly number[], dtype: DataType = 'float32'): Input {
  return { shape, dtype, differentiated: false, draw: (_, index) => values[index % values.length]! };
}

/** The same input, without a gradient. */
export function fixed(input: Input): Input {
  return { ...input, differentiated: false };
}

export interface Case {
  /** The operator under test, of which the graph must have a node. */
  readonly op: string;
  readonly title: string;
  readonly inputs: readonly Input[];
  readonly build: (...inputs: readonly Value[]) => Value | readonly Value[];
  /** Tests the form for training. @default false */
  readonly training?: boolean;
  /** The size that `batch` has at run time. @default 3 */
  readonly batch?: number;
}

/** Distance of the central differences. */
const step = 1e-5;
/** Elements of an input that are differenced one by one. */
const mostElements = 8;

export function buildSource(spec: Case): Graph {
  const graph = new Graph();
  const inputs = spec.inputs.map((input, i) => graph.input(`x${i}`, input.dtype, input.shape));
  const built = spec.build(...inputs);
  (Array.isArray(built) ? (built as Value[]) : [built as Value]).forEach((value, i) => {
    graph.output(`y${i}`, value);
  });
  expect(graph.nodes.map((node) => node.op)).toContain(spec.op);
  return graph;
}

function drawTensor(input: Input, batch: number, random: Random): Tensor {
  const shape = bindShape(input.shape, { batch });
  const numbers = Array.from({ length: countOf(shape) }, (_, i) => input.draw(random, i));
  const { array } = elementTypes[input.dtype];
  const data = new array(new ArrayBuffer(numbers.length * elementTypes[input.dtype].bytes));
  for (let i = 0; i < numbers.length; i++)
    (data as unknown as unknown[])[i] = data instanceof BigInt64Array ? BigInt(numbers[i]!) : numbers[i];
  return { dtype: input.dtype, shape, data };
}

function drawInputs(spec: Case, batch: number): Record<string, Tensor> {
  const random = Random.fromSeed(7).split(spec.op).split(spec.title);
  return Object.fromEntries(
    spec.inputs.map((input, i) => [`x${i}`, drawTensor(input, batch, random.split(i))]),
  );
}

function denseInputs(feeds: Readonly<Record<string, Tensor>>): Record<string, Dense> {
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, denseOf(tensor)]));
}

async function run(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await Session.create(emitModel(graph), { threads: 1 });
  try {
    const used = new Set(session.inputNames);
    return await session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => used.has(name))));
  } finally {
    await session.release();
  }
}

/** Fails with the first element that is farther away than the tolerance; `scale` is the array's largest element. */
function expectClose(
  actual: ArrayLike<number | bigint>,
  expected: ArrayLike<number>,
  { relative, absolute }: { readonly relative: number; readonly absolute: number },
  what: string,
): void {
  expect(actual.length, `${what}: number of elements`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(Number(actual[i]) - expected[i]!);
    const close =
      Number(actual[i]) === expected[i] || difference <= absolute + relative * Math.abs(expected[i]!);
    if (!close) expect.fail(`${what}[${i}] is ${actual[i]} but should be ${expected[i]}`);
  }
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** What onnxruntime computes equals the reference, in shape and in value. */
export async function checkValues(spec: Case): Promise<void> {
  const { batch = 3 } = spec;
  const source = buildSource(spec);
  const feeds = drawInputs(spec, batch);
  const names = [...source.outputs.keys()];
  const expected = evaluate(source, denseInputs(feeds), names, batch);
  const actual = await run(source, feeds);
  for (const name of names) {
    expect(actual[name]!.shape, `shape of ${name}`).toEqual(expected.get(name)!.shape);
    expect(actual[name]!.dtype, `element type of ${name}`).toBe(source.value(name).dtype);
    const { data } = expected.get(name)!;
    const tolerance = { relative: 1e-5, absolute: 1e-6 * Math.max(1, largest(data)) };
    expectClose(actual[name]!.data, data, tolerance, name);
  }
}

/** The derivative of a function of one array along a direction, by central differences in float64. */
function slopeAlong(x: Dense, direction: ArrayLike<number>, loss: () => number): number {
  const start = Float64Array.from(x.data);
  const lossAt = (distance: number): number => {
    x.data.set(start.map((value, i) => value + distance * direction[i]!));
    return loss();
  };
  const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
  x.data.set(start);
  return slope;
}

/**
 * Directions that between them touch every element: each element on its own, or, where there are many, some on
 * their own and all together with random weights.
 */
function directionsIn(count: number, random: Random): Float64Array[] {
  const elements = random.shuffle(Array.from({ length: count }, (_, i) => i)).slice(0, mostElements);
  const single = elements.map((element) => new Float64Array(count).fill(1, element, element + 1));
  const all = Float64Array.from({ length: count }, () => random.normal());
  return count > mostElements ? [...single, all] : single;
}

function along(direction: Float64Array, gradient: ArrayLike<number>): number {
  return direction.reduce((sum, weight, i) => sum + weight * gradient[i]!, 0);
}

/**
 * The gradient of a random weighted sum of the outputs, from `differentiate` and onnxruntime, equals central
 * differences of the reference. Outside of training the reference differences the graph as it was built, so
 * that the rewriting is tested too. The values of the rewritten graph are compared as well.
 */
export async function checkGradients(spec: Case): Promise<void> {
  const { batch = 3, training = false } = spec;
  const source = buildSource(spec);
  const { graph, masks } = differentiableForm(source, { training });
  const names = [...source.outputs.keys()].filter((name) => graph.value(name).dtype === 'float32');
  const weights = names.map((name, i) => graph.input(`weight${i}`, 'float32', graph.value(name).shape));
  const terms = names.map((name, i) =>
    op.reduceSum(op.reshape(op.multiply(graph.value(name), weights[i]!), [-1]), [0]),
  );
  graph.output('loss', op.sum(terms));

  const random = Random.fromSeed(11).split(spec.title);
  const feeds = drawInputs(spec, batch);
  weights.forEach((weight) => {
    feeds[weight.name] = drawTensor(normal(weight.shape), batch, random.split(weight.name));
  });
  for (const mask of masks) {
    const kept = given(mask.shape, [0, 1 / (1 - mask.rate), 1 / (1 - mask.rate)]);
    feeds[mask.input] = drawTensor(kept, batch, random);
  }
  const differentiated = spec.inputs.flatMap((input, i) => (input.differentiated ? [`x${i}`] : []));
  const gradients = differentiate(
    graph,
    graph.outputs.get('loss')!,
    differentiated.map((name) => graph.value(name)),
  );
  expect([...gradients.keys()].sort()).toEqual([...differentiated].sort());
  for (const [name, gradient] of gradients) {
    expect(gradient.shape, `shape of the gradient of ${name}`).toEqual(graph.value(name).shape);
    graph.output(`gradient:${name}`, gradient);
  }

  const arrays = denseInputs(feeds);
  const gradientNames = differentiated.map((name) => `gradient:${name}`);
  const exact = evaluate(graph, arrays, [...names, ...gradientNames], batch);
  const differenced = training ? graph : source;
  const loss = (): number => {
    const values = evaluate(differenced, arrays, names, batch);
    return names.reduce((total, name, i) => {
      const weight = arrays[`weight${i}`]!.data;
      return values.get(name)!.data.reduce((sum, y, k) => sum + y * weight[k]!, total);
    }, 0);
  };
  const actual = await run(graph, feeds);
  for (const name of names) {
    const { data } = evaluate(differenced, arrays, [name], batch).get(name)!;
    const tolerance = { relative: 1e-5, absolute: 1e-6 * Math.max(1, largest(data)) };
    expectClose(actual[name]!.data, data, tolerance, `${name} of the differentiable form`);
  }
  for (const name of differentiated) {
    const x = arrays[name]!;
    const directions = directionsIn(x.data.length, random.split(name));
    const expected = directions.map((direction) => slopeAlong(x, direction, loss));
    const scale = Math.max(1, largest(expected));
    const rule = exact.get(`gradient:${name}`)!;
    const computed = actual[`gradient:${name}`]!;
    expect(computed.shape, `shape of the gradient of ${name}`).toEqual(x.shape);
    const slopesOf = (gradient: ArrayLike<number>): number[] =>
      directions.map((direction) => along(direction, gradient));
    const strict = { relative: 1e-6, absolute: 1e-7 * scale };
    expectClose(slopesOf(rule.data), expected, strict, `rule for the gradient of ${name}`);
    const single = { relative: 1e-3, absolute: 1e-5 * scale };
    expectClose(slopesOf(computed.data as Float32Array), expected, single, `gradient of ${name}`);
  }
}
