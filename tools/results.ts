/** @module docs/results/ -> docs/results.md: what trained runs reached on the test posters. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { EvaluationReport } from '../src/run/index.ts';
import type { RunSummary } from './publishRun.ts';
import { root } from './root.ts';

function read(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`docs/results/${path}`, root), 'utf8'));
}
const reportAt = (path: string): EvaluationReport => read(path) as EvaluationReport;
const summaryAt = (path: string): RunSummary => read(path) as RunSummary;

const headline = [
  ['microAveragePrecision', 'micro average precision'],
  ['macroAveragePrecision', 'macro average precision'],
  ['microF1', 'micro F1'],
  ['macroF1', 'macro F1'],
  ['precisionAt1', 'precision at 1'],
  ['labelRankingAveragePrecision', 'label-ranking average precision'],
] as const;
const digits = (value: number | null | undefined): string =>
  value === null || value === undefined ? '-' : value.toFixed(3);

function measuresTable({ evaluation }: EvaluationReport): string[] {
  const lines = [
    '| measure | value | 95 % interval | prior | most common | all genres |',
    '|---|---|---|---|---|---|',
  ];
  for (const [key, label] of headline) {
    const { value, interval, floors } = evaluation.measures[key]!;
    const cells = [value, floors?.prior, floors?.mostCommon, floors?.allOne].map(digits);
    lines.push(`| ${label} | ${cells.toSpliced(1, 0, interval!.map(digits).join('-')).join(' | ')} |`);
  }
  return lines;
}

/** @param models name -> the evaluations of one model: decided by `f1` and `balanced`, or by one policy alone. */
function genresTable(models: Readonly<Record<string, Readonly<Record<string, EvaluationReport>>>>): string[] {
  const entries = Object.entries(models);
  const header: string[] = ['genre', 'true'];
  for (const [name, policies] of entries) {
    for (const policy of Object.keys(policies)) header.push(`${name}: given, ${policy}`);
    header.push(`${name}: average precision`, '95 % interval');
  }
  header.push('floor');
  const first = Object.values(entries[0]![1])[0]!.evaluation.genres;
  const rows = first.map(({ genre, support, averagePrecisionFloor }, i) => {
    const cells: (string | number)[] = [genre, support];
    for (const [, policies] of entries) {
      const genres = Object.values(policies).map(({ evaluation }) => evaluation.genres[i]!);
      cells.push(...genres.map(({ predicted }) => predicted));
      cells.push(
        digits(genres[0]!.averagePrecision),
        genres[0]!.averagePrecisionInterval!.map(digits).join('-'),
      );
    }
    return [...cells, digits(averagePrecisionFloor)];
  });
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function describe(summary: RunSummary): string {
  return (
    `${summary.epochs} epochs in ${summary.minutes.toFixed(0)} minutes on ${summary.threads} threads, ` +
    `${summary.imagesPerSecond.toFixed(0)} posters a second, at most ${(summary.peakMemoryMegabytes / 1000).toFixed(1)} GB of memory`
  );
}

export function renderResults(): string {
  const ours = {
    summary: summaryAt('cnn-rnn/summary.json'),
    f1: reportAt('cnn-rnn/test-f1.json'),
    balanced: reportAt('cnn-rnn/test-balanced.json'),
  };
  const report = { summary: summaryAt('report/summary.json'), top3: reportAt('report/test-top3.json') };
  const shipped = {
    summary: summaryAt('poster-genres/summary.json'),
    f1: reportAt('poster-genres/test-f1.json'),
    balanced: reportAt('poster-genres/test-balanced.json'),
  };
  const { evaluation } = ours.f1;
  return [
    '# Results on real posters',
    '',
    `${evaluation.posters} test posters, ${evaluation.genres.length} genres with at least 100 posters, of the data set of Chu & Guo`,
    '(doi 10.1145/3132515.3132516). The split is 70/15/15, stratified, with near-duplicates on one side (seed 0);',
    'thresholds and the best epoch were chosen on validation. The intervals are over test posters, not over seeds.',
    'This page is written by `npm run tool -- results` from what `npm run tool -- publish-run <run> <name>` put',
    'into `docs/results/`.',
    '',
    '## `poster-genres`, the model that ships',
    '',
    'EfficientNet-Lite1, fine-tuned on the labels and on what two teachers predict, of all posters: these and 14,908 of further',
    'films (4,231 of them known in part), near-duplicates of test and validation posters left out. It is the last run of the chain',
    `\`poster-genres\` ([recipes.md](recipes.md)), which took ${describe(shipped.summary)}, on a busy machine.`,
    '',
    ...measuresTable(shipped.f1),
    '',
    "What titles and the posters' own words add is measured in [texts.md](texts.md#what-it-gains).",
    '',
    '## `cnn-rnn`, binary cross-entropy',
    '',
    `\`onesheet train --data train.csv --images images --recipe cnn-rnn\`: ${describe(ours.summary)}.`,
    '',
    ...measuresTable(ours.f1),
    '',
    "## The same network with the student report's loss",
    '',
    'Categorical cross-entropy over normalized label vectors, a softmax, the three likeliest genres:',
    `\`onesheet train --data train.csv --images images --recipe report\`: ${describe(report.summary)}.`,
    '',
    ...measuresTable(report.top3),
    '',
    'Both were trained for the same epochs on the same posters. In ranking the genres of a poster the losses differ by less than',
    'their intervals; what the loss and the rule of three do to the frequencies of the genres shows below.',
    '',
    '## How often each genre is given against how often it is true',
    '',
    'By `poster-genres`, the model that ships, of which the picture alone is judged:',
    '',
    ...genresTable({ '`poster-genres`': { f1: shipped.f1, balanced: shipped.balanced } }),
    '',
    "By `cnn-rnn`, and by the same network with the student report's loss:",
    '',
    ...genresTable({
      '`cnn-rnn`': { f1: ours.f1, balanced: ours.balanced },
      report: { 'top=3': report.top3 },
    }),
    '',
  ].join('\n');
}

export function writeResults(): void {
  writeFileSync(new URL('docs/results.md', root), renderResults());
}
