import { expect, test } from 'vitest';
import { differentiableForm, emitModel, type Graph, Session } from '../../src/graph/index.ts';
import { buildNetwork, type Network, networkOptionsSchema } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';

const size = { height: 60, width: 40 };

function build(options: object = {}): Network {
  const parsed = networkOptionsSchema.parse({ network: 'mobilenet-v2', width: 0.1, hidden: 4, ...options });
  return buildNetwork(parsed, { ...size, genres: 3, bias: [-1, -2, -3] }, Random.fromSeed(1));
}

async function logitsOf(graph: Graph, batch: number): Promise<number[]> {
  const random = Random.fromSeed(2);
  const data = Uint8Array.from({ length: batch * size.height * size.width * 3 }, () => random.integer(256));
  const session = await Session.create(emitModel(graph));
  const shape = [batch, size.height, size.width, 3];
  const { logit } = await session.run({ image: { dtype: 'uint8', shape, data } });
  await session.release();
  return Array.from(logit!.data as Float32Array);
}

test('maps bear the names of TensorFlow Hub and halve five times, rounding up', () => {
  const { graph, features } = build();
  const sizes = ['Conv', 'expanded_conv', 'expanded_conv_1', 'expanded_conv_5', 'expanded_conv_12', 'Conv_1'];
  expect(sizes.map((name) => graph.value(name).shape.slice(2))).toEqual([
    [30, 20],
    [30, 20],
    [15, 10],
    [8, 5],
    [4, 3],
    [2, 2],
  ]);
  expect(features).toBe(graph.value('Conv_1'));
});

test('width 1.4 has the channels and the weights of the pretrained trunk', () => {
  const { graph } = build({ width: 1.4 });
  const channels = ['Conv', 'expanded_conv', 'expanded_conv_2', 'expanded_conv_5', 'expanded_conv_9'];
  expect(channels.map((name) => graph.value(name).shape[1])).toEqual([48, 24, 32, 48, 88]);
  const rest = ['expanded_conv_12', 'expanded_conv_15', 'expanded_conv_16', 'Conv_1'];
  expect(rest.map((name) => graph.value(name).shape[1])).toEqual([136, 224, 448, 1792]);
  const trunk = graph.parameters.filter((name) => !name.startsWith('dense.'));
  expect(trunk).toHaveLength(104);
  const weights = trunk.map((name) => graph.initializers.get(name)!.data.length);
  expect(weights.reduce((sum, n) => sum + n, 0)).toBe(4_291_808);
});

test('widths below 1 keep the last layer, and no width loses more than a tenth of the channels', () => {
  const { graph } = build({ width: 0.35 });
  expect(graph.value('Conv').shape[1]).toBe(16);
  expect(graph.value('expanded_conv').shape[1]).toBe(8);
  expect(graph.value('Conv_1').shape[1]).toBe(1280);
});

test('strided layers are padded as TensorFlow pads: the odd zero below and to the right', () => {
  const { graph } = build();
  const padsOf = (name: string): unknown => graph.producerOf(name)!.attributes.pads!.value;
  expect(padsOf(graph.producerOf('Conv')!.inputs[0]!)).toEqual([0, 0, 1, 1]); // 60 x 40
  const depthwise = (block: string): string => {
    const project = graph.nodes.find((node) => node.inputs[1] === `${block}.depthwise.weight`)!;
    return project.outputs[0]!;
  };
  expect(padsOf(depthwise('expanded_conv_3'))).toEqual([1, 0, 1, 1]); // 15 x 10
  expect(padsOf(depthwise('expanded_conv_13'))).toEqual([0, 1, 1, 1]); // 4 x 3
});

test('blocks whose sizes agree add their input', () => {
  const { graph } = build({ width: 1.4 });
  const added = graph.nodes.filter((node) => node.op === 'Add' && node.name.startsWith('expanded_conv'));
  expect(added.map((node) => Number(node.name.split('_')[2]))).toEqual([2, 4, 5, 7, 8, 9, 11, 12, 14, 15]);
});

test.each([
  { recurrence: 'none' },
  { recurrence: 'none', maximaOf: null },
  { recurrence: 'gru', maximaOf: null },
  { recurrence: 'gru', projection: 16, maximaOf: 'expanded_conv_16' },
  { recurrence: 'lstm', maximaOf: 'expanded_conv_12' },
])('a poster gets the same logits in any batch and unrolled: %o', async (options) => {
  const { graph } = build(options);
  const both = await logitsOf(graph, 2);
  const first = await logitsOf(graph, 1);
  expect(both).toHaveLength(6);
  first.forEach((value, i) => expect(value).toBeCloseTo(both[i]!, 4));
  const unrolled = await logitsOf(differentiableForm(graph, { training: false }).graph, 2);
  both.forEach((value, i) => expect(value).toBeCloseTo(unrolled[i]!, 4));
});

test('a feature map that does not exist is refused', () => {
  expect(() => build({ maximaOf: 'expanded_conv_17' })).toThrow(/maximaOf/);
});
