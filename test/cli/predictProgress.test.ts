import { expect, test } from 'vitest';
import { PredictionMeter } from '../../src/cli/predictProgress.ts';
import type { OutputProgress } from '../../src/predict/index.ts';

const good: OutputProgress['outcome'] = { id: 'a', source: 'a.jpg', genres: [], model: 'tiny@0' };
const bad = (code: string): OutputProgress['outcome'] => ({
  id: 'b',
  source: 'b',
  error: { code, message: '' },
});

function meter(isTerminal: boolean, columns = 200) {
  let time = 0;
  const written: string[] = [];
  const made = new PredictionMeter({
    write: (text) => written.push(text),
    isTerminal,
    columns: () => columns,
    now: () => time,
    plainInterval: 30,
  });
  let [done, failed] = [1000, 5];
  made.update({ done, failed });
  const work = (posters: number, milliseconds: number, outcome = good): void => {
    for (let at = 0; at < posters; at++) {
      time += milliseconds;
      done += 1;
      if (outcome !== undefined && 'error' in outcome) failed += 1;
      made.update({ done, failed, outcome });
    }
  };
  return { made, written, work };
}

test('a terminal shows posters done, their rate, the time left and failures by their reason', () => {
  const { made, written, work } = meter(true);
  made.total = 3000;
  work(100, 10);
  work(2, 10, bad('IMAGE_MISSING'));
  work(1, 10, bad('URL_UNREACHABLE'));
  work(97, 10);
  expect(written.at(-1)).toBe(
    '\r1200/3000 posters  100 posters/s  0:18 left  8 failed (2 IMAGE_MISSING, 1 URL_UNREACHABLE)\x1b[K',
  );
  expect(written.length).toBeLessThan(10);
  made.clear();
  expect(written.at(-1)).toBe('\r\x1b[K');
});

test('the rate is that of the last seconds, and of an unknown number nothing is left', () => {
  const { written, work } = meter(true);
  work(1000, 10);
  work(30, 1000);
  expect(written.at(-1)).toBe('\r2030 posters  1.0 posters/s  5 failed\x1b[K');
});

test('a log gets a line now and then', () => {
  const { written, work } = meter(false);
  work(700, 100);
  expect(written).toEqual([
    '1300 posters  10 posters/s  5 failed\n',
    '1600 posters  10 posters/s  5 failed\n',
  ]);
});

test('a line is never wider than the terminal', () => {
  const { written, work } = meter(true, 20);
  work(100, 10);
  expect(written.at(-1)).toBe('\r1100 posters  100 p\x1b[K');
});
