import { describe, expect, test } from 'vitest';
import {
  differentiate,
  emitModel,
  float32,
  Graph,
  operators as op,
  Session,
  type Tensor,
  type Value,
} from '../../src/graph/index.ts';

/** The gradient of the sum of `build(x)` at the given numbers. */
async function gradientAt(numbers: readonly number[], build: (x: Value) => Value): Promise<number[]> {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [numbers.length]);
  const total = op.reduceSum(op.reshape(build(x), [-1]), [0]);
  graph.output('gradient', differentiate(graph, total, [x]).get('x')!);
  const session = await Session.create(emitModel(graph), { threads: 1 });
  const feeds = session.inputNames.includes('x') ? { x: float32(numbers) } : ({} as Record<string, Tensor>);
  const result = await session.run(feeds);
  await session.release();
  return Array.from(result.gradient!.data as Float32Array);
}

describe('where a derivative is not defined', () => {
  test('ReLU has none at zero', async () => {
    expect(await gradientAt([-1, 0, 2], op.relu)).toEqual([0, 0, 1]);
  });
  test('Clip passes none at its bounds and beyond', async () => {
    expect(await gradientAt([-2, -1, 0, 1, 2], (x) => op.clip(x, -1, 1))).toEqual([0, 0, 1, 0, 0]);
  });
  test('Clip passes all where a bound is infinite', async () => {
    const endless = Number.POSITIVE_INFINITY;
    expect(await gradientAt([-2, 1, 2], (x) => op.clip(x, -endless, 1))).toEqual([1, 0, 0]);
    expect(await gradientAt([-2, -1, 2], (x) => op.clip(x, -1, endless))).toEqual([0, 0, 1]);
    expect(await gradientAt([-2, 2], (x) => op.clip(x, -endless, endless))).toEqual([1, 1]);
  });
  test('the absolute value has none at zero', async () => {
    expect(await gradientAt([-3, 0, 3], op.absolute)).toEqual([-1, 0, 1]);
  });
  test('operands that tie share the gradient of a maximum', async () => {
    expect(await gradientAt([1, 2, 3], (x) => op.maximum(x, 2))).toEqual([0, 0.5, 1]);
  });
  test('elements that tie share the gradient of a reduction', async () => {
    expect(await gradientAt([3, 1, 3], (x) => op.reduceMax(x, [0]))).toEqual([0.5, 0, 0.5]);
  });
});

describe('differentiation', () => {
  test('sums the gradients of all uses of a value', async () => {
    const twice = (x: Value): Value => op.add(op.multiply(x, x), op.multiply(x, 3));
    expect(await gradientAt([1, 5], twice)).toEqual([5, 13]);
  });

  test('passes nothing through comparisons, rounding and signs', async () => {
    const gated = (x: Value): Value => op.multiply(x, op.indicator(op.greater(x, 1)));
    expect(await gradientAt([0, 2], gated)).toEqual([0, 1]);
  });

  test('takes the gradient of the output as a seed', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 2]);
    const seed = graph.input('seed', 'float32', ['batch', 2]);
    graph.output('gradient', differentiate(graph, op.multiply(x, 4), [x], seed).get('x')!);
    const session = await Session.create(emitModel(graph), { threads: 1 });
    const result = await session.run({ seed: float32([1, 2, 3, 4], [2, 2]) });
    expect(Array.from(result.gradient!.data as Float32Array)).toEqual([4, 8, 12, 16]);
    await session.release();
  });

  test('gives gradients of values in the middle, and none of what the loss does not depend on', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 2]);
    const other = graph.input('other', 'float32', ['batch', 2]);
    const middle = op.relu(x);
    const loss = op.reduceSum(op.multiply(middle, middle), [0, 1]);
    op.reduceSum(other, [0, 1]);
    const gradients = differentiate(graph, loss, [middle, other]);
    expect([...gradients.keys()]).toEqual([middle.name]);
    expect(gradients.get(middle.name)!.shape).toEqual(['batch', 2]);
  });

  test('adds no node for what is not asked for', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3, 8, 8]);
    const w = graph.input('w', 'float32', [4, 3, 3, 3]);
    const loss = op.reduceSum(op.conv(x, w, undefined), [0, 1, 2, 3]);
    differentiate(graph, loss, [w]);
    expect(graph.nodes.slice(2).map((node) => node.op)).not.toContain('Conv');
  });

  test('names the operator and the node that has no gradient', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 4, 8, 8]);
    const pooled = graph.add('DepthToSpace', [x], { blocksize: 2 }, { name: 'peak' })[0]!;
    const loss = op.reduceSum(pooled, [0, 1, 2, 3]);
    expect(() => differentiate(graph, loss, [x])).toThrowErrorMatchingInlineSnapshot(
      `[OnesheetError: DepthToSpace (node peak) is not supported by differentiation as it has no gradient rule.]`,
    );
  });

  test('asks no gradient of the operator that computes the value it differentiates by', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3, 8, 8]);
    const pooled = graph.add('GlobalMaxPool', [x])[0]!;
    const loss = op.reduceSum(op.multiply(pooled, pooled), [0, 1, 2, 3]);
    expect([...differentiate(graph, loss, [pooled]).keys()]).toEqual([pooled.name]);
  });

  test.each<[string, (x: Value, graph: Graph) => Value]>([
    [
      'a dilated convolution',
      (x, graph) => {
        const w = graph.input('w', 'float32', [2, 3, 3, 3]);
        return graph.add('Conv', [x, w], { dilations: [2, 2] })[0]!;
      },
    ],
    [
      'several rows of a table',
      (x, graph) => graph.add('Gather', [x, graph.integers([0, 1])], { axis: 1 })[0]!,
    ],
    ['a row along the batch', (x, graph) => graph.add('Gather', [x, graph.integers([0])], { axis: 0 })[0]!],
    ['a slice with gaps', (x) => op.slice(x, 2, 0, 8, 2)],
    [
      'repeated edges',
      (x, graph) => graph.add('Pad', [x, graph.integers([0, 0, 1, 0, 0, 0, 1, 0])], { mode: 'edge' })[0]!,
    ],
  ])('refuses %s rather than give a wrong gradient', (_, build) => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3, 8, 8]);
    const y = build(x, graph);
    const loss = op.reduceSum(op.reshape(y, [-1]), [0]);
    expect(() => differentiate(graph, loss, [x])).toThrow(/is not supported by differentiation/);
  });
});
