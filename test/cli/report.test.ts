import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { train } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';
import { onesheet } from './command.ts';

test('report writes a page with maps into the run, says what is missing and prints nothing else', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: run, seed: 1, threads: 1 });
  await writeFile(join(run, 'metrics.json'), '{}');
  const { code, stdout, stderr } = await onesheet(['report', run]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`${run}/report.html`);
  expect(stdout).toContain('metrics.json');
  const page = await readFile(join(run, 'report.html'), 'utf8');
  expect(page).toContain('class="gallery mapped"');
});

test('report of what is no run says so in one sentence', async () => {
  const { code, stderr } = await onesheet(['report', '/nowhere/run']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^onesheet: .*config\.json.*\n$/);
});

test('a training ends with its report, unless none is wanted', { timeout: 120_000 }, async () => {
  const { folder, data } = await smallDataset();
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(tinyRecipe({ epochs: 1 })));
  const run = join(folder, 'run');
  const words = ['train', '--data', data, '--recipe', recipe, '--threads', '1', '--run'];
  const { code, stderr } = await onesheet([...words, run]);
  expect(code).toBe(0);
  expect(stderr).toContain(`its report is ${run}/report.html\n`);
  expect(await readFile(join(run, 'report.html'), 'utf8')).toContain('class="gallery mapped"');
  const bare = join(folder, 'bare');
  expect((await onesheet([...words, bare, '--no-report'])).stderr).not.toContain('report.html');
  await expect(access(join(bare, 'report.html'))).rejects.toThrow();
});
