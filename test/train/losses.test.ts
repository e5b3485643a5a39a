import { describe, expect, test } from 'vitest';
import { differentiate, emitModel, float32, Graph, Session } from '../../src/graph/index.ts';
import { balancedWeights, buildLoss, type LossOptions, lossOptionsSchema } from '../../src/train/losses.ts';

const logits = [2, -1, 0.5, -3, 0.2, 4];
const labels = [1, 0, 1, 0, 1, 0];

async function lossOf(
  options: LossOptions,
  z: readonly number[] = logits,
  weights?: readonly number[],
  y = labels,
) {
  const graph = new Graph();
  const value = graph.input('logits', 'float32', ['batch', 3]);
  const truth = graph.input('labels', 'float32', ['batch', 3]);
  const loss = buildLoss(value, truth, options, weights);
  graph.output('loss', loss);
  graph.output('gradient', differentiate(graph, loss, [value]).get('logits')!);
  const session = await Session.create(emitModel(graph));
  const result = await session.run({ logits: float32(z, [2, 3]), labels: float32(y, [2, 3]) });
  await session.release();
  return { loss: Number(result.loss!.data[0]), gradient: Array.from(result.gradient!.data as Float32Array) };
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const parse = (options: object): LossOptions => lossOptionsSchema.parse(options);

/** The formulas of the papers, written directly in probabilities. */
const formulas: [string, LossOptions, (z: readonly number[]) => number][] = [
  [
    'binary cross-entropy',
    parse({ loss: 'binary-cross-entropy' }),
    (z) => mean(z.map((v, i) => -Math.log(labels[i] === 1 ? sigmoid(v) : 1 - sigmoid(v)))),
  ],
  [
    'binary cross-entropy with smoothed labels',
    parse({ loss: 'binary-cross-entropy', labelSmoothing: 0.2 }),
    (z) =>
      mean(
        z.map((v, i) => {
          const target = labels[i]! * 0.8 + 0.1;
          return -target * Math.log(sigmoid(v)) - (1 - target) * Math.log(1 - sigmoid(v));
        }),
      ),
  ],
  [
    'focal loss',
    parse({ loss: 'focal', gamma: 2 }),
    (z) =>
      mean(
        z.map((v, i) => {
          const pt = labels[i] === 1 ? sigmoid(v) : 1 - sigmoid(v);
          return -((1 - pt) ** 2) * Math.log(pt);
        }),
      ),
  ],
  [
    'asymmetric loss',
    parse({ loss: 'asymmetric', gammaPositive: 1, gammaNegative: 4, margin: 0.05 }),
    (z) =>
      mean(
        z.map((v, i) => {
          const p = sigmoid(v);
          if (labels[i] === 1) return -(1 - p) * Math.log(p);
          const shifted = Math.max(p - 0.05, 0);
          return -(shifted ** 4) * Math.log(1 - shifted);
        }),
      ),
  ],
  [
    'categorical cross-entropy over normalized label vectors',
    parse({ loss: 'categorical-cross-entropy' }),
    (z) =>
      mean(
        [0, 3].map((start) => {
          const row = z.slice(start, start + 3);
          const total = row.reduce((sum, v) => sum + Math.exp(v), 0);
          const count = labels.slice(start, start + 3).reduce((sum, v) => sum + v, 0);
          return row.reduce(
            (sum, v, g) => sum - (labels[start + g]! / count) * Math.log(Math.exp(v) / total),
            0,
          );
        }),
      ),
  ],
];

describe.each(formulas)('%s', (_name, options, formula) => {
  test('has the value of its formula', async () => {
    expect((await lossOf(options)).loss).toBeCloseTo(formula(logits), 5);
  });

  test('has the gradient of its formula', async () => {
    const { gradient } = await lossOf(options);
    gradient.forEach((value, i) => {
      const h = 1e-5;
      const difference = formula(logits.with(i, logits[i]! + h)) - formula(logits.with(i, logits[i]! - h));
      expect(value).toBeCloseTo(difference / (2 * h), 4);
    });
  });

  test('stays finite for logits far out', async () => {
    const { loss, gradient } = await lossOf(options, [60, -60, -60, 60, -60, 60]);
    expect(Number.isFinite(loss)).toBe(true);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

test('a poster without labels adds nothing to categorical cross-entropy', async () => {
  const options = parse({ loss: 'categorical-cross-entropy' });
  const { gradient } = await lossOf(options, logits, undefined, [1, 0, 1, 0, 0, 0]);
  expect(gradient.slice(3)).toEqual([0, 0, 0].map((v) => expect.closeTo(v, 7)));
});

test('class weights multiply the terms of their genre', async () => {
  const options = parse({ loss: 'binary-cross-entropy' });
  const plain = (await lossOf(options)).gradient;
  const weighted = (await lossOf(options, logits, [1, 2, 0])).gradient;
  weighted.forEach((value, i) => expect(value).toBeCloseTo(plain[i]! * [1, 2, 0][i % 3]!, 6));
});

test('balanced weights are inverse to frequency, with mean 1', () => {
  expect(balancedWeights([0.5, 0.25])).toEqual([2 / 3, 4 / 3]);
});
