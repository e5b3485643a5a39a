import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';
import { command, onesheet } from './command.ts';

test('killed and started again, a sweep goes on and ends with one comparison of all its runs', {
  timeout: 300_000,
}, async () => {
  const { folder, data } = await smallDataset(60);
  for (const [name, batchSize] of [
    ['one', 8],
    ['two', 16],
  ] as const)
    await writeFile(join(folder, `${name}.json`), JSON.stringify(tinyRecipe({ name, epochs: 1, batchSize })));
  const args = ['sweep', 'one.json', 'two.json', '--seeds', '2', '--data', data, '--out', 'out'];
  const killed = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => killed.on('exit', resolve));
  await vi.waitUntil(() => existsSync(join(folder, 'out', 'two-0', 'config.json')), {
    timeout: 120_000,
    interval: 10,
  });
  killed.kill('SIGKILL');
  await ended;
  const { code, stderr } = await onesheet(args, '', folder);
  expect(code).toBe(0);
  expect(stderr).toContain('run 1 of 4, one with seed 0, was finished before');
  expect(stderr).toContain('all 4 runs are in out; their report is');
  expect((await readdir(join(folder, 'out'))).sort()).toEqual(
    expect.arrayContaining(['comparison.html', 'one-0', 'one-1', 'split.csv', 'two-0', 'two-1']),
  );
  const page = await readFile(join(folder, 'out', 'comparison.html'), 'utf8');
  for (const name of ['one', 'two']) expect(page.includes(`${name} (seeds 0 and 1)`), name).toBe(true);
});
