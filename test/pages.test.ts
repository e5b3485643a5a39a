import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderBenchmarks } from '../tools/benchmarks.ts';
import { renderRecipes } from '../tools/recipes.ts';
import { renderResults } from '../tools/results.ts';

test.each([
  ['docs/benchmarks.md', renderBenchmarks],
  ['docs/recipes.md', renderRecipes],
  ['docs/results.md', renderResults],
])('%s is what its command writes from committed JSON', async (page, render) => {
  expect(readFileSync(new URL(`../${page}`, import.meta.url), 'utf8')).toBe(await render());
});
