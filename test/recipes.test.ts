import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildNetwork } from '../src/nn/index.ts';
import { Random } from '../src/random.ts';
import { installedRecipes, isChain, readPlan } from '../src/run/index.ts';
import { familyTrunk } from './nn/family.ts';

const folder = fileURLToPath(new URL('../recipes/', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.json'),
);

test.each(files)('%s is a recipe of that name, whose network can be built for its input', async (file) => {
  const plan = await readPlan(`${folder}${file}`);
  expect(`${plan.name}.json`).toBe(file.replace(/^research\//, ''));
  for (const { network, input } of isChain(plan) ? plan.steps.map(({ recipe }) => recipe) : [plan]) {
    const trunk = network.network === 'onnx' ? await familyTrunk('resnet.plain', input) : undefined;
    const { logits } = buildNetwork(
      network,
      { ...input, genres: 2, bias: [0, 0] },
      Random.fromSeed(0),
      trunk,
    );
    expect(logits.shape).toEqual(['batch', 2]);
  }
});

test('a recipe that starts from weights says how to make the file it names', async () => {
  const tuned = (await installedRecipes()).flatMap(({ recipe }) =>
    (isChain(recipe)
      ? recipe.steps.flatMap((step) =>
          step.kind === 'train' && step.from !== undefined ? [] : [step.recipe],
        )
      : [recipe]
    ).flatMap(({ fineTuning }) =>
      fineTuning?.initialWeights === undefined ? [] : [{ recipe, weights: fineTuning.initialWeights }],
    ),
  );
  expect(new Set(tuned.map(({ recipe }) => recipe.name))).toContain('poster-genres');
  for (const { recipe, weights } of tuned) {
    const run = /^runs\/(.+)-0\/last\.safetensors$/.exec(weights)?.[1];
    const makes = (command: string): boolean =>
      run === undefined
        ? command.includes('convert') && command.endsWith(weights)
        : command.startsWith('onesheet train ') && command.endsWith(`--recipe ${run}`);
    expect(recipe.prepare?.some(makes), recipe.name).toBe(true);
  }
});

test('every recipe says what it is for, at what cost, and research what it reached', async () => {
  for (const { name, research, recipe } of await installedRecipes()) {
    expect(recipe.description, name).not.toBe('');
    expect(recipe.cost, name).toMatch(/\.$/);
    if (research) expect(recipe.score, name).toMatch(/\d+ validation posters/);
  }
});
