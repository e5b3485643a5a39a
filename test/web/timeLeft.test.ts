import { expect, test } from 'vitest';
import { TimeLeft } from '../../web/timeLeft.ts';

test('the time left is told from the pace of the last posters, and not before three are done', () => {
  let now = 0;
  const left = new TimeLeft(() => now);
  left.begin();
  for (const moment of [1000, 2000]) {
    now = moment;
    left.count();
    expect(left.secondsFor(8)).toBeUndefined();
  }
  now = 3000;
  left.count();
  expect(left.secondsFor(8)).toBeCloseTo(8, 6);
  expect(left.secondsFor(0)).toBeUndefined();
  for (let poster = 0; poster < 30; poster++) {
    now += 200;
    left.count();
  }
  expect(left.secondsFor(10)).toBeCloseTo(2, 6);
});

test('time in which reading was stopped does not count', () => {
  let now = 0;
  const left = new TimeLeft(() => now);
  left.begin();
  now = 100_000;
  left.begin();
  for (let poster = 0; poster < 3; poster++) {
    now += 1000;
    left.count();
  }
  expect(left.secondsFor(5)).toBeCloseTo(5, 6);
});
