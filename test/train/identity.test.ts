import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildNetwork } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { readRunConfig } from '../../src/run/config.ts';
import { parseRecipe } from '../../src/run/index.ts';
import { resume, train } from '../../src/train/index.ts';
import { identityOf } from '../../src/train/record/checkpoint.ts';
import { temporaryFolder } from '../model/fixture.ts';
import { smallDataset, tinyRecipe, trunkWeights } from './fixture.ts';

const written = JSON.parse(readFileSync(new URL('golden/configuration.json', import.meta.url), 'utf8'));

async function configOf(config: object): Promise<string> {
  const path = join(await temporaryFolder(), 'config.json');
  await writeFile(path, JSON.stringify(config));
  return path;
}

test('a configuration with options of before is read as it was written, and keeps the hash of its checkpoints', async () => {
  const config = await readRunConfig(await configOf(written.config));
  expect(config).toEqual(written.config);
  const { input, network } = config.recipe;
  const { graph } = buildNetwork(network, { ...input, genres: 2, bias: [0, 0] }, Random.fromSeed(0));
  expect(identityOf(graph, config).configHash).toBe(written.configHash);
});

test('a run that was fine-tuned on cached copies is read but not continued', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  const recipe = tinyRecipe({ epochs: 1, fineTuning: { initialWeights: await trunkWeights(folder) } });
  await train({ data, recipe, folder: run });
  const path = join(run, 'config.json');
  const config = await readRunConfig(path);
  const fineTuning = { ...config.recipe.fineTuning, cachedViews: 2 };
  await writeFile(path, JSON.stringify({ ...config, recipe: { ...config.recipe, fineTuning } }));
  expect((await readRunConfig(path)).recipe.fineTuning?.cachedViews).toBe(2);
  await expect(resume({ folder: run })).rejects.toMatchObject({
    code: 'RECIPE_INVALID',
    message: expect.stringContaining('fineTuning.cachedViews'),
  });
});

test.each([
  ['fineTuning.cachedViews', { fineTuning: { initialWeights: 'trunk.safetensors', cachedViews: 0 } }],
  ['steps', { steps: ['onesheet train'] }],
])('a recipe of one run does not say %s', (field, change) => {
  expect(() => parseRecipe({ ...tinyRecipe(), ...change }, 'mine')).toThrow(field.split('.').at(-1));
});
