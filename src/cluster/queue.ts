/** @module A kind of job and a Redis server -> a queue of such jobs, each known by an id of its own and kept once. */
import type { Queue } from 'bullmq';
import type { z } from 'zod';
import { loaded, madeReady, type RedisLink } from './redis.ts';

/** What jobs are for, and what each of them says; whatever has such a kind can have a queue and workers. */
export interface JobKind<Data> {
  /** Name of the queue: letters, digits and dashes. */
  readonly name: string;
  readonly schema: z.ZodType<Data>;
  /** How often a job is tried, whether it fails or its worker dies, before it is set aside. */
  readonly attempts: number;
}

/** All keys begin so. */
export const prefix = 'onesheet';

export type JobState = 'waiting' | 'working' | 'aside' | 'gone';

export interface JobCounts {
  readonly waiting: number;
  readonly working: number;
  /** Jobs that were tried in vain too often. */
  readonly aside: number;
}

/** A job that is done is gone from the queue; what it made is kept elsewhere. */
export class JobQueue<Data> {
  readonly #queue: Queue;
  readonly #kind: JobKind<Data>;

  private constructor(queue: Queue, kind: JobKind<Data>) {
    this.#queue = queue;
    this.#kind = kind;
  }

  /** @throws {OnesheetError} CLUSTER_MISSING */
  static async open<Data>({ client }: RedisLink, kind: JobKind<Data>): Promise<JobQueue<Data>> {
    const { Queue } = await loaded(() => import('bullmq'));
    const queue = await madeReady(() => {
      const made = new Queue(kind.name, {
        connection: client,
        prefix,
        skipVersionCheck: true,
        // Nobody listens to these.
        streams: { events: { maxLen: 10 } },
      });
      // The connection itself is watched where it was opened.
      return made.on('error', () => undefined);
    });
    return new JobQueue(queue, kind);
  }

  /** Does nothing where a job of this id is there, whatever has become of it. */
  async add(id: string, data: Data): Promise<void> {
    await this.#queue.add(this.#kind.name, data, {
      jobId: id,
      attempts: this.#kind.attempts,
      backoff: { type: 'exponential', delay: 1000 },
      removeOnComplete: true,
      stackTraceLimit: 0,
    });
  }

  async stateOf(id: string): Promise<JobState> {
    const state = await this.#queue.getJobState(id);
    if (state === 'unknown' || state === 'completed') return 'gone';
    if (state === 'failed') return 'aside';
    return state === 'active' ? 'working' : 'waiting';
  }

  /** Why a job was set aside. */
  async reasonOf(id: string): Promise<string> {
    return (await this.#queue.getJob(id))?.failedReason ?? 'nobody knows why';
  }

  async remove(id: string): Promise<void> {
    await this.#queue.remove(id);
  }

  /** Takes jobs that nobody has in hand off the queue by what they say; those that cannot be understood stay. */
  async drop(isStale: (id: string, data: Data) => boolean): Promise<void> {
    const jobs = await this.#queue.getJobs(['waiting', 'delayed', 'prioritized', 'failed']);
    for (const { id, data } of jobs) {
      const known = this.#kind.schema.safeParse(data);
      // One that a worker has taken meanwhile cannot be removed.
      if (known.success && isStale(id!, known.data)) await this.#queue.remove(id!).catch(() => undefined);
    }
  }

  async counts(): Promise<JobCounts> {
    const {
      failed = 0,
      active = 0,
      ...rest
    } = await this.#queue.getJobCounts('failed', 'active', 'waiting', 'delayed', 'prioritized');
    return {
      waiting: Object.values(rest).reduce((sum, count) => sum + count, 0),
      working: active,
      aside: failed,
    };
  }

  /** Jobs that were set aside, the latest first. */
  async aside(most: number): Promise<readonly { readonly id: string; readonly reason: string }[]> {
    const jobs = await this.#queue.getFailed(0, most - 1);
    return jobs.map(({ id = '', failedReason = '' }) => ({ id, reason: failedReason }));
  }
}
