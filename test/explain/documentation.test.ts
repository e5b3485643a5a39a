import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attributionMethods, defaultMethod } from '../../src/explain/index.ts';
import { withTables } from '../../tools/explanations.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/explanations.md', root), 'utf8');
const results = JSON.parse(readFileSync(new URL('bench/results/faithfulness.json', root), 'utf8'));

test('the tables of docs/explanations.md are those of the committed measurement', () => {
  expect(page.match(/<!--table /g)).toHaveLength(5);
  expect(withTables(page)).toBe(page);
});

test('the page names every method and the default', () => {
  for (const method of attributionMethods) expect(page).toContain(`\`${method}\``);
  expect(page).toContain(`**\`${defaultMethod}\` is the default**`);
});

test('the default method beats a random map on insertion and deletion, on at least 200 posters', () => {
  expect(results.posters).toBeGreaterThanOrEqual(200);
  const found = results.methods.find(({ name }: { name: string }) => name === defaultMethod);
  for (const measure of ['insertion', 'deletion'])
    expect(found[measure].random.interval[0]).toBeGreaterThan(0);
});

test('a Grad-CAM map costs at most three predictions', () => {
  expect(results.milliseconds.gradcam / results.milliseconds.prediction).toBeLessThanOrEqual(3);
});
