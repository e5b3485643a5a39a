/** @module A Redis server -> what its queue holds, who works on it, and how far each catalogue is. */
import { readStandings, readWorkers, type Standing, type WorkerStanding } from './catalogue.ts';
import { type JobCounts, JobQueue } from './queue.ts';
import { openRedis, type RedisOptions } from './redis.ts';
import { shardJobs } from './shard.ts';

export interface ClusterStatus {
  readonly redis: string;
  readonly shards: JobCounts;
  readonly workers: readonly WorkerStanding[];
  readonly catalogues: readonly Standing[];
  /** Shards that were set aside, the latest first; at most a hundred. */
  readonly aside: readonly { readonly id: string; readonly reason: string }[];
}

/** @throws {OnesheetError} QUEUE_UNREACHABLE, CLUSTER_MISSING */
export async function clusterStatus(url: string, options: RedisOptions = {}): Promise<ClusterStatus> {
  const link = await openRedis(url, options);
  try {
    const queue = await JobQueue.open(link, shardJobs);
    return {
      redis: link.name,
      shards: await queue.counts(),
      workers: await readWorkers(link.client),
      catalogues: await readStandings(link.client),
      aside: await queue.aside(100),
    };
  } finally {
    link.close();
  }
}
