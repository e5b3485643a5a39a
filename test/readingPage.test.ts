import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('docs/reading.md says how readings compare as it was measured', () => {
  const { linesFound, lettersEqual, sums } = JSON.parse(read('bench/results/read.json')) as {
    linesFound: number;
    lettersEqual: number;
    sums: { lines: number; posters: number };
  };
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const page = read('docs/reading.md').replaceAll('\n', ' ');
  expect(page).toContain(
    `Of its ${sums.lines.toLocaleString('en')} lines on ${sums.posters} of them ${percent(linesFound)} are found by place, and ${percent(lettersEqual)} of their letters are equal`,
  );
});
