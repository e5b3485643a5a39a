import { expect, test } from 'vitest';
import { decide, matrixFromRows } from '../../src/evaluate/index.ts';
import { samplePosters } from './sampled.ts';

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
