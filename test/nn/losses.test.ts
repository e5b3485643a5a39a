import { describe, expect, test } from 'vitest';
import { differentiate, emitModel, float32, Graph, Session } from '../../src/graph/index.ts';
import {
  balancedWeights,
  buildLoss,
  type LossOptions,
  lossOptionsSchema,
  lossWeight,
} from '../../src/nn/losses.ts';

const logits = [2, -1, 0.5, -3, 0.2, 4];
const labels = [1, 0, 1, 0, 1, 0];

async function lossOf(
  options: LossOptions,
  z: readonly number[] = logits,
  weights?: readonly number[],
  y = labels,
  known?: readonly number[],
) {
  const graph = new Graph();
  const value = graph.input('logits', 'float32', ['batch', 3]);
  const truth = graph.input('labels', 'float32', ['batch', 3]);
  const mask = known && graph.input('known', 'float32', ['batch', 3]);
  const loss = buildLoss(value, truth, options, weights, mask);
  graph.output('loss', loss);
  graph.output('gradient', differentiate(graph, loss, [value]).get('logits')!);
  const session = await Session.create(emitModel(graph));
  const shape = [z.length / 3, 3];
  const masks = known && { known: float32(known, shape) };
  const result = await session.run({ logits: float32(z, shape), labels: float32(y, shape), ...masks });
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

describe('where nothing is known of a pair', () => {
  const known = [1, 1, 0, 0, 1, 1];
  const others = labels.map((label, i) => (known[i] === 1 ? label : 1 - label));

  /** The papers' formulas over the known pairs alone; for competing genres, over the known genres of each poster. */
  const termOf: Record<string, (z: number, y: number) => number> = {
    'binary-cross-entropy': (z, y) => {
      const target = y * 0.8 + 0.1;
      return -target * Math.log(sigmoid(z)) - (1 - target) * Math.log(1 - sigmoid(z));
    },
    focal: (z, y) => {
      const pt = y === 1 ? sigmoid(z) : 1 - sigmoid(z);
      return -((1 - pt) ** 2) * Math.log(pt);
    },
    asymmetric: (z, y) => {
      const p = sigmoid(z);
      const shifted = Math.max(p - 0.05, 0);
      return y === 1 ? -Math.log(p) : -(shifted ** 4) * Math.log(1 - shifted);
    },
  };
  const weights = [1, 2, 0.5];
  const places = [...known.keys()].filter((i) => known[i] === 1);
  const byPair = (name: string) => (z: readonly number[]) =>
    mean(places.map((i) => weights[i % 3]! * termOf[name]!(z[i]!, labels[i]!)));
  const competing = (z: readonly number[]) =>
    mean(
      [0, 3].map((start) => {
        const own = places.filter((i) => i >= start && i < start + 3);
        const total = own.reduce((sum, i) => sum + Math.exp(z[i]!), 0);
        const count = own.reduce((sum, i) => sum + labels[i]!, 0);
        return own.reduce(
          (sum, i) => sum - (weights[i % 3]! * labels[i]! * Math.log(Math.exp(z[i]!) / total)) / count,
          0,
        );
      }),
    );
  const masked: [string, LossOptions, (z: readonly number[]) => number][] = [
    [
      'binary cross-entropy',
      parse({ loss: 'binary-cross-entropy', labelSmoothing: 0.2 }),
      byPair('binary-cross-entropy'),
    ],
    ['focal loss', parse({ loss: 'focal', gamma: 2 }), byPair('focal')],
    ['asymmetric loss', parse({ loss: 'asymmetric', margin: 0.05 }), byPair('asymmetric')],
    ['categorical cross-entropy', parse({ loss: 'categorical-cross-entropy' }), competing],
  ];

  test.each(masked)(
    '%s is that of the other pairs, and its gradient there is zero',
    async (_, options, formula) => {
      const { loss, gradient } = await lossOf(options, logits, weights, labels, known);
      expect(loss).toBeCloseTo(formula(logits), 5);
      gradient.forEach((value, i) => {
        const h = 1e-5;
        const difference = formula(logits.with(i, logits[i]! + h)) - formula(logits.with(i, logits[i]! - h));
        expect(value).toBeCloseTo(difference / (2 * h), 4);
        if (known[i] === 0) expect(value + 0).toBe(0);
      });
      const changed = await lossOf(options, logits, weights, others, known);
      expect(changed.loss).toBe(loss);
      expect(changed.gradient.map((value) => value + 0)).toEqual(gradient.map((value) => value + 0));
    },
  );

  test.each(masked)(
    '%s of a batch of which nothing is known is 0 and teaches nothing',
    async (_, options) => {
      const nothing = await lossOf(options, [60, -60, 0, 3, 0, 1], weights, labels, [0, 0, 0, 0, 0, 0]);
      expect(nothing.loss + 0).toBe(0);
      expect(nothing.gradient.map((value) => value + 0)).toEqual([0, 0, 0, 0, 0, 0]);
    },
  );

  test.each(masked)('%s does not hear of posters of nothing else', async (_, options) => {
    const half = [1, 1, 1, 0, 0, 0];
    const both = await lossOf(options, logits, weights, labels, half);
    const alone = await lossOf(options, logits.slice(0, 3), weights, labels.slice(0, 3), half.slice(0, 3));
    expect(both.loss).toBeCloseTo(alone.loss, 6);
    both.gradient.slice(0, 3).forEach((value, i) => expect(value).toBeCloseTo(alone.gradient[i]!, 6));
  });

  test('a batch counts in the mean over several by what is known of it', () => {
    const batch = { known: Float32Array.of(1, 1, 0, 0, 0, 0, 1, 0, 0), size: 3 };
    expect(lossWeight(parse({ loss: 'focal' }), batch)).toBe(3);
    expect(lossWeight(parse({ loss: 'categorical-cross-entropy' }), batch)).toBe(2);
    expect(lossWeight(parse({ loss: 'focal' }), { size: 3 })).toBe(3);
    expect(lossWeight(parse({ loss: 'focal' }), { size: 5 })).toBe(5);
  });
});
