import { describe, expect, test } from 'vitest';
import {
  addedWhenRead,
  emitModel,
  float32,
  Graph,
  operators as op,
  type Role,
  rewrite,
  Session,
} from '../../src/graph/index.ts';

const learned: Role = { kind: 'parameter', layer: 'first', origin: 'fresh' };

/** y = relu(x w) + 1, and an initializer that nothing reads. */
function source(): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2]);
  const w = graph.initializer('w', float32([1, 0, 0, -1], [2, 2]), learned);
  graph.initializer('unread', float32([7]));
  const rectified = graph.add('Relu', [op.matMul(x, w)], {}, { name: 'rectified' })[0]!;
  graph.output('y', op.add(rectified, 1));
  return graph;
}

async function run(graph: Graph): Promise<number[]> {
  const session = await Session.create(emitModel(graph), { threads: 1 });
  const { y } = await session.run({ x: float32([3, 4], [1, 2]) });
  await session.release();
  return [...(y!.data as Float32Array)];
}

describe('rewrite', () => {
  test('without edits keeps bytes, order and roles', () => {
    const original = source();
    const copy = rewrite(original);
    expect(Buffer.compare(emitModel(copy), emitModel(original))).toBe(0);
    expect([...copy.roles]).toEqual([...original.roles]);
    expect(copy.parameters).toEqual(['w']);
  });

  test('lets another value stand for one of the source, for every later reader', async () => {
    const copy = rewrite(source(), {
      node: (node, into) => {
        if (node.op === 'Relu') into.replace('rectified', op.negate(into.read(node.inputs[0]!)));
        else into.keepNode(node);
      },
    });
    expect(await run(source())).toEqual([4, 1]);
    expect(await run(copy)).toEqual([-2, 5]);
  });

  test('adds an initializer that was left out once it is read, in its role', () => {
    const copy = rewrite(source(), { initializer: addedWhenRead });
    expect([...copy.initializers.keys()].filter((name) => !name.startsWith('constant_'))).toEqual(['w']);
    expect(copy.roles.get('w')).toEqual(learned);
  });

  test('names what is missing when a node that is needed was left out', () => {
    const without = () =>
      rewrite(source(), { node: (node, into) => node.op !== 'MatMul' && into.keepNode(node) });
    expect(without).toThrowErrorMatchingInlineSnapshot(
      `[OnesheetError: The graph has no value named MatMul_0.]`,
    );
  });

  test('fresh values keep clear of the names that are still to come', () => {
    const copy = rewrite(source(), {
      node: (node, into) => {
        op.relu(into.graph.inputs[0]!);
        into.keepNode(node);
      },
    });
    expect(new Set(copy.values.keys()).size).toBe(copy.values.size);
    expect(copy.nodes.map((node) => node.op)).toEqual([
      'Relu',
      'MatMul',
      'Relu',
      'Relu',
      'Relu',
      'Add',
      'Relu',
      'Identity',
    ]);
  });
});
