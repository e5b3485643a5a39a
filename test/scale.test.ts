import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('the costs in docs/scale.md follow from the committed measurement', () => {
  const page = read('docs/scale.md');
  const { medianRates, machine, posters, peakMegabytes } = JSON.parse(
    read('bench/results/predict-batch.json'),
  ) as {
    medianRates: { ours: number };
    machine: { cores: number };
    posters: { meanBytes: number };
    peakMegabytes: { onesheet: number };
  };
  const seconds = machine.cores / medianRates.ours;
  expect(page).toContain(`| ${seconds.toFixed(4).slice(1)} s | ${medianRates.ours.toFixed(1)} posters/s`);
  expect(page).toContain(`| ${Math.round(peakMegabytes.onesheet)} MB |`);
  const kilobytes = posters.meanBytes / 1000;
  expect(page).toContain(`| read from disk or network | ${Math.round(kilobytes)} kB |`);
  const hours = (1e6 * seconds) / 3600;
  expect(page).toContain(
    `| 10⁶ | ${hours.toFixed(1)} | ${(hours / machine.cores).toFixed(1)} hours | - | ${Math.round(kilobytes)} GB |`,
  );
  expect(page).toContain(`| 10⁴ | ${(hours / 100).toFixed(2).slice(1)} |`);
  expect(page).toContain(`| 10⁹ | ${(Math.round(hours * 10) * 100).toLocaleString('en')} |`);
});

test('the memory of long lists in docs/scale.md is the committed measurement', () => {
  const { short, long, ratio } = JSON.parse(read('docs/results/long-catalogue.json')) as {
    short: { entries: number; megabytes: number };
    long: { entries: number; megabytes: number };
    ratio: number;
  };
  const [few, many] = [short, long].map(({ entries }) => entries.toLocaleString('en'));
  const [before, after] = [short, long].map(({ megabytes }) => Math.round(megabytes));
  expect(read('docs/scale.md')).toContain(
    `| the same after ${few} and ${many} entries, a tiny network | ${before} and ${after} MB |`,
  );
  expect(ratio).toBeCloseTo(long.megabytes / short.megabytes, 6);
});
