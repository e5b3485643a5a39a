/** @module A Redis server -> a worker that trains the runs on its queue, one after the other, until it is told to end. */
import { dirname } from 'node:path';
import { OnesheetError, onesheetError } from '../errors.ts';
import { foundationsOf, isEnded, PictureHashes, trainPlanned } from '../train/index.ts';
import { requireSame } from './bench.ts';
import { Presence } from './presence.ts';
import { openRedis } from './redis.ts';
import { plannedRunOf, type RunJob, runJobs } from './runJob.ts';
import { requireFolder } from './samePlace.ts';
import { NotYet, unfit, type WorkOptions, work } from './work.ts';

export interface TrainerOptions extends WorkOptions {
  /** URL of the server. */
  readonly redis: string;
  readonly onNotice?: (sentence: string) => void;
  readonly onRun?: (folder: string, what: 'begins or goes on' | 'has ended') => void;
}

/** Milliseconds after which a run is looked at again whose folder another process holds, alive or not yet known to be dead. */
const lockedPause = 5000;

/** @throws {OnesheetError} QUEUE_UNREACHABLE, CLUSTER_MISSING, CLUSTER_REFUSED, FILE_UNWRITABLE */
export async function runTrainer(options: TrainerOptions): Promise<void> {
  const { redis, onNotice, onRun } = options;
  const link = await openRedis(redis, { onNotice });
  const presence = new Presence(link.client);
  const pictures = new PictureHashes();
  let runs = 0;
  presence.say({ runs });
  try {
    await work(
      link,
      runJobs,
      async (_, job, signal) => {
        try {
          const ended = await train(job, signal, pictures, () => {
            presence.say({ run: job.folder, runs });
            onRun?.(job.folder, 'begins or goes on');
          });
          if (!ended) return;
          runs += 1;
          onRun?.(job.folder, 'has ended');
        } catch (error) {
          if (error instanceof OnesheetError && error.code === 'FOLDER_LOCKED')
            throw new NotYet(error, lockedPause);
          throw unfit(error);
        } finally {
          presence.say({ runs });
        }
      },
      { ...options, stalledSeconds: options.stalledSeconds ?? 120 },
    );
  } finally {
    await presence.end();
    link.close();
  }
}

/** @returns false for a run that had ended before */
async function train(
  job: RunJob,
  signal: AbortSignal,
  pictures: PictureHashes,
  onBegin: () => void,
): Promise<boolean> {
  for (const path of [job.cwd, dirname(job.folder)]) await requireFolder(path);
  process.chdir(job.cwd);
  const { run, options } = plannedRunOf(job);
  if (await isEnded(run)) return false;
  const own = await foundationsOf(run, options, pictures).catch((error: unknown) => {
    if (!(error instanceof OnesheetError)) throw error;
    const lacking = `without what is needed (${error.message})`;
    throw onesheetError('CLUSTER_REFUSED', 'machine', lacking, 'all of it');
  });
  requireSame(job.foundations, own);
  onBegin();
  const { outcome } = await trainPlanned(run, { ...options, signal });
  if (outcome === 'interrupted') signal.throwIfAborted();
  return true;
}
