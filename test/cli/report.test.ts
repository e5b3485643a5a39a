import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { train } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';
import { onesheet } from './command.ts';

test('report writes a page with maps into the run, says what is missing and prints nothing else', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: run, seed: 1, threads: 1 });
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
