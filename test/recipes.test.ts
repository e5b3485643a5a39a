import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildNetwork } from '../src/nn/index.ts';
import { Random } from '../src/random.ts';
import { installedRecipes, readRecipe } from '../src/run/index.ts';
import { familyTrunk } from './nn/family.ts';

const folder = fileURLToPath(new URL('../recipes/', import.meta.url));
const files = readdirSync(folder);

test.each(files)('%s is a recipe of that name, whose network can be built for its input', async (file) => {
  const { name, network, input } = await readRecipe(`${folder}${file}`);
  expect(`${name}.json`).toBe(file);
  const trunk = network.network === 'onnx' ? await familyTrunk('resnet.plain', input) : undefined;
  const { logits } = buildNetwork(network, { ...input, genres: 2, bias: [0, 0] }, Random.fromSeed(0), trunk);
  expect(logits.shape).toEqual(['batch', 2]);
});

test('a recipe that starts from converted weights says how to make the file it names', async () => {
  const recipes = await Promise.all(files.map((file) => readRecipe(`${folder}${file}`)));
  const tuned = recipes.filter(({ fineTuning }) => fineTuning?.initialWeights !== undefined);
  expect(tuned.map(({ name }) => name).sort()).toEqual([
    'mobilenet-v2',
    'mobilenet-v2-rnn',
    'poster-genres',
    'poster-genres-first',
    'poster-genres-folds',
    'poster-genres-second',
    'poster-genres-text',
  ]);
  for (const { steps = [], fineTuning } of tuned)
    expect(steps.join('\n')).toContain(`npm run tool -- convert-mobilenet ${fineTuning!.initialWeights}`);
});

test('every recipe says what it is for, how it is repeated and what it costs', async () => {
  for (const { name, recipe } of await installedRecipes()) {
    expect(recipe.description, name).not.toBe('');
    expect(recipe.cost, name).toMatch(/\.$/);
    expect(recipe.steps?.at(-1), name).toMatch(/^onesheet (train|cross-validate|demo|refit) ?/);
  }
});
