/** @module A picture or a line of it -> the answer of whichever of several threads is idle first; each has networks of its own. */
import { Worker } from 'node:worker_threads';
import { type ErrorCode, OnesheetError } from '../errors.ts';
import { passEngineNotice, silenceTelemetry } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import type { Engine } from './engine.ts';
import type { Letters } from './letters.ts';
import type { ReaderNetworks } from './networks.ts';
import type { Quadrilateral } from './rectangle.ts';

/** A thread must not be terminated while the engine runs in it; it is asked, and ends after what it has. */
export type CrewTask = { readonly picture: PixelImage } | { readonly line: PixelImage } | 'stop';

export type CrewAnswer =
  | { readonly notice: string }
  | { readonly places: readonly Quadrilateral[] }
  | { readonly letters: Letters }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };

interface Job {
  readonly task: Exclude<CrewTask, 'stop'>;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: CrewAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** The compiled thread, which programs that bundle this package, or run its sources, lack. */
export const workerFile = new URL('./lineWorker.js', import.meta.url);

/** Threads that read, at most; each holds some 150 MB. */
const mostThreads = 8;

/**
 * Several threads with one core each read twice as fast as networks that share the cores inside every operator: lines
 * are short, and wait for nobody. Threads start when there is work for them, and keep no process alive.
 */
export class Crew implements Engine {
  readonly atOnce: number;
  readonly #networks: ReaderNetworks;
  readonly #file: URL;
  readonly #hands = new Map<Worker, Job | undefined>();
  readonly #waiting: Job[] = [];
  #noticed = false;

  /** @param threads how many read at a time, at most 8 */
  constructor(networks: ReaderNetworks, threads: number, file = workerFile) {
    this.#networks = networks;
    this.atOnce = Math.min(mostThreads, threads);
    this.#file = file;
  }

  async detect(picture: PixelImage, signal?: AbortSignal): Promise<readonly Quadrilateral[]> {
    const { width, height, data } = picture;
    const answer = await this.#submit({ picture: { width, height, data } }, signal);
    return (answer as { places: readonly Quadrilateral[] }).places;
  }

  async recognize(line: PixelImage, signal?: AbortSignal): Promise<Letters> {
    return ((await this.#submit({ line }, signal)) as { letters: Letters }).letters;
  }

  /** Ends the threads after what they are doing. */
  async release(): Promise<void> {
    const ends = [...this.#hands.keys()].map((worker) => {
      worker.ref();
      worker.postMessage('stop' satisfies CrewTask);
      return new Promise((resolve) => worker.once('exit', resolve));
    });
    await Promise.all(ends);
  }

  #submit(task: Job['task'], signal: AbortSignal | undefined): Promise<CrewAnswer> {
    return new Promise((resolve, reject) => {
      const job = { task, signal, resolve, reject };
      // Lines first: the posters that are begun are ended.
      const at = 'line' in task ? this.#waiting.findIndex((other) => 'picture' in other.task) : -1;
      this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, job);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const { signal, reject } = this.#waiting[0]!;
      if (signal?.aborted) {
        this.#waiting.shift();
        reject(signal.reason);
        continue;
      }
      const worker = this.#idle() ?? this.#hire();
      if (worker === undefined) return;
      const job = this.#waiting.shift()!;
      this.#hands.set(worker, job);
      worker.ref();
      worker.postMessage(job.task);
    }
  }

  #idle(): Worker | undefined {
    return [...this.#hands].find(([, job]) => job === undefined)?.[0];
  }

  #hire(): Worker | undefined {
    if (this.#hands.size === this.atOnce) return undefined;
    silenceTelemetry();
    const worker = new Worker(this.#file, { workerData: this.#networks, name: 'onesheet read' });
    this.#hands.set(worker, undefined);
    let reason: unknown = new Error('a thread that reads ended');
    worker.on('message', (answer: CrewAnswer) => this.#receive(worker, answer));
    worker.on('error', (error) => {
      reason = error;
    });
    worker.on('exit', () => {
      const job = this.#hands.get(worker);
      this.#hands.delete(worker);
      job?.reject(reason);
      this.#dispatch();
    });
    return worker;
  }

  #receive(worker: Worker, answer: CrewAnswer): void {
    if ('notice' in answer) {
      // All threads have the same to say.
      if (!this.#noticed) passEngineNotice(answer.notice);
      this.#noticed = true;
      return;
    }
    const job = this.#hands.get(worker)!;
    this.#hands.set(worker, undefined);
    worker.unref();
    if ('failure' in answer) job.reject(new OnesheetError(answer.failure.code, answer.failure.message));
    else job.resolve(answer);
    this.#dispatch();
  }
}
