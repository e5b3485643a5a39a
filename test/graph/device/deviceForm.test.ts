import { describe, expect, test } from 'vitest';
import {
  deviceForm,
  differentiableForm,
  differentiate,
  emitModel,
  float32,
  Graph,
  operators as op,
  Session,
  type Tensor,
} from '../../../src/graph/index.ts';

function wave(shape: readonly number[], pace: number): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return float32(
    Float32Array.from({ length: size }, (_, i) => Math.sin(pace * (i + 1))),
    shape,
  );
}

const weights = { w: wave([8, 12, 3, 3], 0.3), scale: wave([8], 1.1), offset: wave([8], 0.4) };
const statistics = { mean: wave([8], 0), variance: float32(new Float32Array(8).fill(1)) };

/** A folded input, a convolution, a pooling, a normalization by the batch, and the gradients of all weights. */
function step(height: number): { graph: Graph; feeds: Record<string, Tensor> } {
  const network = new Graph();
  const x = network.input('x', 'float32', ['batch', 3, 2 * height, 12]);
  const [w, scale, offset, mean, variance] = Object.entries({ ...weights, ...statistics }).map(
    ([name, tensor]) =>
      network.initializer(name, tensor, { kind: name in weights ? 'parameter' : 'statistic' } as never),
  );
  const folded = network.add('SpaceToDepth', [x], { blocksize: 2 })[0]!;
  const map = op.conv(folded, w!, undefined, { pads: [1, 1, 1, 1] });
  const pooled = op.maxPool(map, { kernel: [2, 2] });
  const normalized = op.batchNormalization(pooled, scale!, offset!, mean!, variance!, { epsilon: 1e-5 });
  network.output('y', op.relu(op.sum([normalized, pooled, normalized])));
  const { graph } = differentiableForm(network, { training: true });
  const y = graph.outputs.get('y')!;
  const loss = op.reduceSum(op.multiply(y, y), [0, 1, 2, 3]);
  graph.output('loss', loss);
  const parameters = Object.keys(weights).map((name) => graph.value(name));
  for (const [name, gradient] of differentiate(graph, loss, parameters))
    graph.output(`gradient:${name}`, gradient);
  return { graph, feeds: { x: wave([4, 3, 2 * height, 12], 0.7), ...weights, ...statistics } };
}

const asInputs = [...Object.keys(weights), ...Object.keys(statistics)];

describe('the form for other devices', () => {
  // With an odd height a row of the map is in no window.
  test.each([6, 7])('computes the same values and gradients, from maps of height %i', async (height) => {
    const { graph, feeds } = step(height);
    const form = deviceForm(graph, 'webgpu');
    const [expected, found] = await Promise.all(
      [graph, form.graph].map(async (each) => {
        const session = await Session.create(emitModel(each, { asInputs }));
        const outputs = await session.run(feeds);
        await session.release();
        return outputs;
      }),
    );
    for (const [name, { data, shape }] of Object.entries(expected!)) {
      const right = data as Float32Array;
      const largest = Math.max(...right.map(Math.abs));
      expect(found![name]!.shape, name).toEqual(shape);
      const differences = right.map((value, i) => Math.abs(value - (found![name]!.data[i] as number)));
      expect(Math.max(...differences), name).toBeLessThan(1e-5 * largest);
      expect(largest, name).toBeGreaterThan(0);
    }
  });

  test('holds none of the operators that devices refuse or leave to the CPU', () => {
    const { graph } = step(6);
    const operators = (of: Graph): Set<string> =>
      new Set(
        of.nodes.map(({ op: name, outputs }) =>
          name === 'MaxPool' && outputs.length > 1 ? 'indices' : name,
        ),
      );
    const refused = ['indices', 'MaxUnpool', 'SpaceToDepth', 'Sum'];
    expect([...operators(graph)]).toEqual(expect.arrayContaining(refused));
    const { graph: form, onCpu } = deviceForm(graph, 'webgpu');
    expect(refused.filter((name) => operators(form).has(name))).toEqual([]);
    expect(form.nodes.filter(({ attributes }) => attributes.training_mode?.value === 1)).toEqual([]);
    expect(onCpu).toEqual([]);
  });

  test('leaves the indices of windows that overlap to the CPU, by name', () => {
    const network = new Graph();
    const x = network.input('x', 'float32', ['batch', 2, 9, 9]);
    network.output('y', op.maxPool(x, { kernel: [3, 3], strides: [2, 2] }));
    const { graph } = differentiableForm(network, { training: true });
    const y = graph.outputs.get('y')!;
    const gradient = differentiate(graph, op.reduceSum(y, [0, 1, 2, 3]), [graph.value('x')]);
    graph.output('dx', [...gradient.values()][0]!);
    const { onCpu } = deviceForm(graph, 'webgpu');
    expect(onCpu.map((name) => graph.nodes.find((node) => node.name === name)?.op)).toEqual(['MaxPool']);
  });

  test('is the graph itself on the CPU', () => {
    const { graph } = step(6);
    expect(deviceForm(graph, 'cpu').graph).toBe(graph);
  });
});
