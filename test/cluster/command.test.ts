import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { saveCatalogue, saveStanding } from '../../src/cluster/catalogue.ts';
import { JobQueue } from '../../src/cluster/queue.ts';
import { openRedis } from '../../src/cluster/redis.ts';
import { ShardFolder, shardJobs, shardOf } from '../../src/cluster/shard.ts';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { version } from '../../src/version.ts';
import { hasRedisServer, RedisServer, selfMadeCertificate } from '../../tools/redisServer.ts';
import { command, type Finished, node, onesheet } from '../cli/command.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';

/** A list with one missing poster, and a server of its own. */
async function prepared(): Promise<{ folder: string; server: RedisServer; env: NodeJS.ProcessEnv }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'tiny.onnx'), tinyModel());
  await writeFile(join(folder, 'other.onnx'), tinyModel({ name: 'other' }));
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 1, width: 20, height: 30 }))
    await writeFile(join(folder, 'poster.png'), bytes);
  const some = 'poster.png\n'.repeat(10);
  await writeFile(join(folder, 'list.txt'), `${some}none.png\n${some}`);
  const server = await RedisServer.start(join(folder, 'redis'));
  onTestFinished(() => server.kill());
  return { folder, server, env: { ...process.env, ONESHEET_REDIS: server.url } };
}

/** A worker that is told to end after the test. */
function worker(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [command, 'cluster', 'worker', ...words], {
    cwd,
    env,
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  return child;
}

const running = ['--input', 'list.txt', '--model', 'tiny.onnx', '--shard-size', '4'];

describe.skipIf(!hasRedisServer())('with a Redis server (needs redis-server)', () => {
  test('the output of workers is that of one process; failures can be tried again; the status tells of it', {
    timeout: 180_000,
  }, async () => {
    const { folder, env } = await prepared();
    const onesheetWith = (...words: string[]): Promise<Finished> =>
      node([command, ...words], env, { cwd: folder });
    // A worker goes to where the coordinator is, wherever it was started.
    const crew = [worker([], folder, env), worker([], '/', env)];
    const single = ['predict', 'list.txt', '--model', 'tiny.onnx', '--threads', '1', '--output', 'whole.csv'];
    expect(await onesheet(single, '', folder)).toMatchObject({ code: 3 });
    const run = ['cluster', 'run', ...running, '--output', 'out/a.csv'];
    const first = await onesheetWith(...run);
    expect(first).toMatchObject({ code: 3, stdout: '' });
    expect(first.stderr).toMatch(/^onesheet: out\/a\.csv holds 20 of 21 posters \(21 in /);
    const same = async (): Promise<void> => {
      for (const suffix of ['', '.errors.jsonl'])
        expect(await readFile(join(folder, `out/a.csv${suffix}`), 'utf8').catch(() => 'none')).toBe(
          await readFile(join(folder, `whole.csv${suffix}`), 'utf8').catch(() => 'none'),
        );
    };
    await same();
    expect(await readdir(join(folder, 'out/a.csv.progress'))).toEqual(['progress.json']);
    await copyFile(join(folder, 'poster.png'), join(folder, 'none.png'));
    expect(await onesheet([...single, '--retry-errors'], '', folder)).toMatchObject({ code: 0 });
    expect(await onesheetWith(...run, '--retry-errors')).toMatchObject({ code: 0 });
    await same();
    const { stdout } = await onesheetWith('cluster', 'status', '--format', 'json');
    const status = JSON.parse(stdout);
    expect(status).toMatchObject({
      shards: { waiting: 0, working: 0, aside: 0 },
      catalogues: [{ output: join(folder, 'out/a.csv'), state: 'finished', done: 21, failed: 0, total: 21 }],
      aside: [],
    });
    const posters = (status.workers as { posters: number }[]).map((each) => each.posters);
    // Shards that hold the same posters are predicted once, and the second worker may have come late.
    expect(posters.length).toBeLessThanOrEqual(crew.length);
    expect(posters.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
  });

  test('a worker with another model is refused by its hash, and what it was given is done by another', {
    timeout: 180_000,
  }, async () => {
    const { folder, env } = await prepared();
    const run = node([command, 'cluster', 'run', ...running, '--output', 'a.jsonl'], env, { cwd: folder });
    const refused = await node([command, 'cluster', 'worker', '--model', 'other.onnx'], env, { cwd: folder });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /This worker may not take part in the work: its model is other@[\da-f]{12}; expected tiny@[\da-f]{12}\.\n$/,
    );
    worker([], folder, env);
    expect(await run).toMatchObject({ code: 3 });
    expect((await readFile(join(folder, 'a.jsonl'), 'utf8')).trimEnd().split('\n')).toHaveLength(20);
  });

  test('a worker that sees another picture at the same path, or none, is refused by hash', {
    timeout: 180_000,
  }, async () => {
    const { folder, env } = await prepared();
    const poster = join(folder, 'poster.png');
    const run = node([command, 'cluster', 'run', ...running, '--output', 'a.jsonl'], env, { cwd: folder });
    const mark = join(folder, 'a.jsonl.progress', 'shards', 'catalogue.json');
    while ((await readFile(mark).catch(() => '')).length === 0) await new Promise((go) => setTimeout(go, 50));
    const refusal = async (): Promise<string> => {
      const { code, stderr } = await node([command, 'cluster', 'worker'], env, { cwd: folder });
      expect(code, stderr).toBe(2);
      return stderr
        .trimEnd()
        .split('\n')
        .at(-1)!
        .replace(/[\da-f]{12}/g, 'HASH');
    };
    const refused = 'onesheet: This worker may not take part in the work: its picture poster.png is';
    const before = await readFile(poster);
    await copyFile(join(folder, 'tiny.onnx'), poster);
    expect(await refusal()).toBe(`${refused} HASH; expected HASH.`);
    await rm(poster);
    expect(await refusal()).toBe(`${refused} missing; expected HASH.`);
    await writeFile(poster, before);
    worker([], folder, env);
    expect(await run).toMatchObject({ code: 3 });
  });

  test('a worker of another version is refused, and so is one whose folder is not the shared one', {
    timeout: 180_000,
  }, async () => {
    const { folder, env, server } = await prepared();
    const link = await openRedis(server.url);
    onTestFinished(() => link.close());
    const queue = await JobQueue.open(link, shardJobs);
    const shards = new ShardFolder(join(folder, 'a.jsonl.progress', 'shards'));
    await mkdir(shards.path, { recursive: true });
    const catalogue = await saveCatalogue(link.client, {
      ...{ begun: { version: '0.0.1' }, threads: 1, read: false, model: join(folder, 'tiny.onnx') },
      ...{ folder, shards: shards.path },
    });
    const refusal = async (): Promise<string> => {
      const { code, stderr } = await node([command, 'cluster', 'worker'], env, { cwd: folder });
      expect(code, stderr).toBe(2);
      return stderr.trimEnd().split('\n').at(-1)!;
    };
    const shard = shardOf(catalogue, [{ id: 'a', source: { kind: 'file', path: 'poster.png' } }]);
    const standing = { output: 'a.jsonl', model: 'tiny', host: 'here', pid: 1, done: 0, failed: 0 };
    await saveStanding(link.client, catalogue, { ...standing, state: 'running', seen: '' });
    await queue.add(shard.id, { catalogue });
    expect(await refusal()).toBe(
      `onesheet: This worker may not take part in the work: its folder ${shards.path} is another one; expected the coordinator's, shared by all machines.`,
    );
    await shards.mark({ catalogue });
    await shards.write(shard);
    expect(await refusal()).toBe(
      `onesheet: This worker may not take part in the work: its version is ${version}; expected 0.0.1.`,
    );
    expect(await queue.stateOf(shard.id)).toBe('waiting');
  });

  test('told to end, the coordinator keeps what is done and a worker gives its shard back', {
    timeout: 180_000,
  }, async () => {
    const { folder, env } = await prepared();
    const child = spawn(process.execPath, [command, 'cluster', 'run', ...running, '--output', 'a.jsonl'], {
      cwd: folder,
      env,
    });
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    const ended = new Promise((resolve) => child.once('close', resolve));
    const shards = join(folder, 'a.jsonl.progress', 'shards');
    while ((await readdir(shards).catch(() => [])).length < 3) await new Promise((go) => setTimeout(go, 50));
    child.kill('SIGTERM');
    expect({ code: await ended, said }).toEqual({
      code: 130,
      said: expect.stringMatching(
        /^onesheet: stopped after 0 posters \(.*\): the same command goes on from there\.\n$/,
      ),
    });
    const own = worker([], folder, env);
    const again = node([command, 'cluster', 'run', ...running, '--output', 'a.jsonl'], env, { cwd: folder });
    expect(await again).toMatchObject({ code: 3 });
    const workerEnded = new Promise((resolve) => own.once('exit', resolve));
    own.kill('SIGTERM');
    expect(await workerEnded).toBe(0);
  });
});

test.skipIf(!hasRedisServer())(
  'over TLS an authority of one’s own is trusted where the variable names it, and a password is asked for (needs redis-server and openssl)',
  { timeout: 120_000 },
  async (context) => {
    const folder = await temporaryFolder();
    const made = selfMadeCertificate(folder);
    if (made === undefined) return context.skip('there is no openssl');
    const server = await RedisServer.start(join(folder, 'redis'), ['--requirepass', 'secret'], made).catch(
      () => undefined,
    );
    if (server === undefined) return context.skip('this redis-server was built without TLS');
    onTestFinished(() => server.kill());
    const trusting = { ...process.env, NODE_EXTRA_CA_CERTS: made.certificate };
    const status = (env: NodeJS.ProcessEnv, user: string): Promise<Finished> =>
      node([command, 'cluster', 'status', '--redis', `rediss://${user}127.0.0.1:${server.port}`], env);
    const { code, stdout } = await status(trusting, ':secret@');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `127.0.0.1:${server.port}: 0 shards waiting, 0 under way, 0 set aside\n0 workers\n`,
    });
    const cannot = `Cannot use Redis at 127.0.0.1:${server.port}`;
    expect(await status(trusting, '')).toMatchObject({
      code: 1,
      stderr: `onesheet: ${cannot}: it wants another user or password; expected redis://user:password@host.\n`,
    });
    const { NODE_EXTRA_CA_CERTS: _, ...strange } = trusting;
    expect(await status(strange, ':secret@')).toMatchObject({
      code: 1,
      stderr: `onesheet: ${cannot}: its certificate is not trusted (self-signed certificate); NODE_EXTRA_CA_CERTS names a file of further authorities.\n`,
    });
  },
);

test('without a server, and with one that is not there, there is one sentence', async () => {
  const { ONESHEET_REDIS: _, ...env } = process.env;
  const folder = await temporaryFolder();
  expect(await node([command, 'cluster', 'status'], env, { cwd: folder })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'onesheet: Expected the URL of a Redis server, or the variable ONESHEET_REDIS for redis but received nothing.\n',
  });
  expect(await node([command, 'cluster', 'status', '--redis', 'redis://:secret@127.0.0.1:1'], env)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'onesheet: Cannot use Redis at 127.0.0.1:1: nothing listens there.\n',
  });
});
