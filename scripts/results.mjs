/** @module docs/results/ -> docs/results.md: what trained runs reached on the test posters. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(`docs/results/${path}`, root), 'utf8'));

const headline = [
  ['microAveragePrecision', 'micro average precision'],
  ['macroAveragePrecision', 'macro average precision'],
  ['microF1', 'micro F1'],
  ['macroF1', 'macro F1'],
  ['precisionAt1', 'precision at 1'],
  ['labelRankingAveragePrecision', 'label-ranking average precision'],
];
const digits = (value) => value.toFixed(3);

function measuresTable({ evaluation }) {
  const lines = [
    '| measure | value | 95 % interval | prior | most common | all genres |',
    '|---|---|---|---|---|---|',
  ];
  for (const [key, label] of headline) {
    const { value, interval, floors } = evaluation.measures[key];
    const cells = [value, null, floors.prior, floors.mostCommon, floors.allOne].map(
      (n) => n !== null && digits(n),
    );
    cells[1] = interval.map(digits).join('-');
    lines.push(`| ${label} | ${cells.join(' | ')} |`);
  }
  return lines;
}

/** @param models name -> the evaluations of one model: decided by `f1` and `balanced`, or by one policy alone. */
function genresTable(models) {
  const entries = Object.entries(models);
  const header = ['genre', 'true'];
  for (const [name, policies] of entries) {
    for (const policy of Object.keys(policies)) header.push(`${name}: given, ${policy}`);
    header.push(`${name}: average precision`, '95 % interval');
  }
  header.push('floor');
  const first = Object.values(entries[0][1])[0].evaluation.genres;
  const rows = first.map(({ genre, support, averagePrecisionFloor }, i) => {
    const cells = [genre, support];
    for (const [, policies] of entries) {
      const genres = Object.values(policies).map(({ evaluation }) => evaluation.genres[i]);
      cells.push(...genres.map(({ predicted }) => predicted));
      cells.push(
        digits(genres[0].averagePrecision),
        genres[0].averagePrecisionInterval.map(digits).join('-'),
      );
    }
    return [...cells, digits(averagePrecisionFloor)];
  });
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function describe(summary) {
  return (
    `${summary.epochs} epochs in ${summary.minutes.toFixed(0)} minutes on ${summary.threads} threads, ` +
    `${summary.imagesPerSecond.toFixed(0)} posters a second, at most ${(summary.peakMemoryMegabytes / 1000).toFixed(1)} GB of memory`
  );
}

export function renderResults() {
  const ours = {
    summary: read('cnn-rnn/summary.json'),
    f1: read('cnn-rnn/test-f1.json'),
    balanced: read('cnn-rnn/test-balanced.json'),
  };
  const report = { summary: read('report/summary.json'), top3: read('report/test-top3.json') };
  const shipped = {
    summary: read('poster-genres/summary.json'),
    f1: read('poster-genres/test-f1.json'),
    balanced: read('poster-genres/test-balanced.json'),
    withTexts: read('poster-genres-texts/test-f1.json'),
  };
  const { evaluation } = ours.f1;
  return [
    '# Results on real posters',
    '',
    `${evaluation.posters} test posters, ${evaluation.genres.length} genres with at least 100 posters, of the data set of Chu & Guo`,
    '(doi 10.1145/3132515.3132516). The split is 70/15/15, stratified, with near-duplicates on one side (seed 0);',
    'thresholds and the best epoch were chosen on validation. The intervals are over test posters, not over seeds.',
    'This page is written by `node scripts/results.mjs` from what `node scripts/publish-run.mjs <run> <name>` put',
    'into `docs/results/`.',
    '',
    '## `poster-genres`, the model that ships',
    '',
    'MobileNetV2 1.4, fine-tuned on the labels and on what two teachers predict, then refitted on the validation posters too:',
    '`onesheet train --data train.csv --images images --recipe poster-genres`, then `onesheet refit runs/poster-genres-0`.',
    `The training took ${describe(shipped.summary)}, on a busy machine. Measured is the refitted model.`,
    '',
    ...measuresTable(shipped.f1),
    '',
    '### With what stands on the posters as text',
    '',
    '`onesheet evaluate --texts texts.jsonl`, the texts read by `scripts/read-posters.mjs` ([texts.md](texts.md)):',
    '',
    ...measuresTable(shipped.withTexts),
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
    `It was trained for ${report.summary.epochs} epochs and the network above for ${ours.summary.epochs}, so the tables do not compare the`,
    'losses alone; what the loss and the rule of three do to the frequencies of the genres shows below.',
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('docs/results.md', root), renderResults());
}
