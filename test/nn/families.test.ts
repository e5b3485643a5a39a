import { describe, expect, test } from 'vitest';
import {
  differentiableForm,
  differentiate,
  emitModel,
  float32,
  type Graph,
  operators as op,
  Session,
  type Tensor,
} from '../../src/graph/index.ts';
import { buildNetwork, type Network, onnxNetworkOptionsSchema, withWeights } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { type FamilyGolden, familyTrunk, golden } from './family.ts';

const { size, families } = golden;
const genres = 3;

/** The picture of the golden's script, as many times as asked for, each but the last in reverse. */
function pictures(count: number): Tensor {
  const one = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % size, Math.floor(i / 3 / size)];
    return (3 * y + 5 * x + 50 * c + Math.floor((x * y) / 4)) % 256;
  });
  const data = new Uint8Array(count * one.length);
  for (let n = 0; n < count; n++) data.set(n === count - 1 ? one : one.toReversed(), n * one.length);
  return { dtype: 'uint8', shape: [count, size, size, 3], data };
}

async function networkOf(file: string): Promise<Network> {
  const options = onnxNetworkOptionsSchema.parse({ network: 'onnx', file, dropout: 0 });
  const trunk = await familyTrunk(file, { height: size, width: size });
  const input = { height: size, width: size, genres, bias: [0, 0.1, 0.2] };
  return buildNetwork(options, input, Random.fromSeed(0), trunk);
}

/** The head of the golden's script. */
function withGoldenHead({ graph }: Network): Graph {
  const { length } = graph.initializers.get('dense.weight')!.data;
  const weights = Float32Array.from({ length }, (_, i) => (((i * 7) % 11) - 5) / 10);
  return withWeights(graph, new Map([['dense.weight', weights]]));
}

async function run(graph: Graph, image: Tensor): Promise<Record<string, Tensor>> {
  const session = await Session.create(emitModel(graph), { threads: 1 });
  try {
    return await session.run({ image });
  } finally {
    await session.release();
  }
}

/** A parameter of PyTorch's in the trunk: by its name, or, where the exporter transposed it, by its numbers. */
function find(
  graph: Graph,
  { name, shape, places, weights }: FamilyGolden['gradients'][number],
): { readonly parameter: string; readonly at: (place: number) => number } {
  const parameters = graph.parameters;
  const direct = parameters.find((each) => each.replace(/^trunk\d+\./, '') === name);
  if (direct !== undefined) return { parameter: direct, at: (place) => place };
  const [rows, columns] = shape as [number, number];
  const at = (place: number): number => (place % columns) * rows + Math.floor(place / columns);
  const parameter = parameters.find((each) => {
    const { data, shape: found } = graph.initializers.get(each)!;
    const fits = shape.length === 2 && found.join() === `${columns},${rows}`;
    return fits && places.every((place, i) => Math.abs(Number(data[at(place)]) - weights[i]!) < 1e-6);
  });
  expect(parameter, `${name} is a parameter`).toBeDefined();
  return { parameter: parameter!, at };
}

function expectNear(
  found: ArrayLike<number>,
  expected: readonly number[],
  scale: number,
  what: string,
): void {
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value), `${what}[${i}]: ${found[i]} for ${value}`).toBeLessThan(1e-4 * scale);
  });
}

describe.each(Object.entries(families))('%s', (family, { logits, gradients }) => {
  test.each(['plain', 'folded'])(
    'exported %s, gives the logits of PyTorch in a batch of two',
    async (form) => {
      const graph = withGoldenHead(await networkOf(`${family}.${form}`));
      const { logit } = await run(graph, pictures(2));
      expect(logit!.shape).toEqual([2, genres]);
      const largest = Math.max(...logits.map(Math.abs));
      expectNear((logit!.data as Float32Array).subarray(genres), logits, largest, 'logits');
    },
  );

  test("gives PyTorch's gradients", async () => {
    const { graph } = differentiableForm(withGoldenHead(await networkOf(`${family}.plain`)), {
      training: false,
    });
    const coefficients = graph.constant(float32([1, -0.5, 0.25], [1, 3]));
    const loss = op.reduceSum(op.multiply(graph.outputs.get('logit')!, coefficients), [0, 1]);
    const found = gradients.map((each) => find(graph, each));
    const results = differentiate(
      graph,
      loss,
      found.map(({ parameter }) => graph.value(parameter)),
    );
    graph.outputs.clear();
    for (const { parameter } of found) graph.output(`gradient:${parameter}`, results.get(parameter)!);
    const outputs = await run(graph, pictures(1));
    gradients.forEach(({ name, places, values, largest }, i) => {
      const { parameter, at } = found[i]!;
      const { data } = outputs[`gradient:${parameter}`]!;
      expectNear(
        places.map((place) => Number(data[at(place)])),
        values,
        largest,
        name,
      );
    });
  });
});

test('the layers of a trunk are numbered from the picture on, each with what normalizes after it', async () => {
  const { graph } = await networkOf('resnet.plain');
  const names = graph.parameters;
  expect(names.slice(0, 4)).toEqual([
    'trunk01.0.weight',
    'trunk01.1.weight',
    'trunk01.1.bias',
    'trunk02.4.conv1.weight',
  ]);
  expect(names.slice(-2)).toEqual(['dense.weight', 'dense.bias']);
  const layers = names.slice(0, -2).map((name) => Number(name.match(/^trunk(\d+)\./)![1]));
  expect(layers).toEqual(layers.toSorted((a, b) => a - b));
});
