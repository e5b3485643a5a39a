/** @module A thread's file and tasks -> their answers, each by whichever of several such threads is idle first. */
import { Worker } from 'node:worker_threads';
import { OnesheetError } from '../errors.ts';
import { type CrewMessage, type CrewSetup, type CrewTask, Gate } from './crewThread.ts';
import { passEngineNotice } from './engine.ts';
import { silenceTelemetry } from './telemetry.ts';

export interface CrewOptions {
  /** The compiled thread, which calls `joinCrew`. */
  readonly file: URL;
  /** What the threads do, for messages and debuggers. */
  readonly name: string;
  /** How many there are at most. */
  readonly threads: number;
  /** What each of them begins with. */
  readonly setup: unknown;
}

export interface Submitting {
  /** Memory of the task that goes to the thread instead of a copy; it is not to be looked at again. @default none */
  readonly transfer?: readonly ArrayBuffer[];
  /** Gives the task up while it waits, with the signal's reason; what a thread has begun it ends. */
  readonly signal?: AbortSignal;
}

interface Job<Task, Answer> {
  readonly task: Task;
  readonly signal: AbortSignal | undefined;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** How long the end of the process waits for threads to leave the engine, in milliseconds. */
const lastWords = 3000;

/** Of threads that live: a process that ends while the engine runs in one of them is aborted by the engine's binding. */
const gates = new Set<Gate>();
process.on('exit', () => {
  const end = performance.now() + lastWords;
  for (const gate of gates) gate.close();
  for (const gate of gates) gate.empty(end - performance.now());
});

/** Threads that start when there is work for them, and keep no process alive. */
export class Crew<Task, Answer> {
  readonly atOnce: number;
  readonly #options: CrewOptions;
  readonly #hands = new Map<Worker, Job<Task, Answer> | undefined>();
  readonly #waiting: Job<Task, Answer>[] = [];
  readonly #gate = new Gate();
  #noticed = false;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.atOnce = options.threads;
  }

  /** @throws what the thread throws, the signal's reason, or an error when the thread ends */
  submit(task: Task, { signal, transfer = [] }: Submitting = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, signal, transfer, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends the threads after what they are doing. */
  async release(): Promise<void> {
    const ends = [...this.#hands.keys()].map((worker) => {
      // A thread must not be terminated while the engine runs in it; it is asked.
      worker.ref();
      worker.postMessage('stop' satisfies CrewTask<Task>);
      return new Promise((resolve) => worker.once('exit', resolve));
    });
    await Promise.all(ends);
    gates.delete(this.#gate);
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
      worker.postMessage({ task: job.task } satisfies CrewTask<Task>, [...job.transfer]);
    }
  }

  #idle(): Worker | undefined {
    return [...this.#hands].find(([, job]) => job === undefined)?.[0];
  }

  #hire(): Worker | undefined {
    const { file, name, threads, setup } = this.#options;
    if (this.#hands.size === threads) return undefined;
    silenceTelemetry();
    gates.add(this.#gate);
    const workerData: CrewSetup = { setup, gate: this.#gate.memory };
    // Flags of the program, such as --input-type, are for its own file.
    const worker = new Worker(file, { workerData, name: `onesheet ${name}`, execArgv: [] });
    this.#hands.set(worker, undefined);
    let reason: unknown = new Error(`a thread (${name}) ended`);
    worker.on('message', (message: CrewMessage<Answer>) => this.#receive(worker, message));
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

  #receive(worker: Worker, message: CrewMessage<Answer>): void {
    if ('notice' in message) {
      // All threads have the same to say.
      if (!this.#noticed) passEngineNotice(message.notice);
      this.#noticed = true;
      return;
    }
    const job = this.#hands.get(worker)!;
    this.#hands.set(worker, undefined);
    worker.unref();
    if ('failure' in message) job.reject(new OnesheetError(message.failure.code, message.failure.message));
    else job.resolve(message.answer);
    this.#dispatch();
  }
}
