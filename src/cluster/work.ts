/** @module A kind of job and what does one -> a worker that does them one after the other, until it is told to end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Worker as QueueWorker } from 'bullmq';
import { OnesheetError } from '../errors.ts';
import { type JobKind, prefix } from './queue.ts';
import { loaded, madeReady, type RedisLink } from './redis.ts';

export interface WorkOptions {
  /**
   * Seconds without a sign of life after which a worker counts as dead and its job is given to another.
   * @default 30
   */
  readonly stalledSeconds?: number;
  /** Tells the worker to end: the job in hand is given back at once. */
  readonly signal: AbortSignal;
}

/** Thrown by what does jobs when the fault is this worker's, not the job's: the job goes back, and the worker ends. */
export class UnfitWorker extends Error {
  constructor(cause: OnesheetError) {
    super(cause.message, { cause });
  }
}

/** Thrown by what does jobs when one cannot be done yet, through nobody's fault: it goes back for a while, untried. */
export class NotYet extends Error {
  /** Milliseconds. */
  readonly pause: number;

  constructor(cause: OnesheetError, pause: number) {
    super(cause.message, { cause });
    this.pause = pause;
  }
}

/**
 * A job that fails is tried again later, by any worker; one whose worker dies too. After `kind.attempts` of either it is
 * set aside with its reason.
 *
 * @param handle does one job; doing it again has to come to the same
 * @throws {OnesheetError} what an {@link UnfitWorker} was thrown for; CLUSTER_MISSING
 */
export async function work<Data>(
  { client }: RedisLink,
  kind: JobKind<Data>,
  handle: (id: string, data: Data, signal: AbortSignal) => Promise<void>,
  { stalledSeconds = 30, signal }: WorkOptions,
): Promise<void> {
  const { DelayedError, Worker } = await loaded(() => import('bullmq'));
  let end: (error?: unknown) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  const giveBack = async (job: Job, token: string | undefined, pause = 500): Promise<never> => {
    await job.moveToDelayed(Date.now() + pause, token);
    throw new DelayedError();
  };
  let inHand: Promise<unknown> | undefined;
  const doJob = async (job: Job, token: string | undefined): Promise<void> => {
    try {
      inHand = handle(job.id!, kind.schema.parse(job.data), signal);
      await inHand;
    } catch (error) {
      if (signal.aborted) return giveBack(job, token);
      if (error instanceof NotYet) return giveBack(job, token, error.pause);
      if (!(error instanceof UnfitWorker)) throw error;
      end(error.cause);
      return giveBack(job, token);
    }
  };
  const make = () => {
    const made = new Worker(kind.name, doJob, {
      connection: client,
      prefix,
      skipVersionCheck: true,
      autorun: false,
      lockDuration: stalledSeconds * 1000,
      stalledInterval: (stalledSeconds * 1000) / 2,
      maxStalledCount: kind.attempts - 1,
      runRetryDelay: 1000,
    });
    // The connection itself is watched where it was opened.
    return made.on('error', () => undefined);
  };
  const stop = (): void => end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let worker: QueueWorker | undefined;
  const begin = async (): Promise<void> => {
    worker = await madeReady(make);
    if (!signal.aborted) await worker.run();
  };
  begin().catch(end);
  try {
    await ended;
  } finally {
    // What is in hand is left whole and given back first, but a server that is gone is not waited for.
    await inHand?.catch(() => undefined);
    const closed = worker === undefined ? true : worker.close().then(() => true);
    if (!(await Promise.race([closed, sleep(5000, false)]))) await worker?.disconnect();
  }
}

/** Whether an error is the machine's or the worker's own, such as a full disk, and not the job's. */
export function unfit(error: unknown): unknown {
  const isOwn = error instanceof OnesheetError && ['FILE_UNWRITABLE', 'CLUSTER_REFUSED'].includes(error.code);
  return isOwn ? new UnfitWorker(error) : error;
}
