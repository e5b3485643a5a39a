import { expect, test } from 'vitest';
import {
  chooseThresholds,
  decide,
  defaultThreshold,
  f1Score,
  matrixFromRows,
  precisionRecallCurve,
} from '../../src/evaluate/index.ts';
import { columnOf } from '../../src/evaluate/matrix.ts';
import { goldenCases } from './golden.ts';
import { samplePosters } from './sampled.ts';

test('the chosen thresholds reach the best F1 of every point on the precision-recall curve', () => {
  for (const { yTrue, yScore } of goldenCases) {
    const thresholds = chooseThresholds(yTrue, yScore, { objective: 'f1' });
    const reached = f1Score(yTrue, decide(yScore, thresholds, { fallback: 'none' }), { average: 'none' });
    for (let genre = 0; genre < yTrue.columns; genre++) {
      const truth = columnOf(yTrue, genre);
      if (!truth.includes(1)) continue;
      const { precision, recall } = precisionRecallCurve(truth, columnOf(yScore, genre));
      const best = Math.max(
        ...precision.map((p, i) => (p + recall[i] === 0 ? 0 : (2 * p * recall[i]) / (p + recall[i]))),
      );
      expect(reached[genre]).toBeCloseTo(best, 12);
    }
  }
});

test('a genre without positives gets the default threshold', () => {
  const yTrue = matrixFromRows([
    [1, 0],
    [0, 0],
  ]);
  const yScore = matrixFromRows([
    [0.2, 0.3],
    [0.1, 0.9],
  ]);
  const thresholds = chooseThresholds(yTrue, yScore, { objective: 'f1' });
  expect(thresholds[0]).toBeCloseTo(0.15, 12);
  expect(thresholds[1]).toBe(defaultThreshold);
});

test('of thresholds with equal F1 the highest is taken, and tied scores are never parted', () => {
  // Accepting one, or all four, gives F1 = 2/3 either way.
  const yTrue = matrixFromRows([[1], [0], [0], [1]]);
  const yScore = matrixFromRows([[0.8], [0.5], [0.4], [0.2]]);
  expect(chooseThresholds(yTrue, yScore, { objective: 'f1' })).toEqual([0.65]);
  const tied = matrixFromRows([[0.8], [0.8], [0.8], [0.2]]);
  expect(chooseThresholds(yTrue, tied, { objective: 'f1' })).toEqual([0.1]);
});

test('when every poster is accepted the threshold lies below the lowest score, down to 0', () => {
  const yTrue = matrixFromRows([[1], [1]]);
  expect(chooseThresholds(yTrue, matrixFromRows([[0.8], [0.4]]), { objective: 'f1' })).toEqual([0.2]);
  const zeros = matrixFromRows([[0], [0]]);
  const thresholds = chooseThresholds(yTrue, zeros, { objective: 'f1' });
  expect([...decide(zeros, thresholds).data]).toEqual([1, 1]);
});

test('no poster gets nothing with the top-1 fallback, and it only touches posters that had nothing', () => {
  const { yScore } = samplePosters(4, 300, 6);
  const thresholds = Array<number>(6).fill(0.8);
  const without = decide(yScore, thresholds, { fallback: 'none' });
  const withFallback = decide(yScore, thresholds);
  let empty = 0;
  for (let r = 0; r < 300; r++) {
    const row = (data: Uint8Array) => [...data.subarray(r * 6, r * 6 + 6)];
    const scores = [...yScore.data.subarray(r * 6, r * 6 + 6)];
    if (row(without.data).includes(1)) expect(row(withFallback.data)).toEqual(row(without.data));
    else {
      empty++;
      const top = scores.indexOf(Math.max(...scores));
      expect(row(withFallback.data)).toEqual(scores.map((_, genre) => (genre === top ? 1 : 0)));
    }
  }
  expect(empty).toBeGreaterThan(20);
});

test('a 32-bit probability that equals its threshold is accepted', () => {
  const yScore = { rows: 1, columns: 2, data: Float32Array.of(0.3, 0.7) };
  expect([...decide(yScore, yScore.data, { fallback: 'none' }).data]).toEqual([1, 1]);
});

test('thresholds must be one a genre', () => {
  expect(() => decide(matrixFromRows([[0.5, 0.5]]), [0.5])).toThrow(
    'Expected one value for each of 2 genres for thresholds but received 1.',
  );
});
