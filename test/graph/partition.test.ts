import { expect, test } from 'vitest';
import {
  emitModel,
  float32,
  Graph,
  operators as op,
  partitionFrozen,
  Session,
} from '../../src/graph/index.ts';

/** Two dense layers over [batch, 2] with a shortcut, the second after a Dropout. */
function twoLayers(): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2]);
  const weight = (name: string, data: number[]) => graph.initializer(name, float32(data, [2, 2]));
  const hidden = op.relu(op.matMul(x, weight('first', [1, 2, -3, 4])));
  const dropped = graph.add('Dropout', [hidden, graph.scalar(0.5)])[0]!;
  graph.output('y', op.add(op.matMul(dropped, weight('second', [0.5, 1, -1, 2])), hidden));
  return graph;
}

async function run(graph: Graph, feeds: Record<string, ReturnType<typeof float32>>) {
  const session = await Session.create(emitModel(graph), { threads: 1 });
  const outputs = await session.run(feeds);
  await session.release();
  return outputs as Record<string, ReturnType<typeof float32>>;
}

test('both parts in turn compute what the whole computes', async () => {
  const graph = twoLayers();
  const { lower, upper, boundary } = partitionFrozen(graph, new Set(['second']));
  expect(boundary).toEqual(['Relu_1']);
  expect([...lower.initializers.keys()]).toEqual(['first']);
  expect(upper.inputs.map(({ name }) => name)).toEqual(boundary);
  const x = float32([1, -2, 3, 0.5], [2, 2]);
  const whole = await run(graph, { x });
  const parts = await run(upper, await run(lower, { x }));
  expect([...parts.y!.data]).toEqual([...whole.y!.data]);
});

test('a network that learns from its first layer on has nothing to cut', () => {
  expect(() => partitionFrozen(twoLayers(), new Set(['first']))).toThrow(
    'Features cannot be computed once: x is read by layers that learn',
  );
});
