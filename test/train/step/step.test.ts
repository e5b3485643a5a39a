import { expect, test } from 'vitest';
import { uint8 } from '../../../src/graph/index.ts';
import { buildNetwork, type NetworkOptions, networkOptionsSchema } from '../../../src/nn/index.ts';
import { Random } from '../../../src/random.ts';
import { EvaluationStep, TrainingStep, type Weights } from '../../../src/train/step/step.ts';

const size = { height: 48, width: 32 };
const loss = { loss: 'binary-cross-entropy', labelSmoothing: 0, classWeights: 'none' } as const;

function smallMobilenet(options: object) {
  return small(
    networkOptionsSchema.parse({ network: 'mobilenet-v2', width: 0.1, hidden: 4, dropout: 0, ...options }),
  );
}

function small(options: NetworkOptions) {
  const { graph } = buildNetwork(options, { ...size, genres: 3, bias: [0, -1, 1] }, Random.fromSeed(4));
  const names = graph.parameters;
  const weights = new Map(
    [...names, ...graph.statistics].map((name) => [
      name,
      graph.initializers.get(name)!.data.slice() as Float32Array,
    ]),
  );
  const random = Random.fromSeed(5);
  const pixels = Uint8Array.from({ length: 4 * size.height * size.width * 3 }, () => random.integer(256));
  const labels = Float32Array.from({ length: 4 * 3 }, () => random.integer(2));
  return {
    graph,
    names,
    weights,
    batch: { inputs: { image: uint8(pixels, [4, size.height, size.width, 3]) }, labels, size: 4 },
    random,
  };
}

test.each([{ recurrence: 'none' }, { recurrence: 'gru', maximaOf: null }])(
  'along its gradients, the loss of MobileNetV2 changes as they say: %o',
  async (options) => {
    const { graph, names, weights, batch, random } = smallMobilenet(options);
    const training = await TrainingStep.create(graph, names, loss, undefined, { threads: 1 });
    const { gradients } = await training.run(batch, weights, random);
    await training.release();
    expect([...gradients.keys()].sort()).toEqual([...names].sort());
    const evaluation = await EvaluationStep.create(graph, loss, undefined, { threads: 1 });
    for (const layer of ['Conv.', 'expanded_conv.', 'expanded_conv_8.', 'expanded_conv_13.', 'dense.']) {
      const moved = [...gradients].filter(([name]) => name.startsWith(layer));
      const norm = Math.sqrt(moved.flatMap(([, g]) => [...g]).reduce((sum, value) => sum + value * value, 0));
      expect(norm, layer).toBeGreaterThan(0);
      const step = 5e-4;
      const lossAt = async (sign: number): Promise<number> => {
        const changed = moved.map(
          ([name, g]) => [name, weights.get(name)!.map((w, i) => w + (sign * step * g[i]!) / norm)] as const,
        );
        return (await evaluation.run(batch, new Map([...weights, ...changed]))).loss;
      };
      const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step);
      expect(Math.abs(slope / norm - 1), layer).toBeLessThan(0.02);
    }
    await evaluation.release();
  },
);

test('gradients are computed for the trainable parameters only', async () => {
  const { graph, weights, batch, random } = smallMobilenet({ recurrence: 'none' });
  const training = await TrainingStep.create(graph, ['dense.weight'], loss, undefined, { threads: 1 });
  const { gradients } = await training.run(batch, weights, random);
  await training.release();
  expect([...gradients.keys()]).toEqual(['dense.weight']);
});

test('along its gradients, the loss of the CNN-RNN changes as they say, whose layers normalize by the batch', async () => {
  const options = networkOptionsSchema.parse({
    network: 'cnn-rnn',
    stages: [{ channels: 8, blocks: 1 }, { channels: 16 }],
    hidden: 4,
    attention: 4,
    dropout: 0,
  });
  const { graph, weights, batch, random } = small(options);
  const training = await TrainingStep.create(graph, graph.parameters, loss, undefined, { threads: 1 });
  const { gradients } = await training.run(batch, weights, random);
  for (const [name, own] of gradients) {
    const gradient = own.slice();
    const norm = Math.hypot(...gradient);
    const step = 1e-3;
    const lossAt = async (sign: number): Promise<number> => {
      const moved = weights.get(name)!.map((w, i) => w + (sign * step * gradient[i]!) / norm);
      return (await training.run(batch, new Map([...weights, [name, moved]]), random)).loss;
    };
    const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step);
    expect(Math.abs(slope / norm - 1), name).toBeLessThan(0.02);
  }
  await training.release();
});

test('what is frozen stays as the network holds it, and the others have the gradients that they have without freezing', async () => {
  const { graph, names, weights, batch, random } = smallMobilenet({ recurrence: 'none' });
  const free = names.filter((name) => /^(expanded_conv_1[0-6]|Conv_1|dense)\./.test(name));
  const gradientsOf = async (trainable: readonly string[], given: Weights) => {
    const training = await TrainingStep.create(graph, trainable, loss, undefined, { threads: 1 });
    const { gradients } = await training.run(batch, given, random);
    await training.release();
    return gradients;
  };
  const all = await gradientsOf(names, weights);
  const some = await gradientsOf(free, new Map(free.map((name) => [name, weights.get(name)!])));
  expect([...some.keys()].sort()).toEqual([...free].sort());
  for (const [name, gradient] of some) {
    const expected = all.get(name)!;
    const scale = Math.max(...expected.map(Math.abs));
    const difference = Math.max(...expected.map((value, i) => Math.abs(value - gradient[i]!)));
    expect(difference, name).toBeLessThanOrEqual(1e-4 * scale);
  }
});
