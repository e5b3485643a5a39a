import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emitModel, Session } from '../../src/graph/index.ts';
import { buildNetwork, networkOptionsSchema, withWeights } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { convertedTrunk } from '../../tools/convertMobilenet.ts';

interface Golden {
  readonly height: number;
  readonly width: number;
  readonly maps: Readonly<Record<string, GoldenMap>>;
}

interface GoldenMap {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly largest: number;
  readonly places: readonly number[];
  readonly values: readonly number[];
}

const { height, width, maps } = JSON.parse(
  readFileSync(new URL('golden/mobilenet.json', import.meta.url), 'utf8'),
) as Golden;

const trunk = convertedTrunk() as Map<string, { shape: readonly number[]; data: Float32Array }>;
const network = buildNetwork(
  networkOptionsSchema.parse({ network: 'mobilenet-v2' }),
  { height, width, genres: 2, bias: [0, 0] },
  Random.fromSeed(0),
).graph;

test('the converted trunk has every weight of the network but the head, in its shape', () => {
  const expected = network.parameters.filter((name) => !name.startsWith('dense.'));
  expect([...trunk.keys()].sort()).toEqual(expected.sort());
  for (const [name, { shape, data }] of trunk) {
    expect(shape, name).toEqual(network.initializers.get(name)!.shape);
    expect(data.length, name).toBe(network.initializers.get(name)!.data.length);
  }
});

test('with the converted weights every map is what TensorFlow’s graph computes, to 1e-4 of its largest value', async () => {
  const graph = withWeights(network, new Map([...trunk].map(([name, { data }]) => [name, data])));
  graph.outputs.clear();
  for (const name of Object.keys(maps)) graph.output(name, graph.value(name));
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        data[(y * width + x) * 3 + c] = (3 * y + 5 * x + 50 * c + ((x * y) >> 4)) % 256;
  const session = await Session.create(emitModel(graph));
  const outputs = await session.run({ image: { dtype: 'uint8', shape: [1, height, width, 3], data } });
  await session.release();
  for (const [name, golden] of Object.entries(maps)) {
    const values = outputs[name]!.data as Float32Array;
    expect(outputs[name]!.shape, name).toEqual(golden.shape);
    const tolerance = 1e-4 * golden.largest;
    const found = golden.places.map((place) => values[place]!);
    const errors = found.map((value, i) => Math.abs(value - golden.values[i]!));
    expect(Math.max(...errors), name).toBeLessThan(tolerance);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - golden.mean), name).toBeLessThan(tolerance);
  }
});
