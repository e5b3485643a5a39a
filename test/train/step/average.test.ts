import { describe, expect, test } from 'vitest';
import { averageDecay, weightAverage } from '../../../src/train/step/average.ts';

const weights = (...values: number[]) => new Map([['w', Float32Array.from(values)]]);

describe('weightAverage', () => {
  test('starts as a copy of the weights, not as the weights themselves', () => {
    const first = weights(1, 2);
    const state = weightAverage().initialState(first);
    first.get('w')![0] = 9;
    expect([...state.tensors.get('w')!]).toEqual([1, 2]);
  });

  test('follows the weights by the share that the decay of each step leaves', () => {
    const average = weightAverage({ decay: 0.15 });
    const state = average.initialState(weights(1, -4));
    average.update(weights(2, 0), state);
    expect(state.tensors.get('w')![0]).toBeCloseTo(0.1 * 1 + 0.9 * 2, 6);
    average.update(weights(5, 0), state);
    expect(state.tensors.get('w')![0]).toBeCloseTo(0.15 * 1.9 + 0.85 * 5, 6);
    expect(state.tensors.get('w')![1]).toBeCloseTo(-4 * 0.1 * 0.15, 6);
    expect(state.step).toBe(2);
  });

  test('warms its decay up: 1/10, 2/11, ... until the wanted one', () => {
    expect([0, 1, 90, 1e6].map((step) => averageDecay(0.99, step))).toEqual([0.1, 2 / 11, 0.91, 0.99]);
  });

  test('gives the same bits after its state was saved and restored', () => {
    const average = weightAverage({ decay: 0.5 });
    const at = (step: number) => weights(Math.sin(step), Math.cos(step));
    const whole = average.initialState(at(0));
    for (let step = 1; step < 20; step++) average.update(at(step), whole);
    const first = average.initialState(at(0));
    for (let step = 1; step < 8; step++) average.update(at(step), first);
    const resumed = { step: first.step, tensors: new Map([['w', first.tensors.get('w')!.slice()]]) };
    for (let step = 8; step < 20; step++) average.update(at(step), resumed);
    expect(resumed).toEqual(whole);
  });

  test('refuses weights of another length', () => {
    const average = weightAverage();
    expect(() => average.update(weights(1, 2, 3), average.initialState(weights(1, 2)))).toThrow(
      '2 values of w',
    );
  });
});
