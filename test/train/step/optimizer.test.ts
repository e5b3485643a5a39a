import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/random.ts';
import { adamW, chain, type Optimizer, type OptimizerState, sgd } from '../../../src/train/step/optimizer.ts';
import { constantRate, warmupCosine } from '../../../src/train/step/schedule.ts';
import {
  addDecayedWeights,
  clipByGlobalNorm,
  scaleByAdam,
  scaleByLearningRate,
  trace,
} from '../../../src/train/step/transforms.ts';

type Flat = Record<string, number[]>;
const golden = JSON.parse(readFileSync(new URL('golden/optimizers.json', import.meta.url), 'utf8')) as {
  shapes: Flat;
  multipliers: Record<string, number>;
  initial: Flat;
  gradients: Flat[];
  cases: {
    name: string;
    options: Record<string, never>;
    parametersAfterStep: Record<string, Flat>;
  }[];
};

function tensors(flat: Flat): Map<string, Float32Array> {
  return new Map(Object.entries(flat).map(([name, values]) => [name, Float32Array.from(values)]));
}

function noise(random: Random, shapes: Map<string, number[]>): Map<string, Float32Array> {
  return new Map(
    [...shapes].map(([name, shape]) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, Float32Array.from({ length }, () => random.normal())];
    }),
  );
}

/** Longer than a block of the chain, and not a multiple of it. */
const shapes = new Map([
  ['weight', [47, 45]],
  ['bias', [71]],
]);

function train(
  optimizer: Optimizer,
  state: OptimizerState,
  parameters: Map<string, Float32Array>,
  to: number,
) {
  while (state.step < to) optimizer.update(noise(Random.fromSeed(state.step), shapes), state, parameters);
}

describe('against PyTorch', () => {
  test.each(golden.cases)(
    '$name follows the golden trajectory to 1e-6 relative',
    ({ name, options, ...expected }) => {
      const make = name.startsWith('adamW') ? adamW : sgd;
      const optimizer = make({
        ...options,
        learningRate: constantRate(options.learningRate!),
        maximumNorm: options.maximumNorm ?? Number.POSITIVE_INFINITY,
        shapes: new Map(Object.entries(golden.shapes)),
        multiplier: (parameter) => golden.multipliers[parameter] ?? 1,
      });
      const parameters = tensors(golden.initial);
      const state = optimizer.initialState(parameters);
      let compared = 0;
      for (const gradients of golden.gradients) {
        optimizer.update(tensors(gradients), state, parameters);
        for (const [parameter, values] of Object.entries(expected.parametersAfterStep[state.step] ?? {})) {
          for (const [i, value] of values.entries()) {
            expect(Math.abs(parameters.get(parameter)![i]! / value - 1)).toBeLessThan(1e-6);
            compared++;
          }
        }
      }
      expect(compared).toBe(4 * 26);
    },
  );
});

describe('chain', () => {
  test('gives the same bits after its state and parameters were saved and restored', () => {
    const options = { learningRate: warmupCosine({ peak: 1e-2, warmupSteps: 3, totalSteps: 20 }), shapes };
    for (const make of [adamW, sgd]) {
      const whole = noise(Random.fromSeed(99), shapes);
      const wholeState = make(options).initialState(whole);
      train(make(options), wholeState, whole, 12);

      const first = noise(Random.fromSeed(99), shapes);
      const state = make(options).initialState(first);
      train(make(options), state, first, 7);
      const copy = (of: Map<string, Float32Array>) =>
        new Map([...of].map(([name, values]) => [name, values.slice()] as const));
      const resumed = copy(first);
      const resumedState = { step: state.step, tensors: copy(state.tensors) };
      train(make(options), resumedState, resumed, 12);

      expect(resumed).toEqual(whole);
      expect(resumedState).toEqual(wholeState);
    }
  });

  test('does not touch a parameter without gradient, nor its state', () => {
    const optimizer = adamW({ learningRate: constantRate(0.1), shapes, weightDecay: 0.5 });
    const parameters = noise(Random.fromSeed(1), shapes);
    const before = parameters.get('weight')!.slice();
    const state = optimizer.initialState(parameters);
    optimizer.update(new Map([['bias', new Float32Array(71).fill(1)]]), state, parameters);
    expect(parameters.get('weight')).toEqual(before);
    expect(state.tensors.get('first_moment/weight')!.every((value) => value === 0)).toBe(true);
    expect(state.tensors.get('first_moment/bias')!.every((value) => value !== 0)).toBe(true);
  });

  test('completes the transforms before a clipping that stands later in the chain', () => {
    const parameters = new Map([['a', Float32Array.of(0, 0)]]);
    const optimizer = chain(
      addDecayedWeights(1, () => true),
      trace({ momentum: 0, nesterov: false }),
      scaleByLearningRate(constantRate(10)),
      clipByGlobalNorm(1),
    );
    optimizer.update(new Map([['a', Float32Array.of(3, 4)]]), optimizer.initialState(parameters), parameters);
    expect([...parameters.get('a')!]).toEqual([expect.closeTo(-0.6, 6), expect.closeTo(-0.8, 6)]);
  });

  test('adds the decayed weights to what a momentum remembers when they come first', () => {
    const parameters = new Map([['a', Float32Array.of(2)]]);
    const optimizer = chain(
      scaleByLearningRate(constantRate(-1)),
      addDecayedWeights(0.5, () => true),
      trace({ momentum: 0.5, nesterov: false }),
      scaleByLearningRate(constantRate(0.1)),
    );
    const state = optimizer.initialState(parameters);
    optimizer.update(new Map([['a', Float32Array.of(3)]]), state, parameters);
    expect(state.tensors.get('momentum/a')![0]).toBe(4);
    expect(parameters.get('a')![0]).toBeCloseTo(1.6, 6);
  });

  test('refuses a state that lacks a trained parameter, and two transforms that share a slot', () => {
    const adam = scaleByAdam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    const parameters = new Map([['late', Float32Array.of(1)]]);
    const update = () => chain(adam).update(new Map(parameters), { step: 5, tensors: new Map() }, parameters);
    expect(update).toThrow('first_moment/late');
    expect(() => chain(adam, adam)).toThrow('first_moment');
  });
});

describe('options', () => {
  test('weight decay spares parameters of one dimension and shrinks the others', () => {
    const optimizer = adamW({ learningRate: constantRate(0.1), shapes, weightDecay: 0.5 });
    const parameters = new Map(
      [...shapes].map(([name, [a, b = 1]]) => [name, new Float32Array(a! * b).fill(1)]),
    );
    const zeros = new Map([...parameters].map(([name, values]) => [name, new Float32Array(values.length)]));
    optimizer.update(zeros, optimizer.initialState(parameters), parameters);
    expect(parameters.get('bias')!.every((value) => value === 1)).toBe(true);
    expect(parameters.get('weight')!.every((value) => value === Math.fround(0.95))).toBe(true);
  });

  test('multipliers scale the step of the parameters they name', () => {
    const parameters = new Map([
      ['trunk', Float32Array.of(0)],
      ['head', Float32Array.of(0)],
    ]);
    const optimizer = sgd({
      learningRate: constantRate(1),
      shapes: new Map(),
      multiplier: (name) => (name === 'trunk' ? 0.25 : 1),
    });
    const gradients = new Map([
      ['trunk', Float32Array.of(0.5)],
      ['head', Float32Array.of(0.5)],
    ]);
    optimizer.update(gradients, optimizer.initialState(parameters), parameters);
    expect([parameters.get('trunk')![0], parameters.get('head')![0]]).toEqual([-0.125, -0.5]);
  });
});
