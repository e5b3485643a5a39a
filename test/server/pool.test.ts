import { setMaxListeners } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Classifier } from '../../src/model/index.ts';
import type { ClassifyTask } from '../../src/server/inference/messages.ts';
import { WorkerPool } from '../../src/server/inference/pool.ts';
import { slowWorker, tiny, workerFile } from './fixture.ts';

async function startPool(
  file: URL,
  options: { workers?: number; threadsAlone?: number; maximumBatch?: number; patience?: number } = {},
) {
  const batches: number[] = [];
  const losses: string[] = [];
  const notices: string[] = [];
  const pool = new WorkerPool<ClassifyTask>({
    setup: { bytes: tiny.bytes, source: 'tiny', threads: 1, kind: 'classify' },
    workers: 1,
    maximumBatch: 4,
    batchDelay: 5,
    patience: 30,
    ...options,
    workerFile: file,
    observer: {
      batched: (tasks) => batches.push(tasks),
      workerLost: (reason) => losses.push(reason),
      noticed: (notice) => notices.push(notice),
    },
  });
  onTestFinished(() => pool.close());
  await pool.start();
  return { pool, batches, losses, notices };
}

const never = new AbortController().signal;
setMaxListeners(0, never);
const task = (seed: number): ClassifyTask => ({
  kind: 'classify',
  pixels: Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => (i * seed) % 256),
});
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Answers with the threads that it was given. */
const threadsTeller = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads';
    parentPort.on('message', ({ tasks, stop }) => {
      if (stop) return parentPort.close();
      const answer = { probabilities: new Float32Array([workerData.threads]), logits: new Float32Array(1) };
      setTimeout(() => parentPort.postMessage({ answers: tasks.map(() => answer) }), 30);
    });
    parentPort.postMessage({ ready: true });`)}`,
);

describe('a pool of workers', () => {
  test('answers each task with what the model says of it alone, in batches', async () => {
    const { pool, batches } = await startPool(workerFile);
    const tasks = [1, 2, 3, 5, 7, 11].map(task);
    const answers = await Promise.all(tasks.map((each) => pool.submit(each, never)));
    expect(batches).toEqual([4, 2]);
    const classifier = await Classifier.create(tiny, { threads: 1 });
    for (const [i, { pixels }] of tasks.entries()) {
      const alone = await classifier.classify(pixels);
      answers[i]!.probabilities.forEach((value, g) => expect(value).toBeCloseTo(alone.probabilities[g]!, 5));
    }
    await classifier.release();
  });

  test('replaces a worker that dies, and answers what it was working on', async () => {
    // It answers two lists of four and dies of the third, which the next one takes over.
    const { pool, losses } = await startPool(slowWorker(10, 3));
    const answers = Array.from({ length: 12 }, (_, i) => pool.submit(task(i), never));
    expect(await Promise.all(answers)).toHaveLength(12);
    expect(losses).toHaveLength(1);
    await expect.poll(() => pool.ready).toBe(true);
  });

  test('gives up a task that two workers died of, and goes on with the others', async () => {
    // Each worker dies of its first list: the task is tried twice, never more.
    const { pool, losses } = await startPool(slowWorker(0, 1));
    expect(await failed(pool.submit(task(1), never))).toMatchObject({ code: 'WORKER_LOST', status: 503 });
    expect(losses).toHaveLength(2);
    expect(await failed(pool.submit(task(2), never))).toMatchObject({ code: 'WORKER_LOST' });
  });

  test('replaces a worker that is silent for too long', async () => {
    const { pool, losses } = await startPool(slowWorker(60_000), { patience: 0.1 });
    expect(await failed(pool.submit(task(1), never))).toMatchObject({ code: 'WORKER_LOST' });
    expect(losses).toHaveLength(2);
  });

  test('drops what waits when its caller is gone, and does not compute it', async () => {
    const { pool, batches } = await startPool(slowWorker(100), { maximumBatch: 1 });
    const leaving = new AbortController();
    const first = pool.submit(task(1), never);
    const second = pool.submit(task(2), leaving.signal);
    leaving.abort(new Error('gone'));
    expect(await failed(second)).toMatchObject({ message: 'gone' });
    await first;
    await pool.submit(task(3), never);
    expect(batches).toEqual([1, 1]);
  });

  test('gives a task that comes alone to the worker with all threads, and what is more to the others at once', async () => {
    const { pool, batches } = await startPool(threadsTeller, {
      workers: 2,
      threadsAlone: 7,
      maximumBatch: 4,
    });
    const threadsOf = async (seed: number): Promise<number> =>
      (await pool.submit(task(seed), never)).probabilities[0]!;
    expect(await threadsOf(1)).toBe(7);
    expect(await Promise.all([1, 2, 3, 4].map(threadsOf))).toEqual([1, 1, 1, 1]);
    expect(batches).toEqual([1, 2, 2]);
    expect([await threadsOf(1), await threadsOf(2)]).toEqual([7, 7]);
  });

  test('replaces the worker with all threads by one of its kind', async () => {
    const { pool, losses } = await startPool(slowWorker(0, 2), { workers: 1, threadsAlone: 2 });
    for (const seed of [1, 2, 3]) await pool.submit(task(seed), never);
    await expect.poll(() => pool.ready).toBe(true);
    expect(losses.length).toBeGreaterThan(0);
    expect(pool.threads).toBe(2);
  });

  test('fails what waits when it is closed, and takes nothing more', async () => {
    const { pool } = await startPool(slowWorker(60_000));
    const waiting = failed(pool.submit(task(1), never));
    await pool.close();
    expect(await waiting).toMatchObject({ code: 'SERVICE_CLOSING' });
    expect(await failed(pool.submit(task(1), never))).toMatchObject({ code: 'SERVICE_CLOSING' });
  });

  test('says why it cannot start', async () => {
    const pool = new WorkerPool<ClassifyTask>({
      setup: { bytes: Buffer.from('no model'), source: 'broken.onnx', threads: 1, kind: 'classify' },
      workers: 1,
      maximumBatch: 1,
      batchDelay: 0,
      patience: 30,
      workerFile,
      observer: { batched: () => undefined, workerLost: () => undefined, noticed: () => undefined },
    });
    onTestFinished(() => pool.close());
    expect(await failed(pool.start())).toMatchObject({ message: expect.stringContaining('broken.onnx') });
  });
});
