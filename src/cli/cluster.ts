/** @module `onesheet cluster`: a catalogue and a Redis server -> one output by many machines; a worker; and how all of it stands. */
import { defineCommand } from 'citty';
import { type ClusterStatus, clusterStatus, runCluster, runTrainer, runWorker } from '../cluster/index.ts';
import { Skipped } from '../dataset/index.ts';
import { formatDuration } from '../duration.ts';
import { begunOf, postersAt } from '../predict/index.ts';
import { printable } from '../printable.ts';
import { choiceOf, integerOf, listFormat, listFormats, listOf, threadsOf, valuesOf } from './arguments.ts';
import { fetchArguments, fetchRateOf } from './fetching.ts';
import { posterArguments } from './posters.ts';
import { fillFile } from './predictInto.ts';
import { batchArgument, batchOf, judgingArguments, outputArguments } from './predicting.ts';
import { redisArgument, redisOf, say } from './redis.ts';
import { listenForStop } from './stopping.ts';

const runCommand = defineCommand({
  meta: { name: 'run', description: 'Predict a catalogue into a file, by all workers of a Redis server.' },
  args: {
    ...redisArgument,
    input: {
      type: 'string',
      required: true,
      valueHint: 'path',
      description: 'A picture, folder, table, list or - as `predict` takes it; given again, another one',
    },
    output: {
      type: 'string',
      required: true,
      valueHint: 'file',
      description:
        'A file .jsonl, .csv or .parquet, on a folder that all workers see at the same path, as they see the posters',
    },
    ...judgingArguments,
    ...posterArguments,
    ...outputArguments,
    'shard-size': {
      type: 'string',
      valueHint: 'posters',
      default: '500',
      description: 'Posters that a worker takes at a time',
    },
    ...fetchArguments,
    ...batchArgument,
    threads: {
      type: 'string',
      valueHint: 'number',
      description:
        "Threads of each worker's engine, by default 1: start a worker for each core; the same count gives the same bits",
    },
  },
  async run({ args, rawArgs }) {
    const redis = redisOf(args);
    const locations = valuesOf(rawArgs, 'input');
    const { output, model, policy, texts, titles, read = false, overwrite } = args;
    const { library, images, base } = args as { library?: boolean; images?: string; base?: string };
    const sources = { library, images, base, skipped: new Skipped() };
    const retryErrors = args['retry-errors'];
    const options = {
      ...{ redis, output, model, policy, texts, titles, read, overwrite, retryErrors },
      batchSize: batchOf(args),
      fetch: args.fetch ? { networks: listOf(args.networks), rate: fetchRateOf(args) } : undefined,
      shardSize: integerOf(args['shard-size'], 'shard-size', 1, 100_000)!,
      threads: threadsOf(args) ?? integerOf((await begunOf(output)).threads, 'threads', 1, 256) ?? 1,
      onNotice: say,
    };
    return fillFile({
      ...{ locations, sources, output, retryErrors },
      fill: (watched) => runCluster(postersAt(locations, process.stdin, sources), { ...options, ...watched }),
    });
  },
});

const workerCommand = defineCommand({
  meta: {
    name: 'worker',
    description: 'Predict shards of whatever catalogue is run, or train runs of sweeps, until told to end.',
  },
  args: {
    ...redisArgument,
    model: {
      type: 'string',
      valueHint: 'file|run|name',
      description:
        'A model of its own, by default the one that the catalogue names; one that is not the same is refused',
    },
    train: {
      type: 'boolean',
      description: 'Train the runs of `sweep --redis` and `cross-validate --redis` instead of predicting',
    },
    'stalled-after': {
      type: 'string',
      valueHint: 'seconds',
      description:
        'Time without a sign of life after which the shard of another worker is taken over, by default 30; a run, 120',
    },
  },
  async run({ args }) {
    const stopping = listenForStop();
    const shared = {
      redis: redisOf(args),
      stalledSeconds: integerOf(args['stalled-after'], 'stalled-after', 2, 3600),
      signal: stopping.signal,
      onNotice: say,
    };
    // Connections that still look for a server that is gone keep nobody here.
    const leave = (): void => void setTimeout(() => process.exit(), 1000).unref();
    if (args.train) {
      say('waiting for runs; Ctrl-C ends it after the step that it is at, saves, and gives the run back.');
      await runTrainer({ ...shared, onRun: (folder, what) => say(`${folder} ${what}.`) });
      leave();
      return 0;
    }
    const started = performance.now();
    let told = started;
    let last = { shards: 0, posters: 0 };
    say('waiting for shards; Ctrl-C ends it and gives back what it is at.');
    await runWorker({
      ...shared,
      model: args.model,
      onShard: (done) => {
        last = done;
        if (performance.now() - told < 30_000) return;
        told = performance.now();
        say(`${done.shards} shards, ${done.posters} posters in ${formatDuration((told - started) / 1000)}.`);
      },
    });
    say(`ended after ${last.shards} shards, ${last.posters} posters.`);
    leave();
    return 0;
  },
});

/** Lines for people. */
function formatStatus({ redis, shards, runs, workers, catalogues, aside }: ClusterStatus): string {
  const lines = [
    `${redis}: ${shards.waiting} shards waiting, ${shards.working} under way, ${shards.aside} set aside`,
  ];
  if (runs.waiting + runs.working + runs.aside > 0)
    lines.push(`${runs.waiting} runs waiting, ${runs.working} under way, ${runs.aside} set aside`);
  for (const { output, model, done, failed, total, state, host, pid, seen } of catalogues) {
    const of = total === undefined ? '' : ` of ${total}`;
    lines.push(`${output}  ${state}, ${done}${of} posters${failed > 0 ? `, ${failed} failed` : ''}`);
    lines.push(`  ${model}, by process ${pid} on ${host}, last seen ${seen}`);
  }
  lines.push(`${workers.length} workers`);
  for (const {
    host,
    pid,
    version,
    model = 'no model yet',
    shards: done,
    posters,
    run,
    runs: trained,
  } of workers)
    lines.push(
      trained === undefined
        ? `  process ${pid} on ${host}, ${version}, ${model}: ${done} shards, ${posters} posters`
        : `  process ${pid} on ${host}, ${version}: ${trained} runs${run === undefined ? '' : `, at ${run}`}`,
    );
  for (const { id, reason } of aside) lines.push(`set aside: ${id}: ${reason}`);
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const statusCommand = defineCommand({
  meta: {
    name: 'status',
    description: 'Say what waits, who works, how far each catalogue is, and what failed.',
  },
  args: { ...redisArgument, format: listFormat },
  async run({ args }) {
    const format = choiceOf(args.format, 'format', listFormats);
    const status = await clusterStatus(redisOf(args), { onNotice: say });
    process.stdout.write(
      format === 'json' ? `${JSON.stringify(status, undefined, 2)}\n` : formatStatus(status),
    );
  },
});

export const clusterCommand = defineCommand({
  meta: { name: 'cluster', description: 'Predict a catalogue by many machines, over a Redis server.' },
  subCommands: { run: runCommand, worker: workerCommand, status: statusCommand },
});
