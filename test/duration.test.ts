import { expect, test } from 'vitest';
import { formatDuration } from '../src/duration.ts';

test.each([
  [0, '0:00'],
  [59.6, '1:00'],
  [75, '1:15'],
  [3675, '1:01:15'],
  [-3, '0:00'],
])('%f seconds are written %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
