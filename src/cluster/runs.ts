/** @module Planned runs and a Redis server -> the same runs, trained by however many workers there are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { onesheetError } from '../errors.ts';
import {
  type Foundations,
  foundationsOf,
  isBegun,
  isEnded,
  PictureHashes,
  type PlannedRun,
} from '../train/index.ts';
import { JobQueue } from './queue.ts';
import { openRedis } from './redis.ts';
import { idOfRun, type RunJob, runJobOf, runJobs, type SharedOptions } from './runJob.ts';

export interface ClusterRunsOptions extends SharedOptions {
  /** URL of the server. */
  readonly redis: string;
  readonly signal: AbortSignal;
  readonly onNotice?: (sentence: string) => void;
  readonly onRun?: (
    folder: string,
    what: 'was finished before' | 'is under way' | 'has ended' | 'is set aside',
  ) => void;
}

/** Milliseconds between looks at the runs. */
const lookInterval = 500;

/**
 * Puts the runs on the queue and waits until all of them have ended. Killed or told to end, the same call goes on; what
 * no worker has begun by then is taken off the queue when it is told to end.
 *
 * @throws {OnesheetError} QUEUE_UNREACHABLE, CLUSTER_MISSING; RUN_OTHER; what any training of the recipes would meet in the data;
 * RUNS_SET_ASIDE once all others have ended
 */
export async function trainByWorkers(
  runs: readonly PlannedRun[],
  options: ClusterRunsOptions,
): Promise<'finished' | 'interrupted'> {
  const { redis, signal, onNotice, onRun } = options;
  const known = new Map<string, Foundations>();
  const pictures = new PictureHashes();
  for (const run of runs) {
    await isBegun(run, options);
    const key = JSON.stringify([run.recipe, run.split]);
    if (!known.has(key)) known.set(key, await foundationsOf(run, options, pictures));
  }
  const link = await openRedis(redis, { onNotice });
  try {
    const queue = await JobQueue.open(link, runJobs);
    const out = new Map<string, { readonly run: PlannedRun; readonly job: RunJob }>();
    const told = new Set<string>();
    const aside: string[] = [];
    const jobs = new Map<string, { readonly run: PlannedRun; readonly job: RunJob }>();
    for (const run of runs) {
      const job = runJobOf(run, known.get(JSON.stringify([run.recipe, run.split]))!, options);
      jobs.set(idOfRun(job), { run, job });
    }
    // A call that was killed leaves its jobs; where the data have changed since, workers would be refused by them.
    const folders = new Set([...jobs.values()].map(({ job }) => job.folder));
    await queue.drop((id, { folder }) => folders.has(folder) && !jobs.has(id));
    for (const [id, { run, job }] of jobs) {
      if (await isEnded(run)) {
        onRun?.(run.folder, 'was finished before');
        continue;
      }
      if ((await queue.stateOf(id)) === 'aside') await queue.remove(id);
      await queue.add(id, job);
      out.set(id, { run, job });
    }
    const look = async (id: string, run: PlannedRun, job: RunJob): Promise<void> => {
      const state = await queue.stateOf(id);
      if (await isEnded(run)) {
        out.delete(id);
        onRun?.(run.folder, 'has ended');
      } else if (state === 'aside') {
        out.delete(id);
        aside.push(`${run.folder} (${await queue.reasonOf(id)})`);
        onRun?.(run.folder, 'is set aside');
      } else if (state === 'gone') await queue.add(id, job);
      else if (state === 'working' && !told.has(id)) {
        told.add(id);
        onRun?.(run.folder, 'is under way');
      }
    };
    const lookAtAll = async (): Promise<void> => {
      while (out.size > 0 && !signal.aborted) {
        for (const [id, { run, job }] of [...out]) await look(id, run, job);
        if (out.size > 0) await sleep(lookInterval, undefined, { signal }).catch(() => undefined);
      }
    };
    // A server that is gone is waited for, but keeps nobody who wants to end.
    await Promise.race([lookAtAll(), aborted(signal)]);
    if (signal.aborted && out.size > 0) {
      const removed = Promise.all([...out.keys()].map((id) => queue.remove(id).catch(() => undefined)));
      await Promise.race([removed, sleep(1000)]);
      return 'interrupted';
    }
    if (aside.length > 0) throw onesheetError('RUNS_SET_ASIDE', aside.join(', '));
    return 'finished';
  } finally {
    link.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
