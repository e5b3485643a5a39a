import { expect, test } from 'vitest';
import {
  emitModel,
  float32,
  Graph,
  int64,
  operators as op,
  Session,
  type Value,
  withSymbolicBatch,
} from '../../src/graph/index.ts';

function build(shape: readonly number[], layers: (x: Value) => Value): Graph {
  const graph = new Graph();
  graph.output('y', layers(graph.input('x', 'float32', shape)));
  return graph;
}

function numbers(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 37) % 101) / 50 - 1);
}

async function run(graph: Graph, data: Float32Array, shape: readonly number[]): Promise<number[]> {
  const session = await Session.create(emitModel(graph), { threads: 1 });
  try {
    return [...((await session.run({ x: float32(data, shape) })).y!.data as Float32Array)];
  } finally {
    await session.release();
  }
}

/** What two inputs give together is what each gives alone. */
async function expectSame(graph: Graph): Promise<void> {
  const symbolic = withSymbolicBatch(graph, 'x');
  const { shape } = graph.value('x') as { shape: readonly number[] };
  expect(symbolic.value('y').shape).toEqual(['batch', ...graph.value('y').shape.slice(1)]);
  const size = shape.reduce((product, dim) => product * dim, 1);
  const both = numbers(2 * size);
  const alone = [both.slice(0, size), both.slice(size)].map((data) => run(graph, data, shape));
  const together = await run(symbolic, both, shape.with(0, 2 * shape[0]!));
  expect(together).toEqual((await Promise.all(alone)).flat());
}

/** Heads folded into the batch, time first, as PyTorch's attention is exported. */
function attentionLike(x: Value): Value {
  const { graph } = x;
  const heads = (value: Value): Value => op.transpose(op.reshape(value, [4, 2, 3]), [1, 0, 2]); // [2, 4, 3]
  const first = op.transpose(x, [1, 0, 2]); // [4, 1, 6]
  const scores = op.softmax(op.matMul(heads(first), op.transpose(heads(first), [0, 2, 1])), -1);
  const merged = op.reshape(op.transpose(op.matMul(scores, heads(first)), [1, 0, 2]), [4, 6]);
  const weights = graph.constant(float32(numbers(36), [6, 6]));
  return op.transpose(op.reshape(op.gemm(merged, weights), [4, 1, 6]), [1, 0, 2]);
}

test.each<[string, readonly number[], (x: Value) => Value]>([
  ['a flattening', [1, 3, 2, 2], (x) => op.reshape(x, [1, 12])],
  ['an open dimension behind the batch', [1, 6, 2], (x) => op.reshape(x, [1, -1, 3])],
  ['a shape with the batch open already', [1, 6, 2], (x) => op.reshape(x, [-1, 12])],
  ['attention with heads in the batch', [1, 4, 6], attentionLike],
  [
    'a token that is the same for all',
    [1, 4, 6],
    (x) => op.concat([x.graph.constant(float32(numbers(6), [1, 1, 6])), x], 1),
  ],
  [
    'a shape that is computed from the input',
    [1, 4, 6],
    (x) => {
      const sizes = op.shapeOf(x);
      const batch = x.graph.add('Gather', [sizes, x.graph.constant(int64([0], [1]))])[0]!;
      return x.graph.add('Reshape', [x, op.concat([batch, x.graph.integers([24])], 0)])[0]!;
    },
  ],
  ['a batch of two', [2, 3, 4], (x) => op.reshape(op.reshape(x, [6, 4]), [2, 12])],
])('%s works for batches of any size', (_, shape, layers) => expectSame(build(shape, layers)));

test('what cannot be one a picture is refused with its node', () => {
  const graph = build([1, 3, 4], (x) => op.squeeze(x, [0]));
  expect(() => withSymbolicBatch(graph, 'x')).toThrow(/Squeeze \(node .*axis 0 has more than one element/);
  const mixed = build([2, 3, 4], (x) => op.reshape(x, [3, 8]));
  expect(() => withSymbolicBatch(mixed, 'x')).toThrow(/output|mixes posters/);
});
