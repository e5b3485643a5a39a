import { expect, test } from 'vitest';
import {
  emitModel,
  float32,
  Graph,
  observeRanges,
  operators as op,
  quantizedValues,
  quantizeGraph,
  readHeader,
  readModel,
  Session,
  type Tensor,
} from '../../src/graph/index.ts';
import { Random } from '../../src/random.ts';

const random = Random.fromSeed(3);

function noise(shape: readonly number[], scale = 1): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return float32(
    Float32Array.from({ length: size }, () => scale * random.normal()),
    shape,
  );
}

/** Two pointwise layers around a depthwise one, with a residual: the block of a MobileNet. */
function network(): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 64, 6, 4]);
  const layer = (input: typeof x, name: string, out: number, perGroup: number, kernel: number, group = 1) =>
    graph.add(
      'Conv',
      [
        input,
        graph.initializer(`${name}.weight`, noise([out, perGroup, kernel, kernel], 0.2)),
        graph.initializer(`${name}.bias`, noise([out])),
      ],
      { pads: Array<number>(4).fill(kernel >> 1), group },
      { name },
    )[0]!;
  const relu6 = (input: typeof x, name: string) =>
    graph.add('Clip', [input, graph.scalar(0), graph.scalar(6)], {}, { name })[0]!;
  const first = relu6(layer(x, 'first', 64, 64, 1), 'first6');
  const depthwise = relu6(layer(first, 'depthwise', 64, 1, 3, 64), 'depthwise6');
  const last = layer(depthwise, 'last', 64, 64, 1);
  const sum = graph.add('Add', [first, last], {}, { name: 'sum' })[0]!;
  graph.output('y', op.reduceMean(sum, [2, 3]));
  return graph;
}

async function runOn(graph: Graph, x: Tensor): Promise<Float32Array> {
  const session = await Session.create(emitModel(graph), { threads: 1 });
  const { y } = await session.run({ x });
  await session.release();
  return y!.data as Float32Array;
}

function* batches() {
  for (let i = 0; i < 4; i++) yield { x: noise([4, 64, 6, 4]) };
}

async function quantized(): Promise<{ source: Graph; integers: Graph }> {
  const source = network();
  const ranges = await observeRanges(source, quantizedValues(source), batches(), { threads: 1 });
  return { source, integers: quantizeGraph(source, ranges) };
}

test('convolutions of many products become integers, those of few and the rest of the network stay', async () => {
  const { source, integers } = await quantized();
  expect(quantizedValues(source)).toEqual(['x', 'first6', 'depthwise6', 'last', 'sum']);
  const types = [...integers.initializers].filter(([, { dtype }]) => dtype === 'int8').map(([name]) => name);
  expect(types.filter((name) => name.endsWith('weight'))).toEqual(['first:weight', 'last:weight']);
  expect([...integers.initializers.keys()]).toContain('depthwise.weight');
});

test('the quantized network computes almost what the float one computes', async () => {
  const { source, integers } = await quantized();
  const x = noise([5, 64, 6, 4]);
  const [expected, actual] = [await runOn(source, x), await runOn(integers, x)];
  const error = expected.reduce((sum, value, i) => sum + (value - actual[i]!) ** 2, 0);
  const power = expected.reduce((sum, value) => sum + value ** 2, 0);
  expect(Math.sqrt(error / power)).toBeLessThan(0.02);
  expect(Math.sqrt(error / power)).toBeGreaterThan(0);
});

test('zero stays zero, and what lies outside of the observed range is cut off', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 64, 1, 1]);
  const weight = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 65 === 0 ? 1 : 0));
  graph.output('y', op.conv(x, graph.constant(float32(weight, [64, 64, 1, 1])), undefined));
  const ranges = new Map(quantizedValues(graph).map((name) => [name, { minimum: -1, maximum: 3 }]));
  const values = [0, 1, 3, 7, -1, -5];
  const row = float32(
    Float32Array.from({ length: 64 }, (_, i) => values[i] ?? 0),
    [1, 64, 1, 1],
  );
  const y = await runOn(quantizeGraph(graph, ranges), row);
  [0, 1, 3, 3, -1, -1].forEach((value, i) => {
    expect(Math.abs(y[i]! - value)).toBeLessThan(2 * (4 / 255));
  });
  expect(y[0]).toBe(0);
});

test('a quantized network is written, read back and written again to the same bytes', async () => {
  const { integers } = await quantized();
  const bytes = emitModel(integers, { metadata: { name: 'eight bits' } });
  const { graph, metadata } = readModel(bytes);
  expect(emitModel(graph, { metadata })).toEqual(bytes);
  expect(readHeader(bytes, 'model.onnx')).toEqual({
    inputs: new Map([['x', 'float32[batch, 64, 6, 4]']]),
    outputs: new Map([['y', 'float32[batch, 64]']]),
    metadata: { name: 'eight bits' },
  });
});

test('a header is refused where the bytes are no ONNX file', () => {
  const bytes = emitModel(network());
  for (const part of [new Uint8Array(), bytes.subarray(0, 1000), new TextEncoder().encode('<html>')])
    expect(() => readHeader(part, 'odd.onnx')).toThrow(
      'odd.onnx is not an ONNX model that onesheet can read',
    );
});
