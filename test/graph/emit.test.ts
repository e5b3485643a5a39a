import { expect, test } from 'vitest';
import { emitModel, Graph, operators as op, readModel } from '../../src/graph/index.ts';

/** Two outputs that depend on one value; the second was added first. */
function twoOutputs(): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2]);
  const shared = op.exp(x);
  const second = op.negate(shared);
  const first = op.sigmoid(shared);
  graph.output('first', first);
  graph.output('second', second);
  return graph;
}

function orderOf(bytes: Uint8Array): string[] {
  return readModel(bytes).graph.nodes.map((node) => node.op);
}

test('nodes are written in the order in which they were added', () => {
  expect(orderOf(emitModel(twoOutputs()))).toEqual(['Exp', 'Neg', 'Sigmoid', 'Identity', 'Identity']);
});

test('what makes the outputs is written at the end, in their order, where that is asked for', () => {
  const bytes = emitModel(twoOutputs(), { lastOutputFirst: true });
  expect(orderOf(bytes)).toEqual(['Exp', 'Sigmoid', 'Identity', 'Neg', 'Identity']);
});

test('what another node reads stays before it', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2]);
  const inner = op.exp(x);
  graph.output('outer', op.negate(inner));
  graph.output('inner', inner);
  const bytes = emitModel(graph, { lastOutputFirst: true });
  expect(orderOf(bytes)).toEqual(['Exp', 'Neg', 'Identity', 'Identity']);
});
