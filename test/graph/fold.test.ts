import { expect, test } from 'vitest';
import { float32, foldConstants, Graph, operators as op } from '../../src/graph/index.ts';

test('what depends on no input is computed once and bears the name of its node', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2]);
  const weight = graph.initializer('weight', float32([1, 2, 3, 4, 5, 6], [3, 2]));
  const turned = graph.add('Transpose', [weight], { perm: [1, 0] }, { name: 'turned' })[0]!;
  const same = graph.add('Identity', [turned], {}, { name: 'same' })[0]!;
  graph.output('y', op.matMul(x, same));
  const folded = await foldConstants(graph);
  expect(folded.nodes.map((node) => node.op)).toEqual(['MatMul', 'Identity']);
  expect(folded.initializers.get('same')).toMatchObject({ dtype: 'float32', shape: [2, 3] });
  expect([...(folded.initializers.get('same')!.data as Float32Array)]).toEqual([1, 3, 5, 2, 4, 6]);
  expect(folded.value('y').shape).toEqual(['batch', 3]);
});

test('shapes of the input are not constants', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2]);
  graph.output('y', graph.add('Expand', [graph.constant(float32([1, 2], [1, 2])), op.shapeOf(x)])[0]!);
  const folded = await foldConstants(graph);
  expect(folded.nodes.map((node) => node.op)).toContain('Shape');
});

test('a constant that would fill the memory is refused before it is computed', async () => {
  const graph = new Graph();
  const huge = graph.add(
    'Expand',
    [graph.scalar(1), graph.integers([2 ** 20, 2 ** 20])],
    {},
    { name: 'huge' },
  )[0]!;
  graph.output('y', op.reduceSum(huge, [0, 1]));
  await expect(foldConstants(graph)).rejects.toThrow(/Expand \(node huge\).*more than 2 GB/);
});
