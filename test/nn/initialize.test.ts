import { expect, test } from 'vitest';
import { glorotUniform, heNormal, orthogonalGates, rememberingBiases } from '../../src/nn/initialize.ts';
import { Random } from '../../src/random.ts';

function variance(values: Float32Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
}

test('He normal weights have the variance 2 / fan-in', () => {
  const values = heNormal([64, 32, 3, 3], Random.fromSeed(1));
  expect(variance(values) / (2 / (32 * 9))).toBeCloseTo(1, 1);
});

test('Glorot uniform weights stay within sqrt(6 / (fan-in + fan-out)) and fill it', () => {
  const values = glorotUniform([50, 30], Random.fromSeed(1));
  const bound = Math.sqrt(6 / 80);
  const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
  expect(largest).toBeGreaterThan(0.95 * bound);
});

test('each gate of the recurrent weights is an orthogonal matrix', () => {
  const hidden = 24;
  const values = orthogonalGates([2, 3 * hidden, hidden], Random.fromSeed(3));
  for (let block = 0; block < 6; block++) {
    const rows = values.subarray(block * hidden * hidden, (block + 1) * hidden * hidden);
    for (let i = 0; i < hidden; i++) {
      for (let j = 0; j <= i; j++) {
        let dot = 0;
        for (let k = 0; k < hidden; k++) dot += rows[i * hidden + k]! * rows[j * hidden + k]!;
        expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-5);
      }
    }
  }
});

test("an LSTM's biases are zero but for the forget gates", () => {
  const values = rememberingBiases([2, 2 * 4 * 3], Random.fromSeed(0));
  const ones = [...values].flatMap((v, i) => (v === 1 ? [i] : []));
  expect(ones).toEqual([6, 7, 8, 30, 31, 32]); // gates i, o, f, c of 3 units; the second direction from 24 on
  expect(values.reduce((sum, v) => sum + v, 0)).toBe(6);
});
