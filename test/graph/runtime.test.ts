import { describe, expect, test } from 'vitest';
import { emitModel, float32, Graph, operators as op, Session } from '../../src/graph/index.ts';

/** y = relu(x w + b), with the intermediate product as an output too. */
function layer(): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2]);
  const product = op.matMul(x, graph.initializer('w', float32([1, 2, 3, 4], [2, 2])));
  graph.initializer('unused', float32([9]));
  graph.output('product', product);
  graph.output('y', op.relu(op.add(product, graph.initializer('b', float32([-20, 0])))));
  return graph;
}

describe('an emitted model', () => {
  test('leaves out what its outputs do not need', async () => {
    const graph = layer();
    op.exp(graph.value('x'));
    graph.input('absent', 'float32', ['batch']);
    const before = emitModel(graph);
    expect(Buffer.from(before).includes('unused')).toBe(false);
    expect(Buffer.from(before).includes('Exp')).toBe(false);
    expect((await Session.create(before)).inputNames).toEqual(['x']);
  });

  test('takes chosen weights as inputs, in the given order after its own', async () => {
    const session = await Session.create(emitModel(layer(), { asInputs: ['b', 'w'] }));
    expect(session.inputNames).toEqual(['x', 'b', 'w']);
    const result = await session.run({
      x: float32([1, 1], [1, 2]),
      b: float32([0, -100]),
      w: float32([1, 0, 0, 1], [2, 2]),
    });
    expect(result.y).toEqual(float32([1, 0], [1, 2]));
  });
});

describe('a session', () => {
  test('runs at any batch size', async () => {
    const session = await Session.create(emitModel(layer()));
    expect((await session.run({ x: float32([1, 2], [1, 2]) })).y).toEqual(float32([0, 10], [1, 2]));
    expect((await session.run({ x: float32([1, 2, 3, 4], [2, 2]) })).y!.shape).toEqual([2, 2]);
  });

  test('gives the same bits whether its threads spin or sleep', async () => {
    // Large enough that the product is divided among the threads.
    const waves = (rows: number, columns: number) =>
      float32(
        Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
        [rows, columns],
      );
    const graph = new Graph();
    const input = graph.input('x', 'float32', ['batch', 256]);
    graph.output('y', op.matMul(input, graph.initializer('w', waves(256, 256))));
    const x = waves(512, 256);
    const [spinning, sleeping] = await Promise.all(
      [true, false].map((choice) => Session.create(emitModel(graph), { spinning: choice })),
    );
    expect(await sleeping!.run({ x })).toEqual(await spinning!.run({ x }));
  });

  test('computes only the outputs that are asked for', async () => {
    const session = await Session.create(emitModel(layer()));
    const result = await session.run({ x: float32([1, 2], [1, 2]) }, ['product']);
    expect(result).toEqual({ product: float32([7, 10], [1, 2]) });
  });

  test('is refused, with the reason, for what is no model', async () => {
    await expect(Session.create(Buffer.from('no model'))).rejects.toMatchObject({ code: 'MODEL_UNUSABLE' });
  });
});
