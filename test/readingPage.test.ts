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
  const turns = JSON.parse(read('bench/results/read-turns.json')) as {
    median: number;
    secondsOnesheet: number;
    secondsPeer: number;
    sums: { posters: number };
  };
  const { median, secondsPeer, secondsOnesheet } = turns;
  expect(page).toContain(
    `it takes ${median.toFixed(2)} times as long as this (${secondsPeer.toFixed(2)} and ${secondsOnesheet.toFixed(2)} s a poster; the first ${turns.sums.posters}, one run)`,
  );
  const batch = JSON.parse(read('bench/results/read-batch.json')) as {
    posters: number;
    postersPerSecond: number;
    peakMegabytes: number;
  };
  expect(page).toContain(
    `On two cores ${batch.posters} posters are read at ${batch.postersPerSecond.toFixed(1)} a second, decoding included, in ${batch.peakMegabytes} MB at most`,
  );
});
