import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withFigures } from '../tools/figures.ts';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

test('every figure of the README is the one in the JSON that a command wrote', () => {
  expect(readme.match(/<!--figure /g)?.length).toBeGreaterThan(5);
  expect(withFigures(readme)).toBe(readme);
});

test('every file that the README points to exists', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target!);
  expect(targets.filter((target) => !existsSync(new URL(target, root)))).toEqual([]);
});
