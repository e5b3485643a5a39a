import { expect, test } from 'vitest';
import { lineForPeople } from '../../src/cli/serveLog.ts';

const line = (entry: object): string =>
  lineForPeople(
    JSON.stringify({ level: 30, time: new Date(2026, 0, 2, 3, 4, 5).getTime(), pid: 7, ...entry }),
  );

test('a request is a line with its time, route, status and milliseconds', () => {
  const answered = { reqId: 'x', method: 'POST', route: '/v1/predict', status: 200, milliseconds: 31.2 };
  expect(line({ ...answered, msg: 'answered' })).toBe('03:04:05  POST /v1/predict  200  31.2 ms\n');
});

test('what is wrong says how much, and a bug shows its stack and its request', () => {
  expect(line({ level: 40, msg: 'A worker was lost.' })).toBe('03:04:05  warning: A worker was lost.\n');
  const err = { message: 'no', stack: 'Error: no\n    at here' };
  expect(line({ level: 50, msg: 'this is a bug', reqId: 'r1', err })).toBe(
    '03:04:05  error: this is a bug\nError: no\n    at here\n(request r1)\n',
  );
});

test('what would steer the terminal is shown instead, and what is no JSON stays as it is', () => {
  expect(line({ msg: 'a\x1b[2Jb' })).toBe('03:04:05  a\\x1b[2Jb\n');
  expect(lineForPeople('plain\n')).toBe('plain\n');
});
