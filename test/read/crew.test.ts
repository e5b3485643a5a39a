import { afterEach, expect, test } from 'vitest';
import { ReadingCrew } from '../../src/read/crew.ts';

const networks = { detection: new Uint8Array(), recognition: new Uint8Array(), alphabet: [] };

/** A stand-in for both threads: says how manieth its task was, after a while; of a picture of no width it dies. */
function threadFile(milliseconds: number): URL {
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { threads, alphabet } = workerData.setup;
    let tasks = 0;
    parentPort.on('message', (message) => {
      if (message === 'stop') return parentPort.close();
      const { width } = message.task;
      if (width === 0 && alphabet) {
        const failure = { code: 'MODEL_UNUSABLE', message: 'too narrow' };
        return parentPort.postMessage({ failure });
      }
      if (width === 0) process.exit(1);
      tasks += 1;
      const at = [tasks, threads];
      const answer = alphabet ? { text: String(tasks), confidence: 1 } : [[at, at, at, at]];
      setTimeout(() => parentPort.postMessage({ answer }), ${milliseconds});
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

let crew: ReadingCrew;
afterEach(() => crew.release());

const picture = (width: number) => ({ width, height: 1, data: new Uint8Array(3 * width) });

test('pictures go to one thread that has all cores, lines to others meanwhile', async () => {
  crew = new ReadingCrew(networks, 3, threadFile(20));
  const pictures = [crew.detect(picture(1)), crew.detect(picture(1))];
  const line = crew.recognize(picture(1));
  expect((await line).text).toBe('1');
  const places = await Promise.all(pictures);
  expect(places.map((found) => found[0]![0])).toEqual([
    [1, 3],
    [2, 3],
  ]);
});

test('several threads read lines at a time', async () => {
  crew = new ReadingCrew(networks, 3, threadFile(100));
  expect(crew.atOnce).toBe(3);
  const answers = await Promise.all([1, 2, 3].map(() => crew.recognize(picture(1))));
  expect(answers.map(({ text }) => text)).toEqual(['1', '1', '1']);
});

test('what waits is given up with the reason of its signal, and what a thread refuses keeps its code', async () => {
  crew = new ReadingCrew(networks, 1, threadFile(20));
  const stop = new AbortController();
  const begun = crew.recognize(picture(1));
  const waiting = crew.recognize(picture(1), stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect((await begun).text).toBe('1');
  await expect(crew.recognize(picture(0))).rejects.toMatchObject({ code: 'MODEL_UNUSABLE' });
});

test('a thread that dies fails its picture, and the next one is read by another', async () => {
  crew = new ReadingCrew(networks, 1, threadFile(0));
  const lost = crew.detect(picture(0));
  const next = crew.detect(picture(1));
  await expect(lost).rejects.toThrow('a thread (find) ended');
  expect(await next).toHaveLength(1);
});
