import { afterEach, expect, test } from 'vitest';
import { ReadingCrew } from '../../src/read/crew.ts';

const networks = { detection: new Uint8Array(), recognition: new Uint8Array(), alphabet: [] };

/** A stand-in for the thread: says how manieth its task was, after a while; of a picture of no width it dies. */
function threadFile(milliseconds: number): URL {
  const code = `
    import { parentPort } from 'node:worker_threads';
    let tasks = 0;
    parentPort.on('message', (message) => {
      if (message === 'stop') return parentPort.close();
      const { task } = message;
      if (task.picture?.width === 0) process.exit(1);
      if (task.line?.width === 0) {
        const failure = { code: 'MODEL_UNUSABLE', message: 'too narrow' };
        return parentPort.postMessage({ failure });
      }
      tasks += 1;
      const at = [tasks, 0];
      const answer = task.line ? { text: String(tasks), confidence: 1 } : [[at, at, at, at]];
      setTimeout(() => parentPort.postMessage({ answer }), ${milliseconds});
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

let crew: ReadingCrew;
afterEach(() => crew.release());

const picture = (width: number) => ({ width, height: 1, data: new Uint8Array(3 * width) });

test('lines are read before pictures that came earlier, so that what is begun is ended', async () => {
  crew = new ReadingCrew(networks, 1, threadFile(20));
  const first = crew.detect(picture(1));
  const second = crew.detect(picture(1));
  const [line, other] = [crew.recognize(picture(1)), crew.recognize(picture(1))];
  expect((await line).text).toBe('2');
  expect((await other).text).toBe('3');
  expect([(await first)[0]![0][0], (await second)[0]![0][0]]).toEqual([1, 4]);
});

test('several threads work at a time', async () => {
  crew = new ReadingCrew(networks, 3, threadFile(100));
  expect(crew.atOnce).toBe(3);
  const answers = await Promise.all([1, 2, 3].map(() => crew.recognize(picture(1))));
  expect(answers.map(({ text }) => text)).toEqual(['1', '1', '1']);
});

test('what waits is given up with the reason of its signal, and what a thread refuses keeps its code', async () => {
  crew = new ReadingCrew(networks, 1, threadFile(20));
  const stop = new AbortController();
  const begun = crew.detect(picture(1));
  const waiting = crew.recognize(picture(1), stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(await begun).toHaveLength(1);
  await expect(crew.recognize(picture(0))).rejects.toMatchObject({ code: 'MODEL_UNUSABLE' });
});

test('a thread that dies fails its picture, and the next one is read by another', async () => {
  crew = new ReadingCrew(networks, 1, threadFile(0));
  const lost = crew.detect(picture(0));
  const next = crew.detect(picture(1));
  await expect(lost).rejects.toThrow('a thread (read) ended');
  expect(await next).toHaveLength(1);
});
