import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readmeSpeeds } from '../tools/benchmarks.ts';
import { withFigures } from '../tools/figures.ts';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const plain = readme.replaceAll(/\s+/g, ' ');

const measured = 'docs/results/poster-genres/test-f1.json evaluation';
const heard = 'docs/results/texts.json kinds';
const row = (label: string, key: string): string => {
  const measure = `${measured}.measures.${key}`;
  const interval = `{${measure}.interval.0 .3}-{${measure}.interval.1 .3}`;
  const floors = `{${measure}.floors.prior .3} | {${measure}.floors.mostCommon .3}`;
  const heardToo = ['titles', 'texts']
    .map((kind) => `{${heard}.${kind}.measures.${key}.value .3}`)
    .join(' | ');
  return `| ${label} | {${measure}.value .3} | ${interval} | ${heardToo} | ${floors} |`;
};
const averagePrecisions = (path: string): string =>
  `{${path} evaluation.measures.microAveragePrecision.value .3} and {${path} evaluation.measures.macroAveragePrecision.value .3}`;

test.each([
  `on {${measured}.posters 0} test posters of the public data set`,
  row('micro average precision', 'microAveragePrecision'),
  row('macro average precision', 'macroAveragePrecision'),
  row('micro F1', 'microF1'),
  row('precision of the likeliest genre', 'precisionAt1'),
  `the expected calibration error is {${measured}.calibration.expectedCalibrationError .3}.`,
  `\`cnn-rnn\`, reaches ${averagePrecisions('docs/results/cnn-rnn/test-f1.json')} in average precision`,
  `the three likeliest genres) ${averagePrecisions('docs/results/report/test-top3.json')}, but then it gives Drama to {docs/results/report/test-top3.json evaluation.genres.7.predicted 0} of the {docs/results/report/test-top3.json evaluation.posters 0} posters`,
  ...readmeSpeeds.map(([begins, rest]) => begins + rest),
])('the README says, by the JSON that a command wrote: %s', (sentence) => {
  expect(plain).toContain(withFigures(sentence));
});

test('the README is read in one sitting', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
});

test('every file that the README points to exists', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target!);
  expect(targets.filter((target) => !existsSync(new URL(target, root)))).toEqual([]);
});
