import { describe, expect, test } from 'vitest';
import { OnesheetError } from '../../src/errors.ts';
import {
  differentiableForm,
  differentiate,
  emitModel,
  float,
  float32,
  Graph,
  operators as op,
  Session,
  type Tensor,
  type Value,
} from '../../src/graph/index.ts';
import { Random } from '../../src/random.ts';
import { denseOf, evaluate } from './reference.ts';

function noise(random: Random, shape: readonly number[]): Tensor {
  const length = shape.reduce((product, dim) => product * dim, 1);
  return float32(
    Float32Array.from({ length }, () => random.normal()),
    shape,
  );
}

/** A small network of the kind that trains: convolution, normalization, recurrence, dropout, loss. */
function network(random: Random): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2, 6, 4]);
  const weight = (name: string, shape: readonly number[]): Value =>
    graph.initializer(name, noise(random.split(name), shape));
  const convolved = op.conv(x, weight('conv', [3, 2, 3, 3]), undefined, { pads: [1, 1, 1, 1] });
  const statistics = [float32(new Float32Array(3)), float32(new Float32Array(3).fill(1))];
  const [mean, variance] = statistics.map((tensor, i) => graph.initializer(`statistic${i}`, tensor));
  const normalized = op.batchNormalization(
    convolved,
    weight('scale', [3]),
    weight('offset', [3]),
    mean!,
    variance!,
    { epsilon: 1e-5 },
  );
  const pooled = op.relu(op.maxPool(normalized, { kernel: [2, 2] })); // [batch, 3, 3, 2]
  const sequence = op.reshape(op.transpose(pooled, [2, 0, 1, 3]), [3, -1, 6]); // [time, batch, features]
  const weights = [weight('w', [2, 12, 6]), weight('r', [2, 12, 4]), weight('b', [2, 24])];
  const attributes = { direction: 'bidirectional', hidden_size: 4, linear_before_reset: 1 };
  const [, last] = graph.add('GRU', [sequence, ...weights], attributes, { outputs: 2 });
  const features = op.reshape(op.transpose(last!, [1, 0, 2]), [-1, 8]);
  const dropped = graph.add('Dropout', [features, graph.scalar(0.5)])[0]!;
  graph.output('logit', op.gemm(dropped, weight('dense', [5, 8]), undefined, { transposeB: true }));
  return graph;
}

const trainable = ['conv', 'scale', 'offset', 'w', 'r', 'b', 'dense'];

function trainingStep(source: Graph): Graph {
  const { graph } = differentiableForm(source, { training: true });
  const loss = op.reduceMean(op.softplus(graph.outputs.get('logit')!), [0, 1]);
  const gradients = differentiate(
    graph,
    loss,
    trainable.map((name) => graph.value(name)),
  );
  graph.output('loss', loss);
  for (const [name, gradient] of gradients) graph.output(`gradient:${name}`, gradient);
  return graph;
}

describe('a training step', () => {
  const source = network(Random.fromSeed(1));

  test('gives the same bits in two sessions, at one and at two threads', async () => {
    const graph = trainingStep(source);
    const random = Random.fromSeed(2);
    const feeds: Record<string, Tensor> = Object.fromEntries(
      graph.inputs.map((input) => {
        const shape = input.shape.map((dim) => (dim === 'batch' ? 4 : (dim as number)));
        return [input.name, noise(random.split(input.name), shape)];
      }),
    );
    const model = emitModel(graph);
    for (const threads of [1, 2]) {
      const results: Record<string, Tensor>[] = [];
      for (let i = 0; i < 2; i++) {
        const session = await Session.create(model, { threads });
        results.push(await session.run(feeds));
        await session.release();
      }
      const [first, second] = results as [Record<string, Tensor>, Record<string, Tensor>];
      expect(Object.keys(first)).toEqual(
        expect.arrayContaining(['loss', ...trainable.map((n) => `gradient:${n}`)]),
      );
      for (const [name, { data }] of Object.entries(first)) {
        expect(
          data.some((value: number | bigint) => Number(value) !== 0),
          name,
        ).toBe(true);
        const bits = (values: Tensor['data']): Uint8Array =>
          new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        expect(bits(second[name]!.data), name).toEqual(bits(data));
      }
    }
  });

  test('keeps the statistics of normalizations apart that are equally wide and begin alike', async () => {
    const source = new Graph();
    const random = Random.fromSeed(3);
    const weight = (name: string, shape: readonly number[]): Value =>
      source.initializer(name, noise(random.split(name), shape));
    const fill = (name: string, value: number): Value =>
      source.initializer(name, float32(new Float32Array(3).fill(value)));
    const normalized = (x: Value, name: string): Value => {
      const vectors = [fill(`${name}.scale`, 1), fill(`${name}.offset`, 0)] as const;
      const statistics = [fill(`${name}.mean`, 0), fill(`${name}.variance`, 1)] as const;
      return op.batchNormalization(x, ...vectors, ...statistics, { epsilon: 1e-5 });
    };
    let y = source.input('x', 'float32', ['batch', 3, 4, 5]);
    for (const layer of ['a', 'b', 'c'])
      y = op.relu(normalized(op.conv(y, weight(layer, [3, 3, 1, 1]), undefined), `${layer}.norm`));
    const { graph, statistics } = differentiableForm(source, { training: true });
    const learned = ['a', 'b', 'c'].flatMap((name) => [name, `${name}.norm.scale`, `${name}.norm.offset`]);
    const last = graph.value(y.name);
    const loss = op.reduceMean(op.multiply(last, last), [0, 1, 2, 3]);
    const gradients = differentiate(
      graph,
      loss,
      learned.map((name) => graph.value(name)),
    );
    for (const [name, gradient] of gradients) graph.output(`gradient:${name}`, gradient);
    for (const { runningMean, runningVariance, mean, variance } of statistics) {
      graph.output(`statistic:${runningMean}`, mean);
      graph.output(`statistic:${runningVariance}`, variance);
    }
    const weights = learned.map((name) => [name, source.initializers.get(name)!] as const);
    const feeds = { x: noise(random, [2, 3, 4, 5]), ...Object.fromEntries(weights) };
    const session = await Session.create(emitModel(graph, { asInputs: learned }), { threads: 1 });
    const results = await session.run(feeds);
    await session.release();
    const dense = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, denseOf(tensor)]));
    const expected = evaluate(graph, dense, [...graph.outputs.keys()], 2);
    expect(Object.keys(results)).toHaveLength(15);
    for (const [name, { data }] of Object.entries(results))
      Array.from(data as Float32Array).forEach((value, i) => {
        expect(value, `${name}[${i}]`).toBeCloseTo(expected.get(name)!.data[i]!, 4);
      });
  });

  test('is emitted to the same bytes each time', () => {
    expect(emitModel(trainingStep(network(Random.fromSeed(1))))).toEqual(emitModel(trainingStep(source)));
  });
});

describe('the differentiable form', () => {
  test('tells the statistics of the batch and the masks that it takes', () => {
    const form = differentiableForm(network(Random.fromSeed(1)), { training: true });
    expect(form.statistics.map((each) => [each.runningMean, each.runningVariance, each.mean.shape])).toEqual([
      ['statistic0', 'statistic1', [3]],
    ]);
    expect(form.masks.map(({ shape, rate }) => ({ shape, rate }))).toEqual([
      { shape: ['batch', 8], rate: 0.5 },
    ]);
    expect(form.graph.inputs.map((input) => input.name)).toEqual(['x', form.masks[0]!.input]);
  });

  test('has neither outside of training, nor for layers that are frozen', () => {
    const source = network(Random.fromSeed(1));
    const inference = differentiableForm(source, { training: false });
    expect([inference.statistics, inference.masks]).toEqual([[], []]);
    expect(differentiableForm(source, { training: true, frozen: () => true }).statistics).toEqual([]);
  });

  test('leaves the source as it was', () => {
    const source = network(Random.fromSeed(1));
    const before = emitModel(source);
    trainingStep(source);
    expect(emitModel(source)).toEqual(before);
  });

  test('invents no name that the source uses farther down', () => {
    const source = new Graph();
    const x = source.input('x', 'float32', [2, 'batch', 3]);
    const weights = [source.input('w', 'float32', [1, 6, 3]), source.input('r', 'float32', [1, 6, 2])];
    const attributes = { hidden_size: 2, linear_before_reset: 1 };
    let y = source.add('GRU', [x, ...weights], attributes)[0]!;
    for (let i = 0; i < 60; i++) y = source.add('Sigmoid', [y], {}, { name: `Sigmoid_${i}` })[0]!;
    source.output('y', y);
    expect(() => differentiableForm(source, { training: false })).not.toThrow();
  });

  test.each([
    ['without linear_before_reset', 2, {}],
    ['clip', 2, { linear_before_reset: 1, clip: float(3) }],
    ['over time steps', 'time', { linear_before_reset: 1 }],
    ['over 5000000 steps', 5_000_000, { linear_before_reset: 1 }],
  ])('refuses a GRU that it cannot unroll: %s', (reason, time, attributes) => {
    const source = new Graph();
    const inputs = [
      source.input('x', 'float32', [time, 'batch', 3]),
      source.input('w', 'float32', [1, 6, 3]),
      source.input('r', 'float32', [1, 6, 2]),
    ];
    source.add('GRU', inputs, { hidden_size: 2, ...attributes }, { name: 'rows' });
    expect(() => differentiableForm(source, { training: false })).toThrow(OnesheetError);
    expect(() => differentiableForm(source, { training: false })).toThrow(`GRU (node rows)`);
    expect(() => differentiableForm(source, { training: false })).toThrow(reason);
  });
});
