import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';
import { command, onesheet } from './command.ts';

/** Starts a training; resolves when it has begun to learn. */
async function startTraining(args: readonly string[]) {
  const child = spawn(process.execPath, [command, 'train', '--no-report', ...args]);
  const ended = once(child, 'exit');
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (text: Buffer) => String(text).includes('weights') && resolve());
  });
  return { child, ended };
}

const locksIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith('.lock'));

test('whatever else would write a run is refused while it trains, which goes on undisturbed and survives a kill', {
  timeout: 120_000,
}, async () => {
  const { folder, data } = await smallDataset(60);
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(tinyRecipe({ epochs: 300, earlyStopping: { patience: 300 } })));
  const run = join(folder, 'run');
  const { child, ended } = await startTraining(['--data', data, '--recipe', recipe, '--run', run]);
  expect(await locksIn(run)).toHaveLength(1);
  const refusal = new RegExp(
    `^onesheet: ${run} has a writer already, training by process ${child.pid} on ${hostname()} since \\S+: expected none; wait until it has ended, or stop it\\.\\n$`,
  );
  const resumed = await onesheet(['train', '--resume', run]);
  expect(resumed).toMatchObject({ code: 1, stderr: expect.stringMatching(refusal) });
  const again = await onesheet(['train', '--data', data, '--recipe', recipe, '--run', run]);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('already holds a run') });
  const refitted = await onesheet(['refit', run]);
  expect(refitted).toMatchObject({ code: 1, stderr: expect.stringMatching(refusal) });
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await ended;

  // What a kill in the middle of a write leaves.
  await writeFile(join(run, '.best.onnx.12345.0123abcd.tmp'), 'half');
  expect(await locksIn(run)).toHaveLength(1);
  const { child: next, ended: nextEnded } = await startTraining(['--resume', run]);
  const [lock, ...others] = await locksIn(run);
  expect(others).toEqual([]);
  expect(JSON.parse(await readFile(join(run, lock!), 'utf8'))).toMatchObject({ pid: next.pid });
  next.kill('SIGINT');
  expect(await nextEnded).toEqual([130, null]);
  expect((await readdir(run)).filter((name) => /\.(lock|tmp)$/.test(name))).toEqual([]);
});

test('of two trainings that begin the same run at once one trains it', { timeout: 120_000 }, async () => {
  const { folder, data } = await smallDataset(60);
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(tinyRecipe({ epochs: 2 })));
  const args = (run: string) => ['train', '--no-report', '--data', data, '--recipe', recipe, '--run', run];
  const alone = join(folder, 'alone');
  expect((await onesheet(args(alone))).code).toBe(0);
  const shared = join(folder, 'shared');
  const both = await Promise.all([onesheet(args(shared)), onesheet(args(shared))]);
  const codes = both.map(({ code }) => code).sort();
  expect([
    [0, 1],
    [0, 2],
  ]).toContainEqual(codes);
  expect(both.map(({ stderr }) => stderr).join('')).toMatch(/has a writer already|already holds a run/);
  for (const name of ['history.csv', 'last.safetensors', 'best.onnx']) {
    const [a, b] = await Promise.all([readFile(join(alone, name)), readFile(join(shared, name))]);
    expect(a.equals(b), name).toBe(true);
  }
});

test('a cross-validation is refused while another writes its folder, which ends undisturbed', {
  timeout: 120_000,
}, async () => {
  const { folder, data } = await smallDataset(60);
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(tinyRecipe({ epochs: 2 })));
  const out = join(folder, 'folds');
  const args = ['cross-validate', '--data', data, '--recipe', recipe, '--out', out, '--folds', '2'];
  const first = spawn(process.execPath, [command, ...args], { stdio: 'ignore' });
  const ended = once(first, 'exit');
  // Whether the place can be written to is tried first, by a folder that comes and goes.
  const isLocked = async () => (await locksIn(out).catch(() => [])).length > 0;
  await vi.waitUntil(isLocked, { timeout: 60_000, interval: 5 });
  // It holds its lock for as long as it stands still, so that the second one cannot come too late.
  first.kill('SIGSTOP');
  const second = await onesheet(args);
  first.kill('SIGCONT');
  expect(second).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`folds has a writer already, cross-validation by process ${first.pid}`),
  });
  expect(await ended).toEqual([0, null]);
  expect(await locksIn(out)).toEqual([]);
});

test('a training that cannot begin leaves no folder behind', async () => {
  const { folder, data } = await smallDataset(20);
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(tinyRecipe({ minimumSupport: 1000 })));
  const run = join(folder, 'runs', 'deep');
  const failed = await onesheet(['train', '--data', data, '--recipe', recipe, '--run', run]);
  expect(failed.code).not.toBe(0);
  expect((await readdir(folder)).sort()).toEqual(['posters', 'recipe.json']);
});
