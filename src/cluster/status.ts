/** @module A Redis server -> what its queue holds, who works on it, and how far each catalogue is. */
import { readStandings, readWorkers, type Standing, type WorkerStanding } from './catalogue.ts';
import { type JobCounts, JobQueue } from './queue.ts';
import { openRedis, type RedisOptions } from './redis.ts';
import { runJobs } from './runJob.ts';
import { shardJobs } from './shard.ts';

export interface ClusterStatus {
  readonly redis: string;
  readonly shards: JobCounts;
  /** Runs of sweeps and folds. */
  readonly runs: JobCounts;
  readonly workers: readonly WorkerStanding[];
  readonly catalogues: readonly Standing[];
  /** Shards, then runs, that were set aside, the latest first; at most a hundred of each. */
  readonly aside: readonly { readonly id: string; readonly reason: string }[];
}

/** @throws {OnesheetError} QUEUE_UNREACHABLE, CLUSTER_MISSING */
export async function clusterStatus(url: string, options: RedisOptions = {}): Promise<ClusterStatus> {
  const link = await openRedis(url, options);
  try {
    const [shards, runs] = [await JobQueue.open(link, shardJobs), await JobQueue.open(link, runJobs)];
    return {
      redis: link.name,
      shards: await shards.counts(),
      runs: await runs.counts(),
      workers: await readWorkers(link.client),
      catalogues: await readStandings(link.client),
      aside: [...(await shards.aside(100)), ...(await runs.aside(100))],
    };
  } finally {
    link.close();
  }
}
