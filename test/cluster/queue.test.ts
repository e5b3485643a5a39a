import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { predictByShards, sizeOfNext } from '../../src/cluster/coordinate.ts';
import { type JobKind, JobQueue } from '../../src/cluster/queue.ts';
import { openRedis, type RedisLink } from '../../src/cluster/redis.ts';
import { ShardFolder, shardJobs, shardOf } from '../../src/cluster/shard.ts';
import { UnfitWorker, work } from '../../src/cluster/work.ts';
import { onesheetError } from '../../src/errors.ts';
import type { PosterToPredict } from '../../src/predict/index.ts';
import { hasRedisServer, RedisServer } from '../../tools/redisServer.ts';
import { temporaryFolder } from '../model/fixture.ts';

interface Numbered {
  readonly number: number;
}

const numbers: JobKind<Numbered> = {
  name: 'numbers',
  schema: z.strictObject({ number: z.int() }),
  attempts: 2,
};

async function served(
  words?: readonly string[],
): Promise<{ server: RedisServer; link: RedisLink; said: string[] }> {
  const server = await RedisServer.start(join(await temporaryFolder(), 'redis'), words);
  onTestFinished(() => server.kill());
  const said: string[] = [];
  const link = await openRedis(server.url, { onNotice: (sentence) => said.push(sentence) });
  onTestFinished(() => link.close());
  return { server, link, said };
}

/** Until something holds, however slow the machine is. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(50);
}

/** Works until the test has ended. */
function working<Data>(
  link: RedisLink,
  kind: JobKind<Data>,
  handle: (id: string, data: Data) => Promise<void>,
): { readonly ended: Promise<void> } {
  const stopped = new AbortController();
  const ended = work(link, kind, handle, { signal: stopped.signal, stalledSeconds: 5 });
  ended.catch(() => undefined);
  onTestFinished(async () => {
    stopped.abort();
    await ended.catch(() => undefined);
  });
  return { ended };
}

async function* posters(count: number): AsyncGenerator<PosterToPredict> {
  for (let at = 0; at < count; at++) yield { id: `film ${at}`, source: { kind: 'file', path: `${at}.jpg` } };
}

describe.skipIf(!hasRedisServer())('with a Redis server (needs redis-server)', () => {
  test('a job is kept once under its id, done by a worker, and gone', async () => {
    const { link } = await served();
    const queue = await JobQueue.open(link, numbers);
    const done: number[] = [];
    for (const number of [1, 2, 2, 3]) await queue.add(`job-${number}`, { number });
    expect(await queue.counts()).toEqual({ waiting: 3, working: 0, aside: 0 });
    working(link, numbers, async (_, { number }) => void done.push(number));
    await until(() => done.length === 3);
    await until(async () => (await queue.stateOf('job-3')) === 'gone');
    expect(done.sort()).toEqual([1, 2, 3]);
  });

  test('a job that fails is tried again, and set aside with its reason when that fails too', async () => {
    const { link } = await served();
    const queue = await JobQueue.open(link, numbers);
    await queue.add('bad', { number: 0 });
    await queue.add('good', { number: 1 });
    let tries = 0;
    working(link, numbers, async (id) => {
      if (id === 'good') return;
      tries += 1;
      throw new Error('no good number');
    });
    await until(async () => (await queue.stateOf('bad')) === 'aside');
    expect(tries).toBe(2);
    expect(await queue.reasonOf('bad')).toBe('no good number');
    expect(await queue.aside(5)).toEqual([{ id: 'bad', reason: 'no good number' }]);
    await queue.remove('bad');
    expect(await queue.stateOf('bad')).toBe('gone');
  });

  test('a worker that is unfit gives its job back, and ends with the reason; another does it', async () => {
    const { link } = await served();
    const queue = await JobQueue.open(link, numbers);
    await queue.add('a', { number: 1 });
    const unfit = working(link, numbers, async () => {
      throw new UnfitWorker(onesheetError('FILE_UNWRITABLE', '/full', 'no space left on device'));
    });
    await expect(unfit.ended).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(await queue.stateOf('a')).toBe('waiting');
    let isDone = false;
    working(link, numbers, async () => {
      isDone = true;
    });
    await until(() => isDone);
  });

  test('shards that are set aside become failures of their posters, in their places, and are named', async () => {
    const { link } = await served();
    const kind = { ...shardJobs, attempts: 1 };
    const queue = await JobQueue.open(link, kind);
    const folder = new ShardFolder(join(await temporaryFolder(), 'shards'));
    working(link, kind, async (id) => {
      const some = (await folder.posters(id))!;
      if (some.some((poster) => poster.id === 'film 3')) throw new Error('the engine broke');
      const outcomes = some.map((poster) => ({
        id: poster.id,
        source: `${poster.id.slice(5)}.jpg`,
        genres: [],
        model: 'm',
      }));
      await folder.writeOutcomes(id, outcomes);
    });
    const predict = predictByShards({
      ...{ queue, folder, catalogue: 'c', shardSize: 2, ahead: async () => 0, anew: false },
      signal: new AbortController().signal,
    });
    const seen: string[] = [];
    for await (const outcomes of predict(posters(7)))
      for (const outcome of outcomes)
        seen.push('error' in outcome ? `${outcome.id}: ${outcome.error.code}` : outcome.id);
    expect(seen.join(', ')).toBe(
      'film 0, film 1, film 2: SHARD_FAILED, film 3: SHARD_FAILED, film 4, film 5, film 6',
    );
    expect((await queue.aside(5)).map(({ reason }) => reason)).toEqual(['the engine broke']);
  });

  test('shards that hold the same posters are predicted once and stand in all their places', async () => {
    const { link } = await served();
    const queue = await JobQueue.open(link, shardJobs);
    const folder = new ShardFolder(join(await temporaryFolder(), 'shards'));
    let worked = 0;
    working(link, shardJobs, async (id) => {
      worked += 1;
      const [poster] = (await folder.posters(id))!;
      await folder.writeOutcomes(id, [{ id: poster!.id, source: 'a.jpg', genres: [], model: 'm' }]);
    });
    const predict = predictByShards({
      ...{ queue, folder, catalogue: 'c', shardSize: 1, ahead: async () => 0, anew: false },
      signal: new AbortController().signal,
    });
    async function* repeated(): AsyncGenerator<PosterToPredict> {
      for (let at = 0; at < 9; at++) yield { id: `film ${at % 2}`, source: { kind: 'file', path: 'a.jpg' } };
    }
    const ids: string[] = [];
    for await (const outcomes of predict(repeated())) ids.push(...outcomes.map(({ id }) => id));
    expect(ids).toEqual(Array.from({ length: 9 }, (_, at) => `film ${at % 2}`));
    // One that is done while it is handed out anew is done once more.
    expect(worked).toBeLessThan(9);
  });

  test('a server that comes back without its jobs gets them again', { timeout: 120_000 }, async () => {
    const { server, link, said } = await served(['--appendonly', 'no']);
    expect(said).toEqual([
      `Redis at 127.0.0.1:${server.port} keeps no append-only file (appendonly yes): after a crash of it, shards under way are handed out again.`,
    ]);
    const queue = await JobQueue.open(link, shardJobs);
    const folder = new ShardFolder(join(await temporaryFolder(), 'shards'));
    const predict = predictByShards({
      ...{ queue, folder, catalogue: 'c', shardSize: 1, ahead: async () => 0, anew: false },
      signal: new AbortController().signal,
    });
    const ids: string[] = [];
    const all = (async () => {
      for await (const outcomes of predict(posters(4))) ids.push(...outcomes.map(({ id }) => id));
    })();
    await until(async () => (await queue.counts()).waiting === 4);
    await server.kill();
    await server.start();
    working(link, shardJobs, async (id) => {
      const [poster] = (await folder.posters(id))!;
      await folder.writeOutcomes(id, [
        { id: poster!.id, source: `${poster!.id.slice(5)}.jpg`, genres: [], model: 'm' },
      ]);
    });
    await all;
    expect(ids).toEqual(['film 0', 'film 1', 'film 2', 'film 3']);
    expect(said.slice(1)).toEqual([
      `Redis at 127.0.0.1:${server.port} is gone; waiting until it is back.`,
      `Redis at 127.0.0.1:${server.port} is back.`,
    ]);
  });

  test('a server that hangs and one that is shut down and started again from its file are told by two sentences, not by a flood', {
    timeout: 180_000,
  }, async () => {
    const { server, link, said } = await served();
    const queue = await JobQueue.open(link, numbers);
    const done: number[] = [];
    working(link, numbers, async (_, { number }) => void done.push(number));
    await queue.add('before', { number: 0 });
    await until(() => done.length === 1);
    const gone = `Redis at 127.0.0.1:${server.port} is gone; waiting until it is back.`;
    const back = `Redis at 127.0.0.1:${server.port} is back.`;
    server.hang();
    const added = queue.add('meanwhile', { number: 1 });
    await until(() => said.length >= 1);
    await sleep(3000);
    server.goOn();
    await added;
    await until(() => done.length === 2);
    await until(() => said.length >= 2);
    await server.kill();
    await until(() => said.length >= 3);
    await sleep(3000);
    await server.start();
    await queue.add('after', { number: 2 });
    await until(() => done.length === 3);
    await until(() => said.length >= 4);
    expect(done).toEqual([0, 1, 2]);
    // A machine that is busy enough may hold a server for gone that is slow.
    expect(said).toEqual(said.map((_, at) => (at % 2 === 0 ? gone : back)));
    expect(said.length).toBeLessThanOrEqual(8);
  });

  test('a worker that begins while the server hangs, and is then lost, works once it is back', {
    timeout: 180_000,
  }, async () => {
    const { server, link } = await served();
    const done: number[] = [];
    server.hang();
    working(link, numbers, async (_, { number }) => void done.push(number));
    await sleep(500);
    await server.kill();
    await server.start();
    const queue = await JobQueue.open(link, numbers);
    await queue.add('a', { number: 1 });
    await until(() => done.length === 1);
  });

  test('the last shards are smaller, whoever begins to cut where', () => {
    const sizesOf = (left: number, size: number): number[] => {
      const sizes: number[] = [];
      for (let rest = left; rest > 0; rest -= sizes.at(-1)!)
        sizes.push(Math.min(rest, sizeOfNext(rest, size)));
      return sizes;
    };
    const whole = sizesOf(4000, 500);
    expect(whole.slice(0, 5)).toEqual([500, 500, 500, 500, 500]);
    expect(whole.every((size, at) => at === 0 || size <= whole[at - 1]!)).toBe(true);
    expect(whole.at(-2)).toBe(50);
    expect(sizesOf(4000 - 2500 - whole[5]!, 500)).toEqual(whole.slice(6));
    expect(sizesOf(800, 500)).toHaveLength(14);
    expect(sizesOf(21, 4)).toEqual([4, 4, 4, 4, 4, 1]);
  });

  test('another password and a server that is not there are one sentence without the password', async () => {
    const own = await RedisServer.start(join(await temporaryFolder(), 'redis'), ['--requirepass', 'sesame']);
    onTestFinished(() => own.kill());
    for (const user of ['', ':wrong@'])
      await expect(openRedis(own.url.replace('//', `//${user}`))).rejects.toMatchObject({
        code: 'QUEUE_UNREACHABLE',
        message: `Cannot use Redis at 127.0.0.1:${own.port}: it wants another user or password; expected redis://user:password@host.`,
      });
    const link = await openRedis(own.url.replace('//', '//:sesame@'));
    link.close();
    await own.kill();
    await expect(openRedis(own.url.replace('//', '//:sesame@'))).rejects.toThrow(
      `Cannot use Redis at 127.0.0.1:${own.port}: nothing listens there.`,
    );
  });
});

test('a URL that is none of Redis is refused without its password', async () => {
  await expect(openRedis('http://user:secret@host/x')).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.not.stringContaining('secret'),
  });
  await expect(openRedis('somewhere')).rejects.toThrow('rediss:// for TLS');
});

test('a shard is known by what it holds, and its posters come back as they were', async () => {
  const base = await temporaryFolder();
  await mkdir(join(base, 'shards'));
  const folder = new ShardFolder(join(base, 'shards'));
  const some: PosterToPredict[] = [
    { id: 'a', names: ['a', 'a.jpg'], title: 'A', year: 1999, source: { kind: 'file', path: 'a.jpg' } },
    { id: 'b', texts: ['B'], source: { kind: 'url', url: 'https://example.org/b.jpg' } },
    { id: 'c', source: { kind: 'bytes', name: 'c', bytes: Buffer.from([1, 2, 255]) } },
  ];
  const shard = shardOf('c', some);
  expect(shardOf('c', [...some]).id).toBe(shard.id);
  expect(new Set([shard.id, shardOf('d', some).id, shardOf('c', some.slice(1)).id]).size).toBe(3);
  await folder.write(shard);
  expect(await folder.posters(shard.id)).toEqual(some);
  expect(await folder.isDone(shard.id)).toBe(false);
  const failed = { id: 'a', source: 'a.jpg', error: { code: 'IMAGE_MISSING', message: 'gone' } };
  await folder.writeOutcomes(shard.id, [failed]);
  expect(await folder.outcomes({ id: shard.id, count: 1 })).toEqual([failed]);
  expect(await folder.outcomes({ id: shard.id, count: 2 })).toBeUndefined();
  expect((await readdir(folder.path)).every((name) => name.startsWith(shard.id))).toBe(true);
  expect(await readFile(join(folder.path, `${shard.id}.outcomes.jsonl`), 'utf8')).toBe(
    `${JSON.stringify(failed)}\n`,
  );
  await folder.remove(shard.id);
  expect(await folder.posters(shard.id)).toBeUndefined();
});
