import { expect, test } from 'vitest';
import {
  decide,
  expectedF1Thresholds,
  f1Score,
  type Matrix,
  matrixFromRows,
} from '../../src/evaluate/index.ts';
import { samplePosters } from './sampled.ts';

/** The mean of macro-F1 and micro-F1 where each probability counts as so much of a positive. */
function expectedMean(yScore: Matrix, thresholds: readonly number[]): number {
  const { rows, columns, data } = yScore;
  const sums = thresholds.map(() => ({ hits: 0, proposed: 0, positives: 0 }));
  for (let i = 0; i < rows * columns; i++) {
    const sum = sums[i % columns]!;
    sum.positives += data[i]!;
    if (data[i]! < thresholds[i % columns]!) continue;
    sum.proposed += 1;
    sum.hits += data[i]!;
  }
  const f1 = (part: typeof sums): number => {
    const total = (key: 'hits' | 'proposed' | 'positives') => part.reduce((sum, each) => sum + each[key], 0);
    return (2 * total('hits')) / (total('proposed') + total('positives'));
  };
  return (sums.reduce((sum, each) => sum + f1([each]), 0) / columns + f1(sums)) / 2;
}

test('of one genre the threshold is half the F1 that it reaches, between two probabilities', () => {
  const { yScore } = samplePosters(21, 4000, 1);
  const [threshold] = expectedF1Thresholds(yScore);
  expect(threshold).toBeCloseTo(expectedMean(yScore, [threshold!]) / 2, 2);
});

test('no other threshold of any genre gives a greater expected mean', () => {
  const { yScore } = samplePosters(22, 120, 5);
  const thresholds = expectedF1Thresholds(yScore);
  const best = expectedMean(yScore, thresholds);
  thresholds.forEach((_, genre) => {
    for (let at = genre; at < yScore.data.length; at += 5)
      for (const other of [yScore.data[at]!, 2]) {
        const changed = expectedMean(yScore, thresholds.with(genre, other));
        expect(changed).toBeLessThanOrEqual(best + 1e-12);
      }
  });
});

test('on other posters both measures are near those of the threshold that is best for each by itself', () => {
  const { yScore } = samplePosters(23, 1000, 6);
  const others = samplePosters(24, 4000, 6);
  const f1 = (thresholds: readonly number[], average: 'macro' | 'micro') =>
    f1Score(others.yTrue, decide(others.yScore, thresholds, { fallback: 'none' }), { average });
  const thresholds = expectedF1Thresholds(yScore);
  const shared = Array.from({ length: 99 }, (_, i) => Array<number>(6).fill((i + 1) / 100));
  expect(f1(thresholds, 'micro')).toBeGreaterThan(Math.max(...shared.map((t) => f1(t, 'micro'))) - 0.01);
  expect(f1(thresholds, 'macro')).toBeGreaterThan(Math.max(...shared.map((t) => f1(t, 'macro'))));
});

test('tied probabilities are never parted, and a genre that nobody has is never decided', () => {
  const yScore = matrixFromRows([
    [0.8, 0],
    [0.8, 0],
    [0.8, 0],
    [0.2, 0],
  ]);
  const [threshold, absent] = expectedF1Thresholds(yScore);
  expect(threshold).toBeLessThanOrEqual(0.8);
  expect(threshold).toBe(0.5);
  expect(absent).toBeGreaterThan(1);
});
