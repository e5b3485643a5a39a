/** @module Posters, a model and a Redis server -> an output as one process would write it, by however many workers there are. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exists } from '../files.ts';
import { loadModel } from '../model/index.ts';
import {
  beginningOf,
  fillOutput,
  heardSettings,
  modelPathOf,
  type OutputPlace,
  type OutputReport,
  openTexts,
  type PosterToPredict,
} from '../predict/index.ts';
import { type Catalogue, readWorkers, type Standing, saveCatalogue, saveStanding } from './catalogue.ts';
import { predictByShards } from './coordinate.ts';
import { JobQueue } from './queue.ts';
import { openRedis } from './redis.ts';
import { ShardFolder, shardJobs } from './shard.ts';

export interface ClusterOptions
  extends OutputPlace,
    Pick<Catalogue, 'model' | 'policy' | 'batchSize' | 'threads' | 'texts' | 'titles' | 'read' | 'fetch'> {
  /** URL of the server. */
  readonly redis: string;
  /** Posters in a shard. */
  readonly shardSize: number;
  readonly signal: AbortSignal;
  readonly onNotice?: (sentence: string) => void;
  /** Posters of the whole input, once they are counted. */
  readonly total?: () => number | undefined;
}

/** Milliseconds between standings that are left for those who ask. */
const standingInterval = 1000;

/**
 * Killed at any moment, the same call goes on: what workers have done meanwhile is taken as it is.
 *
 * @throws {OnesheetError} as `predictInto`; QUEUE_UNREACHABLE, CLUSTER_MISSING
 */
export async function runCluster(
  posters: AsyncIterable<PosterToPredict>,
  options: ClusterOptions,
): Promise<OutputReport> {
  const { redis, output, shardSize, signal, onNotice, total, onProgress } = options;
  const { catalogue, genres } = await describe(options);
  const link = await openRedis(redis, { onNotice });
  const folder = new ShardFolder(catalogue.shards);
  const standing = {
    output: resolve(output),
    model: catalogue.begun.model!,
    host: hostname(),
    pid: process.pid,
  };
  let reached = { done: 0, failed: 0 };
  const stand = (state: Standing['state']): Promise<void> =>
    saveStanding(link.client, id, {
      ...standing,
      ...reached,
      total: total?.(),
      state,
      seen: new Date().toISOString(),
    }).catch(() => undefined);
  const id = await saveCatalogue(link.client, catalogue);
  const queue = await JobQueue.open(link, shardJobs);
  const timer = setInterval(() => void stand('running'), standingInterval);
  try {
    const predict = predictByShards({
      queue,
      folder,
      catalogue: id,
      shardSize,
      ahead: async () => 4 * (await readWorkers(link.client)).length,
      anew: options.overwrite === true || options.retryErrors === true,
      signal,
    });
    const report = await fillOutput(posters, predict, {
      ...options,
      begun: catalogue.begun,
      genres,
      onProgress: (progress) => {
        reached = { done: progress.done, failed: progress.failed };
        onProgress?.(progress);
      },
    });
    reached = { done: report.done, failed: report.failed };
    clearInterval(timer);
    // A server that is gone is not waited for.
    await Promise.race([stand(report.outcome === 'finished' ? 'finished' : 'stopped'), sleep(1000)]);
    if (report.outcome === 'finished') await folder.clear();
    return report;
  } finally {
    clearInterval(timer);
    link.close();
  }
}

async function describe(
  options: ClusterOptions,
): Promise<{ readonly catalogue: Catalogue; readonly genres: readonly string[] }> {
  const { model: named, output, threads, policy, batchSize, read, fetch } = options;
  const [texts, titles] = [options.texts, options.titles].map((path) => path && resolve(path));
  const path = await modelPathOf(named);
  const model = await loadModel(path);
  const heard = { texts, titles, read };
  const isHeard = read || texts !== undefined || titles !== undefined;
  const opened = isHeard ? await openTexts(model, path, heard) : undefined;
  const settings = { threads: String(threads), ...(await heardSettings(path, heard)) };
  // An installed model is each machine's own, a file everybody's.
  const isFile = named !== undefined && (await exists(named));
  const catalogue: Catalogue = {
    begun: await beginningOf(model, { policy, texts: opened, settings }),
    model: isFile ? resolve(path) : named,
    policy,
    batchSize,
    threads,
    texts,
    titles,
    read,
    fetch,
    folder: process.cwd(),
    shards: resolve(`${output}.progress`, 'shards'),
  };
  return { catalogue, genres: model.metadata.genres };
}
