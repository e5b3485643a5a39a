/** @module Drawn posters and a Redis server -> docs/results/cluster.json: chaos, Redis memory per shard, two workers beside one process. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { JobQueue } from '../src/cluster/queue.ts';
import { openRedis } from '../src/cluster/redis.ts';
import { shardJobs, shardOf } from '../src/cluster/shard.ts';
import { drawSyntheticPosters } from '../src/dataset/index.ts';
import { Random } from '../src/random.ts';
import { runChaos } from './clusterChaos.ts';
import { RedisServer } from './redisServer.ts';
import { root } from './root.ts';

const command = fileURLToPath(new URL('dist/cli/main.js', root));
const resultsPath = new URL('docs/results/cluster.json', root);

interface Results {
  machine?: string;
  chaos?: Record<string, unknown>;
  memory?: Record<string, unknown>;
  speed?: Record<string, unknown>;
}

/** @param words which of chaos, memory and speed, and how many rounds or which seed begins */
export async function writeClusterFigures([
  what = 'memory',
  count = '5',
  seed = '1',
]: readonly string[]): Promise<void> {
  const base = await mkdtemp(join(tmpdir(), 'onesheet-cluster-'));
  const results = JSON.parse(await readFile(resultsPath, 'utf8').catch(() => '{}')) as Results;
  results.machine = `${cpus().length} x ${cpus()[0]?.model}`;
  try {
    const save = () => writeFile(resultsPath, `${JSON.stringify(results, undefined, 2)}\n`);
    if (what === 'chaos')
      for await (const chaos of chaosOf(base, Number(count), Number(seed), results.chaos)) {
        results.chaos = chaos;
        await save();
      }
    else if (what === 'memory') results.memory = await memory(base);
    else results.speed = await speed(base, Number(count));
    await save();
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

async function drawPosters(base: string, posters: number): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { bytes } of drawSyntheticPosters({ count: posters, seed: 1, width: 300, height: 450 })) {
    const name = join(base, `poster-${names.length}.png`);
    await writeFile(name, bytes);
    names.push(basename(name));
  }
  return names;
}

/** A list beside the posters. */
async function writeList(base: string, names: readonly string[], entries: number): Promise<string> {
  // Each with an id of its own: shards of the same posters would share their outcomes.
  const rows = Array.from({ length: entries }, (_, at) => ({
    id: `film ${at}`,
    image: at === Math.floor(entries / 2) ? 'missing.png' : names[at % names.length],
  }));
  const list = join(base, `films-${entries}.jsonl`);
  await writeFile(list, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return list;
}

/** Rounds are added to those of other seeds. */
async function* chaosOf(
  base: string,
  rounds: number,
  first: number,
  known?: Record<string, unknown>,
): AsyncGenerator<Record<string, unknown>> {
  const entries = 300;
  const list = await writeList(base, await drawPosters(base, 12), entries);
  const whole = join(base, 'whole.jsonl');
  const { status } = spawnSync(
    process.execPath,
    [command, 'predict', list, '--threads', '1', '--output', whole],
    { stdio: 'ignore' },
  );
  const records = (await readFile(whole, 'utf8')).split('\n').length - 1;
  if (status !== 3 || records !== entries - 1)
    throw new Error(`predict ended with ${status}, ${records} records`);
  const runs = { ...(known?.runs as Record<string, unknown>) };
  for (let seed = first; seed < first + rounds; seed++) {
    const folder = join(base, String(seed));
    await mkdir(folder);
    const output = join(folder, 'a.jsonl');
    const words = ['--input', list, '--output', output, '--shard-size', '10'];
    const random = Random.fromSeed(seed);
    const { code, killed, seconds } = await runChaos({
      command,
      folder,
      words,
      random,
      kills: 6,
      pause: 1500,
      stalledAfter: 3,
    });
    let isSame = code === 3;
    for (const suffix of ['', '.errors.jsonl'])
      isSame &&= (await readFile(`${output}${suffix}`)).equals(await readFile(`${whole}${suffix}`));
    runs[seed] = { killed, seconds: Math.round(seconds), same: isSame };
    process.stdout.write(`seed ${seed}: ${JSON.stringify(runs[seed])}\n`);
    yield { entries, shardSize: 10, workers: 2, ...totals(runs), runs };
  }
}

function totals(runs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const all = Object.values(runs) as { killed: Record<string, number>; same: boolean }[];
  const kills = (name: string) => all.reduce((sum, run) => sum + run.killed[name]!, 0);
  return {
    rounds: all.length,
    identical: all.filter(({ same }) => same).length,
    killed: { worker: kills('worker'), coordinator: kills('coordinator'), redis: kills('redis') },
  };
}

/** What Redis takes more with so many shards on the queue than with none. */
async function memory(base: string): Promise<Record<string, unknown>> {
  const server = await RedisServer.start(join(base, 'redis'));
  const link = await openRedis(server.url);
  try {
    const queue = await JobQueue.open(link, shardJobs);
    const used = async (): Promise<number> =>
      Number(/used_memory:(\d+)/.exec(await link.client.info('memory'))![1]);
    const add = async (at: number): Promise<void> => {
      const { id } = shardOf('0123456789abcdef', [
        { id: String(at), source: { kind: 'file', path: String(at) } },
      ]);
      await queue.add(id, { catalogue: '0123456789abcdef' });
    };
    await add(0);
    const before = await used();
    const shards = 10_000;
    for (let at = 1; at <= shards; at += 100)
      await Promise.all(Array.from({ length: 100 }, (_, more) => add(at + more)));
    const bytes = (await used()) - before;
    return {
      shards,
      bytes,
      bytesPerShard: Math.round(bytes / shards),
      redis: /redis_version:(\S+)/.exec(await link.client.info('server'))![1],
    };
  } finally {
    link.close();
    await server.kill();
  }
}

/** Posters of the two lists by which starts are told from work. */
const [few, many] = [400, 2000];

interface Turn {
  readonly cluster: number;
  readonly oneProcess: number;
}

/**
 * Two workers of one thread each beside one process of as many threads as there are cores, in turns. Without starts: by
 * what a long list takes more than a short one.
 */
async function speed(base: string, rounds: number): Promise<Record<string, unknown>> {
  const names = await drawPosters(base, 12);
  const [short, long] = [await writeList(base, names, few), await writeList(base, names, many)];
  const server = await RedisServer.start(join(base, 'redis'));
  const env = { ...process.env, ONESHEET_REDIS: server.url };
  const crew = [0, 1].map(() =>
    spawn(process.execPath, [command, 'cluster', 'worker'], { env, stdio: 'ignore' }),
  );
  const redis = new Redis(server.url);
  const timed = (words: readonly string[]): number => {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, [command, ...words], { env, stdio: 'ignore' });
    if (status !== 3) throw new Error(`${words.join(' ')} ended with ${status}`);
    return (performance.now() - started) / 1000;
  };
  const cluster = (list: string, output: string): number =>
    timed(['cluster', 'run', '--input', list, '--output', join(base, `${output}.jsonl`)]);
  const turn = (list: string, output: string): Turn => ({
    cluster: cluster(list, `cluster-${output}`),
    oneProcess: timed(['predict', list, '--output', join(base, `one-${output}.jsonl`)]),
  });
  const seconds: { short: Turn; long: Turn }[] = [];
  try {
    while ((await redis.keys('onesheet:worker:*')).length < crew.length)
      await new Promise((resolve) => setTimeout(resolve, 100));
    // The workers load their model in this one.
    cluster(await writeList(base, names, 100), 'warm');
    for (let round = 0; round < rounds; round++) {
      seconds.push({ short: turn(short, `short-${round}`), long: turn(long, `long-${round}`) });
      process.stdout.write(`${JSON.stringify(seconds.at(-1))}\n`);
    }
  } finally {
    for (const worker of crew) worker.kill('SIGKILL');
    redis.disconnect();
    await server.kill();
  }
  const summary = (ratioOf: (round: (typeof seconds)[number]) => number) => {
    const ratios = seconds.map(ratioOf).sort((a, b) => a - b);
    return { ratio: ratios[Math.floor(ratios.length / 2)], ratios };
  };
  return {
    ...{ entries: many, shorter: few, workers: 2, rounds, seconds },
    withStarts: summary(({ long: { cluster, oneProcess } }) => oneProcess / cluster),
    withoutStarts: summary(
      ({ short: before, long: after }) =>
        (after.oneProcess - before.oneProcess) / (after.cluster - before.cluster),
    ),
  };
}
