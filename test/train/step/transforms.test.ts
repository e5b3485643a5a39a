import { describe, expect, test } from 'vitest';
import { chain } from '../../../src/train/step/optimizer.ts';
import { constantRate } from '../../../src/train/step/schedule.ts';
import {
  clipByGlobalNorm,
  globalNorm,
  scaleByAdam,
  scaleByLearningRate,
  type Transform,
  trace,
} from '../../../src/train/step/transforms.ts';

/** The parameter after each step from 0, when every step's gradient is `gradients[step]`. */
function walk(gradients: number[], ...transforms: Transform[]): number[] {
  const optimizer = chain(...transforms);
  const parameters = new Map([['a', Float32Array.of(0)]]);
  const state = optimizer.initialState(parameters);
  return gradients.map((gradient) => {
    optimizer.update(new Map([['a', Float32Array.of(gradient)]]), state, parameters);
    return parameters.get('a')![0]!;
  });
}

test('the first direction of Adam is the sign of the gradient, whatever its size', () => {
  const adam = scaleByAdam({ beta1: 0.9, beta2: 0.999, epsilon: 0 });
  for (const gradient of [1e-12, -3, 1e12])
    expect(walk([gradient], adam)[0]).toBeCloseTo(Math.sign(gradient), 6);
});

test('a trace sums what came before, and Nesterov looks one step ahead', () => {
  const downhill = scaleByLearningRate(constantRate(1));
  expect(walk([1, 1, 0], trace({ momentum: 0.5, nesterov: false }), downhill)).toEqual([-1, -2.5, -3.25]);
  expect(walk([1, 1, 0], trace({ momentum: 0.5, nesterov: true }), downhill)).toEqual([-1.5, -3.25, -3.625]);
});

test('the learning rate is that of the step, counted from 0', () => {
  const steps: number[] = [];
  const schedule = (step: number) => {
    steps.push(step);
    return 2 ** -step;
  };
  expect(walk([1, 1, 1], scaleByLearningRate(schedule))).toEqual([-1, -1.5, -1.75]);
  expect(steps).toEqual([0, 1, 2]);
});

describe('clipByGlobalNorm', () => {
  const tensors = (value: number) =>
    new Map([
      ['weight', new Float32Array(3000).fill(value)],
      ['bias', new Float32Array(71).fill(value)],
    ]);

  test('leaves gradients below the maximum as they are and shortens longer ones to it', () => {
    expect(walk([0.5], clipByGlobalNorm(1))).toEqual([0.5]);
    expect(walk([-8], clipByGlobalNorm(2))[0]).toBeCloseTo(-2, 5);
  });

  test('measures the norm over all tensors, whatever their length', () => {
    const parts = new Map(
      [1, 2, 3, 4, 5, 6].map((length) => [`p${length}`, new Float32Array(length).fill(2)]),
    );
    expect(globalNorm(parts)).toBeCloseTo(Math.sqrt(21 * 4), 12);
  });

  test('names the parameter and step of a gradient that is not finite, and changes nothing', () => {
    const optimizer = chain(clipByGlobalNorm(1), trace({ momentum: 0.9, nesterov: false }));
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const parameters = tensors(2);
      const before = parameters.get('weight')!.slice();
      const gradients = tensors(3);
      gradients.get('bias')![70] = bad;
      const state = { ...optimizer.initialState(parameters), step: 1233 };
      expect(() => optimizer.update(gradients, state, parameters)).toThrow(
        expect.objectContaining({
          code: 'GRADIENT_NOT_FINITE',
          message: expect.stringMatching(/gradient of bias .* step 1233/),
        }),
      );
      expect(parameters.get('weight')).toEqual(before);
      expect(state.step).toBe(1233);
    }
  });
});
