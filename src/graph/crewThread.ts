/** @module Work that a thread does -> the thread's part of a crew: tasks in, answers out, one at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorCode, OnesheetError } from '../errors.ts';
import { onEngineNotice } from './engine.ts';

export type CrewTask<Task> = { readonly task: Task } | 'stop';

export type CrewMessage<Answer> =
  | { readonly notice: string }
  | { readonly answer: Answer }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };

export interface CrewSetup {
  setup: unknown;
  readonly gate: SharedArrayBuffer;
}

const [closed, inside] = [0, 1];

/** What the threads of a crew are inside of while the engine runs in them, and the main thread closes before it ends. */
export class Gate {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /** In a thread: does work inside; once the gate is closed the thread waits for its end instead. */
  async within<Result>(work: () => Promise<Result>): Promise<Result> {
    Atomics.add(this.#words, inside, 1);
    try {
      if (Atomics.load(this.#words, closed) === 0) return await work();
    } finally {
      Atomics.sub(this.#words, inside, 1);
      Atomics.notify(this.#words, inside);
    }
    Atomics.wait(this.#words, closed, 1);
    throw new Error('the process ends');
  }

  /** From now on nobody enters. */
  close(): void {
    Atomics.store(this.#words, closed, 1);
  }

  /** Blocks until nobody is inside, or so many milliseconds have passed. */
  empty(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    for (;;) {
      const count = Atomics.load(this.#words, inside);
      const left = end - performance.now();
      if (count === 0 || left <= 0) return;
      Atomics.wait(this.#words, inside, count, left);
    }
  }
}

/**
 * Makes this thread one of a crew.
 *
 * @param begin what the crew was set up with -> what answers a task
 */
export function joinCrew<Setup, Task, Answer>(
  begin: (setup: Setup) => Promise<(task: Task) => Promise<Answer>>,
): void {
  const port = parentPort!;
  const post = (message: CrewMessage<Answer>): void => port.postMessage(message);
  onEngineNotice((notice) => post({ notice }));
  const given = workerData as CrewSetup;
  const gate = new Gate(given.gate);
  const begun = gate.within(() => begin(given.setup as Setup));
  // It is met where the first task waits for it.
  begun.catch(() => undefined);
  // Weights that the engine has copied are not to be held by the thread's own data for ever.
  given.setup = undefined;

  const answerTo = async (task: Task): Promise<CrewMessage<Answer>> => {
    try {
      const work = await begun;
      return { answer: await gate.within(() => work(task)) };
    } catch (error) {
      if (error instanceof OnesheetError) return { failure: { code: error.code, message: error.message } };
      throw error;
    }
  };
  port.on('message', async (message: CrewTask<Task>) => {
    if (message === 'stop') port.close();
    else post(await answerTo(message.task));
  });
}
