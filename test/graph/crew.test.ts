import { expect, test } from 'vitest';
import { Gate } from '../../src/graph/crewThread.ts';
import { Crew } from '../../src/graph/index.ts';

/** A stand-in for a thread: answers each task by its setup and the task, after as many milliseconds as the task says. */
const file = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads';
    parentPort.on('message', (message) => {
      if (message === 'stop') return parentPort.close();
      const answer = workerData.setup + message.task;
      setTimeout(() => parentPort.postMessage({ answer }), message.task);
    });`)}`,
);

test('tasks are answered in the order in which they came', async () => {
  const crew = new Crew<number, string>({ file, name: 'add', threads: 1, setup: 'task ' });
  const order: string[] = [];
  const note = (answer: string) => order.push(answer);
  await Promise.all([3, 1, 2].map((task) => crew.submit(task).then(note)));
  await crew.release();
  expect(order).toEqual(['task 3', 'task 1', 'task 2']);
});

test('a task that waits is given up with the reason of its signal', async () => {
  const crew = new Crew<number, string>({ file, name: 'add', threads: 1, setup: '' });
  const begun = crew.submit(20);
  const stop = new AbortController();
  const waiting = crew.submit(1, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(await begun).toBe('20');
  await crew.release();
});

test('a gate is empty when what was inside is done, and waits no longer than it is told', async () => {
  const gate = new Gate();
  let leave = (): void => undefined;
  const work = gate.within(
    () =>
      new Promise<string>((resolve) => {
        leave = () => resolve('done');
      }),
  );
  gate.close();
  const start = performance.now();
  gate.empty(40);
  expect(performance.now() - start).toBeGreaterThanOrEqual(39);
  leave();
  expect(await work).toBe('done');
  gate.empty(60_000);
  await expect(new Gate().within(() => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
});
