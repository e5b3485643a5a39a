import { expect, test } from 'vitest';
import type { Recipe } from '../../../src/run/index.ts';
import { type Phase, phasesOf } from '../../../src/train/recipe/phases.ts';
import { tinyRecipe } from '../fixture.ts';

const layers = { 'a.weight': 'a', 'b.weight': 'b', 'b.bias': 'b', 'c.weight': 'c', 'head.weight': 'head' };
const parameters = Object.keys(layers);

function phases(recipe: Recipe, trunk: readonly string[] = parameters.slice(0, 4)): Phase[] {
  const described = Object.entries(layers).map(([name, layer]) => {
    const origin = trunk.includes(name) ? ('file' as const) : ('fresh' as const);
    return { name, shape: [1], layer, origin };
  });
  return phasesOf({ recipe, parameters: described, stepsPerEpoch: 10 });
}

function recipeOf(fineTuning: object, changes: object = {}): Recipe {
  return tinyRecipe({
    epochs: 5,
    optimizer: { optimizer: 'sgd', learningRate: 0.5, momentum: 0 },
    schedule: { schedule: 'constant' },
    maximumNorm: null,
    fineTuning: { initialWeights: 'trunk.safetensors', ...fineTuning },
    ...changes,
  });
}

/** How far one step with gradients of 1 moves each parameter. */
function movesOf({ optimizer, trainable }: Phase): Record<string, number> {
  const weights = new Map(parameters.map((name) => [name, new Float32Array(1)]));
  const state = optimizer.initialState(weights);
  const gradients = new Map(trainable.map((name) => [name, Float32Array.of(1)]));
  optimizer.update(gradients, state, weights);
  return Object.fromEntries([...weights].map(([name, [value]]) => [name, value === 0 ? 0 : -value!]));
}

test('without fine-tuning there is one phase that trains everything at one rate', () => {
  const found = phases(tinyRecipe({ epochs: 5 }), []);
  expect(found).toMatchObject([{ start: 0, end: 5, trainable: parameters }]);
});

test('a probe trains the head, then everything that is not frozen is trained', () => {
  const found = phases(recipeOf({ probeEpochs: 2, freeze: ['b.*'] }));
  expect(found).toMatchObject([
    { start: 0, end: 2, trainable: ['head.weight'] },
    { start: 2, end: 5, trainable: ['a.weight', 'c.weight', 'head.weight'] },
  ]);
});

test('as many probe epochs as epochs, or more, make a probe only', () => {
  expect(phases(recipeOf({ probeEpochs: 9 }))).toMatchObject([{ start: 0, end: 5 }]);
});

test('each phase has the whole schedule to itself', () => {
  const schedule = { schedule: 'cosine', warmupEpochs: 0 };
  const [probe, rest] = phases(recipeOf({ probeEpochs: 2 }, { schedule })) as [Phase, Phase];
  expect([0, 10, 20].map(probe.schedule)).toEqual([0.5, expect.closeTo(0.25, 12), 0]);
  expect([0, 15, 30].map(rest.schedule)).toEqual([0.5, expect.closeTo(0.25, 12), 0]);
});

test('rates fall from the head to the first layer, together within a layer', () => {
  const [phase] = phases(recipeOf({ trunkRate: 0.5, learningRateDecay: 0.5 }));
  expect(movesOf(phase!)).toEqual({
    'a.weight': 0.0625,
    'b.weight': 0.125,
    'b.bias': 0.125,
    'c.weight': 0.25,
    'head.weight': 0.5,
  });
});

test('a pattern freezes whole names, its dots are dots', () => {
  const [phase] = phases(recipeOf({ freeze: ['*.bias', 'a.weight'] }));
  expect(phase!.trainable).toEqual(['b.weight', 'c.weight', 'head.weight']);
  expect(() => phases(recipeOf({ freeze: ['b'] }))).toThrow(/fineTuning.freeze: b matches no parameter/);
  expect(() => phases(recipeOf({ freeze: ['b.*', 'aXweight'] }))).toThrow(/aXweight/);
});

test('a recipe that leaves a phase nothing to train is refused', () => {
  expect(() => phases(recipeOf({ freeze: ['*'] }))).toThrow(/freezes every parameter/);
  expect(() => phases(recipeOf({ freeze: ['head.*'], probeEpochs: 1 }))).toThrow(/freezes every parameter/);
});

test('a recipe says where fine-tuning starts from', () => {
  expect(() => tinyRecipe({ fineTuning: { probeEpochs: 1 } })).toThrow(/fineTuning.initialWeights/);
});
