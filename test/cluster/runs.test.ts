import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { JobQueue } from '../../src/cluster/queue.ts';
import { openRedis } from '../../src/cluster/redis.ts';
import { runJobs } from '../../src/cluster/runJob.ts';
import { loadDataset, selectGenres } from '../../src/dataset/index.ts';
import { hasRedisServer, RedisServer } from '../../tools/redisServer.ts';
import { command, type Finished, node } from '../cli/command.ts';
import { smallDataset, tinyRecipe, trunkWeights } from '../train/fixture.ts';

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

/** A table of JSON lines in which one poster has one genre less. */
function withoutFirstGenre(text: Buffer): Buffer {
  const rows = text
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { genres: string[] });
  const at = rows.findIndex(({ genres }) => genres.length > 1);
  rows[at]!.genres.shift();
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
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

  test('a worker whose table, pictures, weights or teachers differ is refused by hash; runs of a table since changed are dropped', {
    timeout: 600_000,
  }, async () => {
    const { folder, data, server, run, worker } = await prepared(1);
    const dataset = await loadDataset({ data });
    const { genres } = selectGenres(dataset, { minimumSupport: 5 });
    const teachers = join(folder, 'teachers.jsonl');
    const taught = genres.map((label) => ({ label, probability: 0.5 }));
    const said = dataset.labelled.map(({ id }) => `${JSON.stringify({ id, genres: taught })}\n`);
    await writeFile(teachers, said.join(''));
    const weights = await trunkWeights(folder);
    const recipe = tinyRecipe({
      ...{ name: 'taught', epochs: 1, fineTuning: { initialWeights: weights } },
      distillation: { predictions: [teachers], weight: 0.5 },
    });
    await writeFile(join(folder, 'taught.json'), JSON.stringify(recipe));
    const words = ['sweep', 'taught.json', '--seeds', '1', '--data', data, '--out', 'shared'];
    const link = await openRedis(server.url);
    onTestFinished(() => link.close());
    const queue = await JobQueue.open(link, runJobs);
    const killed = spawn(process.execPath, [command, ...words, '--redis', server.url], {
      cwd: folder,
      stdio: 'ignore',
    });
    onTestFinished(() => void killed.kill('SIGKILL'));
    await vi.waitUntil(async () => (await queue.counts()).waiting === 1, patience);
    killed.kill('SIGKILL');

    const table = join(data, 'metadata.jsonl');
    const source = dataset.labelled[0]!.source as { path: string };
    const differing = (what: string): string => `${what} is \\S{12}; expected \\S{12}`;
    const changes: [path: string, what: string, change: (text: Buffer) => Buffer][] = [
      [
        table,
        'machine is without what is needed \\(.* some genres differ\\.\\); expected all of it',
        withoutFirstGenre,
      ],
      [source.path, differing('set of pictures'), (text) => Buffer.concat([text, Buffer.of(0)])],
      [weights, differing('file of weights'), (text) => Buffer.concat([text, Buffer.from(' ')])],
      [teachers, differing("teachers' file"), (text) => Buffer.from(text.toString().replace('0.5', '0.6'))],
    ];
    for (const [path, what, change] of changes) {
      const before = await readFile(path);
      await writeFile(path, change(before));
      const refused = await run('cluster', 'worker', '--train');
      expect(refused.code, refused.stderr).toBe(2);
      expect(refused.stderr.trimEnd().split('\n').at(-1)).toMatch(
        new RegExp(`: This worker may not take part in the work: its ${what}\\.$`),
      );
      if (path !== teachers) await writeFile(path, before);
    }
    // The run that was left on the queue would have every worker refused.
    const jobs = async () =>
      (await link.client.keys('onesheet:train:*')).filter((key) => /:[\da-f]{32}$/.test(key));
    const [left] = await jobs();
    const sweeping = run(...words, '--redis', 'env');
    await vi.waitUntil(async () => !(await jobs()).includes(left!), patience);
    worker();
    expect(await sweeping).toMatchObject({ code: 0 });
    await vi.waitUntil(async () => (await queue.counts()).working === 0, patience);
    expect(await queue.counts()).toEqual({ waiting: 0, working: 0, aside: 0 });
  });

  test('a worker whose run failed is at nothing, and is said to be', { timeout: 600_000 }, async () => {
    const { data, run, worker } = await prepared(1);
    for (const { source } of (await loadDataset({ data })).labelled)
      await writeFile((source as { path: string }).path, 'no picture');
    worker();
    const swept = await run(
      'sweep',
      'one.json',
      '--seeds',
      '1',
      '--data',
      data,
      '--out',
      'shared',
      '--redis',
      'env',
    );
    expect(swept.code, swept.stderr).toBe(1);
    const { stdout } = await run('cluster', 'status', '--format', 'json');
    const { workers } = JSON.parse(stdout);
    expect(workers).toEqual([expect.objectContaining({ runs: 0 })]);
    expect(workers[0]).not.toHaveProperty('run');
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
