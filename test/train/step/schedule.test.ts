import { describe, expect, test } from 'vitest';
import { constantRate, warmupCosine } from '../../../src/train/step/schedule.ts';

describe('warmupCosine', () => {
  test('the worked example of its docstring holds', () => {
    const rate = warmupCosine({ peak: 1, warmupSteps: 1, totalSteps: 3 });
    expect([0, 1, 2, 3, 100].map(rate)).toEqual([0.5, 1, expect.closeTo(0.5, 12), 0, 0]);
  });

  test('rises in equal parts to the peak, then falls to the floor without ever rising again', () => {
    const rate = warmupCosine({ peak: 2e-3, warmupSteps: 4, totalSteps: 20, floor: 1e-5 });
    const rates = Array.from({ length: 25 }, (_, step) => rate(step));
    for (let step = 0; step < 4; step++) expect(rates[step]).toBeCloseTo((2e-3 * (step + 1)) / 5, 15);
    expect(rates[4]).toBe(2e-3);
    for (let step = 5; step <= 20; step++) expect(rates[step]).toBeLessThan(rates[step - 1]!);
    expect(rates.slice(20)).toEqual([1e-5, 1e-5, 1e-5, 1e-5, 1e-5]);
    expect(rates[12]).toBeCloseTo((2e-3 + 1e-5) / 2, 15);
  });

  test('starts at the peak without a warm-up, and only warms up when training is shorter than that', () => {
    expect(warmupCosine({ peak: 3, warmupSteps: 0, totalSteps: 2 })(0)).toBe(3);
    const short = warmupCosine({ peak: 3, warmupSteps: 5, totalSteps: 3 });
    expect([0, 1, 2].map(short)).toEqual([0.5, 1, 1.5]);
  });
});

test('constantRate gives the same rate at every step', () => {
  expect([0, 1, 1e6].map(constantRate(0.1))).toEqual([0.1, 0.1, 0.1]);
});
