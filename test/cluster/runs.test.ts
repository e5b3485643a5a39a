import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { hasRedisServer, RedisServer } from '../../tools/redisServer.ts';
import { command, type Finished, node } from '../cli/command.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';

interface Worker {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

/** Two recipes of one or more epochs, drawn posters and a server of their own. */
async function prepared(epochs: number) {
  const { folder, data } = await smallDataset(60);
  for (const [name, batchSize] of [
    ['one', 8],
    ['two', 16],
  ] as const)
    await writeFile(join(folder, `${name}.json`), JSON.stringify(tinyRecipe({ name, epochs, batchSize })));
  const server = await RedisServer.start(join(folder, 'redis'));
  onTestFinished(() => server.kill());
  const env = { ...process.env, ONESHEET_REDIS: server.url };
  const run = (...words: string[]): Promise<Finished> => node([command, ...words], env, { cwd: folder });
  /** A worker that is told to end after the test. */
  const worker = (cwd = folder): Worker => {
    const words = [command, 'cluster', 'worker', '--train', '--stalled-after', '5'];
    const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return { child, said: () => said, ended };
  };
  return { folder, data, server, run, worker };
}

const patience = { timeout: 240_000, interval: 50 };

/** Files of a run that have the same bits whoever trained it. */
const sameFiles = ['split.csv', 'history.csv', 'best.onnx', 'validation.jsonl'];

describe.skipIf(!hasRedisServer())('with a Redis server (needs redis-server)', () => {
  test('a sweep by workers, one of them killed at work, ends with the runs and the comparison of one machine', {
    timeout: 600_000,
  }, async () => {
    const { folder, data, run, worker } = await prepared(3);
    const words = ['sweep', 'one.json', 'two.json', '--seeds', '2', '--data', data, '--threads', '1'];
    const first = worker();
    const sweeping = run(...words, '--out', 'shared', '--redis', 'env');
    await vi.waitUntil(() => first.said().includes('begins or goes on'), patience);
    first.child.kill('SIGKILL');
    const [second, third] = [worker(), worker('/')];
    const { code, stderr } = await sweeping;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('all 4 runs are in shared; their report is');
    expect(stderr).toContain('has ended (4 of 4)');
    const trained = (): number =>
      `${first.said()}${second.said()}${third.said()}`.match(/has ended\.$/gm)?.length ?? 0;
    await vi.waitUntil(() => trained() === 4, patience);

    expect(await run(...words, '--out', 'alone')).toMatchObject({ code: 0 });
    for (const name of ['one-0', 'one-1', 'two-0', 'two-1'])
      for (const file of sameFiles)
        expect(
          (await readFile(join(folder, 'shared', name, file))).equals(
            await readFile(join(folder, 'alone', name, file)),
          ),
          `${name}/${file}`,
        ).toBe(true);
    const page = await readFile(join(folder, 'shared', 'comparison.html'), 'utf8');
    for (const name of ['one', 'two']) expect(page.includes(`${name} (seeds 0 and 1)`), name).toBe(true);
    // What is done stays done, and needs no worker.
    for (const { child } of [second, third]) child.kill('SIGTERM');
    expect([await second.ended, await third.ended]).toEqual([0, 0]);
    const again = await run(...words, '--out', 'shared', '--redis', 'env');
    expect(again.code).toBe(0);
    expect(again.stderr.match(/was finished before/g)).toHaveLength(4);
  });

  test('folds are trained by workers; a worker told to end saves its run and gives it back', {
    timeout: 600_000,
  }, async () => {
    const { folder, data, run, worker } = await prepared(40);
    const words = [
      'cross-validate',
      '--recipe',
      'one.json',
      '--folds',
      '2',
      '--data',
      data,
      '--out',
      'folds',
    ];
    const first = worker();
    const folds = run(...words, '--redis', 'env');
    const checkpoint = join(folder, 'folds', 'fold-1', 'last.safetensors');
    await vi.waitUntil(async () => (await readFile(checkpoint).catch(() => '')).length > 0, patience);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    worker();
    const { code, stderr } = await folds;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('posters predicted out of sample');
    expect((await readdir(join(folder, 'folds'))).sort()).toEqual(
      expect.arrayContaining(['fold-1', 'fold-2', 'out-of-fold.jsonl']),
    );
  });
});
