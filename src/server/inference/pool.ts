/** @module Tasks -> answers by worker threads: queued in order, batched, retried once when a worker dies. */
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, errorTable, OnesheetError, onesheetError } from '../../errors.ts';
import { silenceTelemetry } from '../../graph/index.ts';
import {
  type AnswerTo,
  errorFrom,
  type PoolMessage,
  type Task,
  type WorkerMessage,
  type WorkerSetup,
} from './messages.ts';

export interface PoolOptions {
  readonly setup: WorkerSetup;
  readonly workers: number;
  /**
   * Threads of the engine in one more worker, which computes a task that comes while nothing is in work.
   * @default there is none
   */
  readonly threadsAlone?: number;
  readonly maximumBatch: number;
  /** Milliseconds that an idle worker waits for a batch to fill. */
  readonly batchDelay: number;
  /** A worker that is silent for so many seconds is taken for stuck and replaced. */
  readonly patience: number;
  /**
   * The compiled worker, for programs that bundle onesheet.
   * @default beside this module
   */
  readonly workerFile?: URL;
  readonly observer: PoolObserver;
}

/** Told of what happens, for metrics and logs. */
export interface PoolObserver {
  batched(tasks: number, seconds: number): void;
  workerLost(reason: string): void;
  /** What a worker's engine has to say. */
  noticed(notice: string): void;
}

interface Job {
  readonly task: Task;
  readonly signal: AbortSignal;
  readonly resolve: (answer: AnswerTo<Task>) => void;
  readonly reject: (error: unknown) => void;
  /** Workers that died with it. */
  losses: number;
}

/** A thread, and what it is doing. */
interface Hand {
  readonly worker: Worker;
  /** Whether it computes only while no other does. */
  readonly alone: boolean;
  ready: boolean;
  batch: readonly Job[];
  started: number;
  stuck: NodeJS.Timeout | undefined;
}

/** A replacement of a worker that died while starting waits, twice as long each time. */
const firstPause = 100;
/** How long a thread may take to end, in milliseconds: a step of the engine. */
const lastWords = 2500;
const longestPause = 5000;

export class WorkerPool<T extends Task> {
  readonly #options: PoolOptions;
  readonly #hands = new Set<Hand>();
  readonly #queue: Job[] = [];
  /** Ends of workers that were given up. */
  readonly #endings: Promise<unknown>[] = [];
  #delay: NodeJS.Timeout | undefined;
  #pause = firstPause;
  #closed = false;
  #end: Promise<void> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Starts the workers.
   *
   * @returns once all are warm
   * @throws what the first of them fails with: a model that cannot run
   */
  async start(): Promise<void> {
    const { workers, threadsAlone } = this.#options;
    const hands = Array.from({ length: workers }, () => this.#hire(false));
    if (threadsAlone !== undefined) hands.push(this.#hire(true));
    await Promise.all(hands);
  }

  /** Whether every worker is warm. */
  get ready(): boolean {
    const { workers, threadsAlone } = this.#options;
    return !this.#closed && this.threads === workers + (threadsAlone === undefined ? 0 : 1);
  }

  /** Workers that are warm. */
  get threads(): number {
    return [...this.#hands].filter((hand) => hand.ready).length;
  }

  /**
   * @param signal gives the task up while it waits, with the signal's reason; what a worker has begun it ends
   * @throws {OnesheetError} WORKER_LOST when two workers died with it, SERVICE_CLOSING; what the task fails with
   */
  submit(task: T, signal: AbortSignal): Promise<AnswerTo<T>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw onesheetError('SERVICE_CLOSING');
      signal.throwIfAborted();
      const giveUp = (): void => {
        const at = this.#queue.indexOf(job);
        if (at >= 0) this.#queue.splice(at, 1);
        reject(signal.reason);
      };
      const settled = <Value>(settle: (value: Value) => void) => {
        return (value: Value): void => {
          signal.removeEventListener('abort', giveUp);
          settle(value);
        };
      };
      const job: Job = {
        task,
        signal,
        resolve: settled(resolve as (answer: AnswerTo<Task>) => void),
        reject: settled(reject),
        losses: 0,
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#queue.push(job);
      this.#dispatch();
    });
  }

  /** Gives every idle worker a batch that is full; what is not full waits a moment for company. */
  #dispatch(): void {
    const { maximumBatch, batchDelay } = this.#options;
    while (this.#queue.length >= maximumBatch && this.#assign());
    if (this.#queue.length === 0 || this.#delay) return;
    this.#delay = setTimeout(() => {
      this.#delay = undefined;
      while (this.#assign());
    }, batchDelay);
  }

  /** Workers that may share what waits: who computes alone has the first of all tasks, the others all that are more. */
  #idle(): readonly Hand[] {
    const warm = [...this.#hands].filter(({ ready }) => ready);
    const idle = warm.filter(({ batch }) => batch.length === 0);
    const single = warm.find(({ alone }) => alone);
    const beside = idle.filter((hand) => hand !== single);
    if (single === undefined) return beside;
    if (single.batch.length > 0) return [];
    const isFirst = idle.length === warm.length && (this.#queue.length === 1 || beside.length === 0);
    return isFirst ? [single] : beside;
  }

  #assign(): boolean {
    const hands = this.#idle();
    const [hand] = hands;
    if (!hand || this.#queue.length === 0) return false;
    // Whoever is idle gets a share.
    const share = Math.ceil(this.#queue.length / hands.length);
    hand.batch = this.#queue.splice(0, Math.min(share, this.#options.maximumBatch));
    hand.started = performance.now();
    hand.stuck = setTimeout(() => this.#giveUp(hand), this.#options.patience * 1000);
    send(hand.worker, { tasks: hand.batch.map(({ task }) => task) });
    return true;
  }

  #receive(hand: Hand, answers: Extract<WorkerMessage, { answers: unknown }>['answers']): void {
    clearTimeout(hand.stuck);
    const { batch } = hand;
    hand.batch = [];
    this.#options.observer.batched(batch.length, (performance.now() - hand.started) / 1000);
    batch.forEach((job, i) => {
      const answer = answers[i]!;
      if ('failure' in answer) job.reject(errorFrom(answer));
      else job.resolve(answer);
    });
    // While the worker computed, others had time to come: nobody needs to wait for company.
    while (this.#assign());
    this.#dispatch();
  }

  /** Replaces a worker at once; it ends when it listens again. */
  #giveUp(hand: Hand): void {
    this.#endings.push(endOf(hand.worker));
    send(hand.worker, { stop: 'now' });
    this.#bury(hand, 'it was silent for too long');
  }

  /** @returns once the worker is warm */
  #hire(alone: boolean): Promise<void> {
    const { setup, threadsAlone, workerFile = new URL('./worker.js', import.meta.url) } = this.#options;
    silenceTelemetry();
    return new Promise((resolve, reject) => {
      const workerData: WorkerSetup = alone ? { ...setup, threads: threadsAlone! } : setup;
      const worker = new Worker(workerFile, { workerData, name: `onesheet ${setup.kind}` });
      const hand: Hand = { worker, alone, ready: false, batch: [], started: 0, stuck: undefined };
      this.#hands.add(hand);
      let reason: unknown = 'it ended';
      worker.on('message', (message: WorkerMessage) => {
        if (!this.#hands.has(hand)) return;
        if ('notice' in message) return this.#options.observer.noticed(message.notice);
        if ('answers' in message) return this.#receive(hand, message.answers);
        hand.ready = true;
        this.#pause = firstPause;
        resolve();
        this.#dispatch();
      });
      worker.on('error', (error) => {
        reason = codedOf(error);
      });
      worker.on('exit', () => {
        reject(reason);
        this.#bury(hand, reason);
      });
    });
  }

  /** Replaces a worker that died; what it worked on goes to the head of the queue, once. */
  #bury(hand: Hand, reason: unknown): void {
    clearTimeout(hand.stuck);
    if (!this.#hands.delete(hand) || this.#closed) return;
    this.#options.observer.workerLost(reason instanceof Error ? reason.message : String(reason));
    const again: Job[] = [];
    for (const job of hand.batch) {
      job.losses += 1;
      if (job.losses > 1) job.reject(onesheetError('WORKER_LOST'));
      else if (!job.signal.aborted) again.push(job);
    }
    this.#queue.unshift(...again);
    const pause = hand.ready ? 0 : this.#pause;
    if (!hand.ready) this.#pause = Math.min(longestPause, this.#pause * 2);
    setTimeout(() => {
      if (!this.#closed) this.#hire(hand.alone).catch(() => undefined);
    }, pause).unref();
  }

  /** Ends the threads, at their next step; what waits or is in work fails. A thread that is stuck is left behind. */
  close(): Promise<void> {
    this.#end ??= this.#endAll();
    return this.#end;
  }

  async #endAll(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#delay);
    const hands = [...this.#hands];
    const left = [...this.#queue.splice(0), ...hands.flatMap((hand) => hand.batch)];
    const ends = hands.map(({ worker, stuck, batch }) => {
      clearTimeout(stuck);
      const end = endOf(worker);
      send(worker, { stop: batch.length === 0 ? 'idle' : 'now' });
      return end;
    });
    for (const job of left) job.reject(onesheetError('SERVICE_CLOSING'));
    const late = wait(lastWords, undefined, { ref: false });
    await Promise.race([Promise.all([...ends, ...this.#endings]), late]);
  }
}

function send(worker: Worker, message: PoolMessage): void {
  worker.postMessage(message);
}

function endOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => worker.once('exit', resolve));
}

/** What a thread threw loses its class on the way here. */
function codedOf(error: Error & { readonly code?: unknown }): Error {
  const { code, message } = error;
  return typeof code === 'string' && code in errorTable
    ? new OnesheetError(code as ErrorCode, message)
    : error;
}
