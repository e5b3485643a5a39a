import { expect, test } from 'vitest';
import { emitModel, float32, Graph, operators as op, type Role, readModel } from '../../src/graph/index.ts';

const learned: Role = { kind: 'parameter', layer: 'scale', origin: 'fresh' };

test('a parameter of one element, or one that Sub or Div reads, learns because it was said to', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2]);
  const gain = graph.initializer('gain', float32([2]), learned);
  const shift = graph.initializer('shift', float32([1, 2]), learned);
  const mean = graph.initializer('mean', float32([0, 0]), { kind: 'statistic', layer: 'scale' });
  graph.output('y', op.divide(op.subtract(op.subtract(x, mean), shift), gain));
  expect(graph.parameters).toEqual(['shift', 'gain']);
  expect(graph.statistics).toEqual(['mean']);
});

/** What a file says is read without roles, so that they are inferred. */
function readBack(build: (graph: Graph) => void): Graph {
  const graph = new Graph();
  build(graph);
  return readModel(emitModel(graph)).graph;
}

test('of a file, what operators take for weights is a parameter of the layer that it follows', () => {
  const { roles, parameters, statistics } = readBack((graph) => {
    const image = graph.input('image', 'float32', ['batch', 2, 4, 4]);
    const constant = (name: string, values: number[], shape = [values.length]) =>
      graph.initializer(name, float32(values, shape));
    const prepared = op.divide(image, constant('deviation', [1, 2], [1, 2, 1, 1]));
    const kernel = constant('kernel', [1, 1], [1, 2, 1, 1]);
    const x = op.conv(prepared, kernel, constant('bias', [0]));
    const [scale, offset, mean, variance] = [[1], [0], [0], [1]].map((values, i) =>
      constant(`norm${i}`, values),
    );
    const normalized = op.batchNormalization(x, scale!, offset!, mean!, variance!, { epsilon: 1e-5 });
    const shifted = op.subtract(normalized, constant('shift', [1, 2, 3, 4], [1, 1, 1, 4]));
    const halved = op.multiply(shifted, constant('half', [0.5]));
    graph.output('y', op.gemm(op.reshape(halved, [-1, 16]), constant('dense', Array(16).fill(1), [16, 1])));
  });
  expect(
    Object.fromEntries(
      [...roles].map(([name, role]) => [name, 'layer' in role ? `${role.kind} ${role.layer}` : role.kind]),
    ),
  ).toMatchInlineSnapshot(`
    {
      "bias": "parameter 1",
      "constant_5": "constant",
      "dense": "parameter 2",
      "deviation": "constant",
      "half": "constant",
      "kernel": "parameter 1",
      "norm0": "parameter 1",
      "norm1": "parameter 1",
      "norm2": "statistic 1",
      "norm3": "statistic 1",
      "shift": "parameter 1",
    }
  `);
  expect([...parameters, ...statistics]).toHaveLength(8);
});

test('a network of our own that is read back has the parameters that it was built with', () => {
  const build = (graph: Graph) => {
    const x = graph.input('x', 'float32', ['batch', 2]);
    const w = graph.initializer('w', float32([1, 2, 3, 4], [2, 2]), learned);
    // A constant of ours, such as a calibration, is no parameter though Mul reads it.
    graph.output('y', op.multiply(op.matMul(x, w), graph.constant(float32([2, 3], [1, 2]))));
  };
  const original = new Graph();
  build(original);
  expect(readBack(build).parameters).toEqual(original.parameters);
});
