import { describe, expect, test } from 'vitest';
import { betterDirection, EarlyStopping } from '../../src/train/earlyStopping.ts';

function observeAll(stopping: EarlyStopping, values: number[]) {
  let state = EarlyStopping.initialState;
  return values.map((value, epoch) => {
    state = stopping.observe(state, epoch, value);
    return { best: state.best?.epoch, stop: stopping.shouldStop(state) };
  });
}

describe('EarlyStopping', () => {
  test('keeps the epoch of the lowest loss and stops after `patience` epochs without a lower one', () => {
    const stopping = new EarlyStopping({ measure: 'validation_loss', patience: 2 });
    expect(observeAll(stopping, [0.5, 0.4, 0.6, 0.3, 0.31, 0.3])).toEqual([
      { best: 0, stop: false },
      { best: 1, stop: false },
      { best: 1, stop: false },
      { best: 3, stop: false },
      { best: 3, stop: false },
      { best: 3, stop: true },
    ]);
  });

  test('keeps the epoch of the highest value of any other measure', () => {
    const stopping = new EarlyStopping({ measure: 'validation_macro_f1', patience: 1 });
    expect(observeAll(stopping, [0.1, 0.2, 0.15]).at(-1)).toEqual({ best: 1, stop: true });
  });

  test('does not count an improvement that is not larger than the minimum delta', () => {
    const stopping = new EarlyStopping({ measure: 'validation_loss', patience: 9, minimumDelta: 0.25 });
    expect(observeAll(stopping, [1, 0.75, 0.5]).map(({ best }) => best)).toEqual([0, 0, 2]);
  });

  test('takes NaN as no improvement, also at the first epoch', () => {
    const stopping = new EarlyStopping({ measure: 'validation_loss', patience: 2 });
    expect(observeAll(stopping, [Number.NaN, 0.5, Number.NaN, Number.NaN])).toEqual([
      { best: undefined, stop: false },
      { best: 1, stop: false },
      { best: 1, stop: false },
      { best: 1, stop: true },
    ]);
  });

  test('never stops with infinite patience, and its state survives JSON', () => {
    const stopping = new EarlyStopping({ measure: 'validation_loss', patience: Number.POSITIVE_INFINITY });
    let state = stopping.observe(EarlyStopping.initialState, 0, 0.1 + 0.2);
    for (let epoch = 1; epoch < 100; epoch++)
      state = stopping.observe(JSON.parse(JSON.stringify(state)), epoch, 1);
    expect(state).toEqual({ best: { epoch: 0, value: 0.1 + 0.2 }, epochsWithoutImprovement: 99 });
    expect(stopping.shouldStop(state)).toBe(false);
  });

  test('lets the direction be said for measures whose name does not', () => {
    const stopping = new EarlyStopping({ measure: 'seconds', better: 'lower', patience: 1 });
    expect(observeAll(stopping, [2, 1]).at(-1)).toEqual({ best: 1, stop: false });
  });
});

test.each([
  ['validation_loss', 'lower'],
  ['validation_coverage_error', 'lower'],
  ['validation_micro_average_precision', 'higher'],
  ['loss_score', 'higher'],
] as const)('of %s, %s values are better', (measure, direction) => {
  expect(betterDirection(measure)).toBe(direction);
});
