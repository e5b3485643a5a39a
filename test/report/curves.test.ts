import { expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import { bestRow, epochOfFall, priorLoss, roughness } from '../../src/report/curves.ts';
import { historyOf } from './history.ts';

test('the best row is the lowest of a loss and the highest of a measure, the first of equals', () => {
  const rows = historyOf({ training: [3, 1, 1], validation: [Number.NaN, 2, 3], precision: [0.2, 0.5, 0.5] });
  expect(bestRow(rows, 'training_loss')!.epoch).toBe(2);
  expect(bestRow(rows, 'validation_loss')!.epoch).toBe(2);
  expect(bestRow(rows, 'validation_micro_precision')!.epoch).toBe(2);
  expect(bestRow(historyOf({ training: [Number.NaN], validation: [1] }), 'training_loss')).toBeUndefined();
});

test('roughness estimates the noise about a smooth course, and one spike does not hide the rest', () => {
  const random = Random.fromSeed(4);
  const noisy = Array.from({ length: 400 }, (_, i) => 1 / (1 + i / 50) + 0.01 * random.normal());
  expect(roughness(noisy)).toBeGreaterThan(0.008);
  expect(roughness(noisy.with(100, 9))).toBeLessThan(0.012);
  expect(roughness([5, 4, 3, 2, 1])).toBe(0);
  expect(roughness([1, 9, 1])).toBe(0);
});

test('the epoch of a fall is the first that has made the share of it', () => {
  const rows = historyOf({ training: [10, 5, 3, 0], validation: [1, 1, 1, 1] });
  expect(epochOfFall(rows, 'training_loss', 0.5)).toBe(2);
  expect(epochOfFall(rows, 'training_loss', 0.8)).toBe(4);
  expect(epochOfFall(rows, 'validation_loss', 0.5)).toBeUndefined();
});

test('the loss of the frequencies alone is their mean entropy', () => {
  expect(priorLoss([0.5, 0.5])).toBeCloseTo(Math.LN2);
  expect(priorLoss([0, 1])).toBe(0);
});
