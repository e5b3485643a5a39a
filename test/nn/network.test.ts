import { describe, expect, test } from 'vitest';
import { differentiableForm, emitModel, Session } from '../../src/graph/index.ts';
import { buildNetwork, networkOptionsSchema, withWeights } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';

const stages = [
  { channels: 4, halve: true, blocks: 0 },
  { channels: 8, halve: false, blocks: 1 },
];
const input = { height: 24, width: 16, genres: 5, bias: [-1, -2, -3, -2, -1] };

function build(options: object, seed = 0) {
  const parsed = networkOptionsSchema.parse({
    network: 'cnn-rnn',
    stages,
    hidden: 6,
    attention: 6,
    ...options,
  });
  return buildNetwork(parsed, input, Random.fromSeed(seed));
}

async function logitsOf(graph: Parameters<typeof emitModel>[0], pixels: Uint8Array): Promise<number[]> {
  const session = await Session.create(emitModel(graph));
  const posters = pixels.length / (24 * 16 * 3);
  const { logit } = await session.run({
    image: { dtype: 'uint8', shape: [posters, 24, 16, 3], data: pixels },
  });
  await session.release();
  return Array.from(logit!.data as Float32Array);
}

function noise(posters: number): Uint8Array {
  const random = Random.fromSeed(9);
  return Uint8Array.from({ length: posters * 24 * 16 * 3 }, () => random.integer(256));
}

const variants = [
  { recurrence: 'gru', pooling: 'attention' },
  { recurrence: 'gru', pooling: 'last' },
  { recurrence: 'lstm', pooling: 'attention' },
  { recurrence: 'lstm', pooling: 'last' },
  { recurrence: 'none' },
];

describe.each(variants)('cnn-rnn with $recurrence and $pooling', (variant) => {
  test('gives one row of logits a poster, whatever the batch', async () => {
    const { graph, logits } = build(variant);
    expect(logits.shape).toEqual(['batch', 5]);
    const both = await logitsOf(graph, noise(2));
    const first = await logitsOf(graph, noise(2).subarray(0, 24 * 16 * 3));
    expect(both).toHaveLength(10);
    first.forEach((value, i) => expect(value).toBeCloseTo(both[i]!, 4));
  });

  test('computes the same unrolled as with the recurrent operator', async () => {
    const { graph } = build(variant);
    const unrolled = differentiableForm(graph, { training: false }).graph;
    const [a, b] = [await logitsOf(graph, noise(3)), await logitsOf(unrolled, noise(3))];
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 4));
  });
});

test('the same seed builds the same weights and another seed builds others', () => {
  const weightsOf = (seed: number) => build({}, seed).graph.initializers.get('stage1.conv.weight')!.data;
  expect(weightsOf(1)).toEqual(weightsOf(1));
  expect(weightsOf(1)).not.toEqual(weightsOf(2));
});

test('parameters are what training may change, statistics what follows the batches', () => {
  const { graph } = build({ recurrence: 'gru' });
  expect(graph.parameters).toMatchInlineSnapshot(`
    [
      "stage1.conv.weight",
      "stage1.norm.scale",
      "stage1.norm.offset",
      "stage2.conv.weight",
      "stage2.norm.scale",
      "stage2.norm.offset",
      "stage2.block1.conv.weight",
      "stage2.block1.norm.scale",
      "stage2.block1.norm.offset",
      "gru.input_weight",
      "gru.recurrent_weight",
      "gru.bias",
      "attention.projection",
      "attention.bias",
      "attention.query",
      "dense.weight",
      "dense.bias",
    ]
  `);
  expect(graph.statistics.every((name) => name.includes('running_'))).toBe(true);
  expect(graph.statistics).toHaveLength(6);
});

test('the dense layer starts at the given log-odds', () => {
  expect(build({}).graph.initializers.get('dense.bias')!.data).toEqual(Float32Array.from(input.bias));
});

test('weights can be exchanged without touching the original', async () => {
  const { graph } = build({ recurrence: 'none' });
  const zeros = new Map([['dense.weight', new Float32Array(5 * 16)]]);
  const changed = await logitsOf(withWeights(graph, zeros), noise(1));
  expect(changed).toEqual(input.bias);
  expect(await logitsOf(graph, noise(1))).not.toEqual(input.bias);
});

test('an option that is no option is refused', () => {
  expect(() => build({ hiddenUnits: 3 })).toThrow(/hiddenUnits/);
});
