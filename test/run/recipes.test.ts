import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installedRecipes, readRecipe } from '../../src/run/index.ts';
import { temporaryFolder } from '../model/fixture.ts';
import { tinyRecipe } from '../train/fixture.ts';

test('a recipe of the package is found by its name from any folder', async () => {
  const here = process.cwd();
  process.chdir(await temporaryFolder());
  try {
    expect((await readRecipe('cnn-rnn')).name).toBe('cnn-rnn');
  } finally {
    process.chdir(here);
  }
});

test('a name that no recipe has is answered with those that there are', async () => {
  const names = (await installedRecipes()).map(({ name }) => name);
  expect(names).toContain('fine-tune');
  await expect(readRecipe('lstm')).rejects.toMatchObject({
    code: 'RECIPE_UNKNOWN',
    exitCode: 2,
    message: `There is no recipe lstm: expected the path of a JSON file or one of ${names.join(', ')}; \`onesheet recipes\` describes them.`,
  });
});

test('what ends in .json or has a slash is a path', async () => {
  const path = join(await temporaryFolder(), 'own.json');
  await writeFile(path, JSON.stringify(tinyRecipe()));
  expect((await readRecipe(path)).name).toBe('tiny');
  await expect(readRecipe('cnn-rnn.json')).rejects.toMatchObject({ code: 'FILE_MISSING' });
  await expect(readRecipe('./lstm')).rejects.toMatchObject({ code: 'FILE_MISSING' });
});
