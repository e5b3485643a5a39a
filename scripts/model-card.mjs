/**
 * @module docs/results/NAME and a model of models/ -> the tables of its card, which goes into models/README.md between
 * `<!--card MODEL-->` and `<!--/card-->`. `npm run build && node scripts/model-card.mjs <model> <results>`
 *
 * `docs/results/NAME` is what `node scripts/publish-run.mjs <run> <name>` wrote; the posters that the model fails on are
 * named, never shown.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../dist/model/index.js';

const root = new URL('../', import.meta.url);
const digits = (value) => (value === null || value === undefined ? '-' : value.toFixed(3));
const range = (interval) => (interval ? interval.map(digits).join('-') : '-');

const headline = [
  ['microAveragePrecision', 'micro average precision'],
  ['macroAveragePrecision', 'macro average precision'],
  ['microF1', 'micro F1, policy `f1`'],
  ['macroF1', 'macro F1, policy `f1`'],
  ['precisionAt1', 'precision of the likeliest genre'],
];

function table(header, rows) {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function measuresTable({ evaluation }) {
  const rows = headline
    .filter(([key]) => evaluation.measures[key])
    .map(([key, label]) => {
      const { value, interval, floors } = evaluation.measures[key];
      return [label, digits(value), range(interval), digits(floors?.prior), digits(floors?.mostCommon)];
    });
  const calibration = digits(evaluation.calibration.expectedCalibrationError);
  rows.push(['expected calibration error', calibration, '-', '-', '-']);
  return table(['test posters', 'value', '95 % interval', 'prior', 'most common genres'], rows);
}

function genresTable(f1, balanced) {
  const rows = f1.evaluation.genres.map((genre, i) => [
    genre.genre,
    digits(genre.averagePrecision),
    range(genre.averagePrecisionInterval),
    digits(genre.averagePrecisionFloor),
    genre.support,
    genre.predicted,
    balanced.evaluation.genres[i].predicted,
  ]);
  const header = [
    'genre',
    'average precision',
    '95 % interval',
    'floor',
    'true',
    'given, f1',
    'given, balanced',
  ];
  return table(header, rows);
}

function postersOf({ trainingPosters, validationPosters, calibratedBy }) {
  return calibratedBy === undefined
    ? `${trainingPosters} to train, ${validationPosters} to validate`
    : `${trainingPosters} to train, among them the ${validationPosters} on which the same recipe without them ` +
        `(\`${calibratedBy.slice(0, 12)}\`) was calibrated and its decisions chosen`;
}

/** The card's tables, as lines of Markdown. */
export function renderCard({ model, f1, balanced }) {
  const losses = f1.errors?.highestLosses ?? [];
  const { metadata, sha256, bytes } = model;
  const { provenance, resize, genres, policies } = metadata;
  const weak = f1.evaluation.genres
    .filter((genre) => genre.averagePrecisionInterval?.[0] <= genre.averagePrecisionFloor)
    .map((genre) => genre.genre);
  return [
    ...table(
      ['file', ''],
      [
        ['size', `${(bytes.length / 1e6).toFixed(1)} MB`],
        ['SHA-256', `\`${sha256}\``],
        ['input', `${resize.width} x ${resize.height} pixels, ${resize.fit}`],
        ['genres', genres.join(', ')],
        ['policies', policies.map(({ name }) => `\`${name}\``).join(', ')],
        ['recipe', `${provenance.recipe}, seed ${provenance.seed}, epoch ${provenance.epoch}`],
        ['posters', postersOf(provenance)],
        [
          'data and split',
          `\`${provenance.dataHash.slice(0, 12)}\`, \`${provenance.splitHash.slice(0, 12)}\``,
        ],
      ],
    ),
    '',
    `Measured on ${f1.evaluation.posters} test posters, which were kept apart:`,
    '',
    ...measuresTable(f1),
    '',
    ...genresTable(f1, balanced),
    '',
    weak.length === 0
      ? 'Every genre is read better than chance, by the 95 % intervals.'
      : `Not above chance for certain: ${weak.join(', ')}.`,
    ...(losses.length === 0
      ? []
      : [
          '',
          'Test posters of the highest loss:',
          '',
          ...table(
            ['poster (IMDb)', 'in truth', 'likeliest'],
            losses
              .slice(0, 8)
              .map(({ id, genres: truth, likeliest }) => [
                id,
                truth.join(', '),
                likeliest.map(({ label, probability }) => `${label} ${digits(probability)}`).join(', '),
              ]),
          ),
        ]),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, results] = process.argv.slice(2);
  if (results === undefined) {
    process.stderr.write('usage: node scripts/model-card.mjs <model> <results>\n');
    process.exit(2);
  }
  const folder = new URL(`docs/results/${results}/`, root);
  const read = (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  const lines = renderCard({
    model: await loadModel(fileURLToPath(new URL(`models/${name}.onnx`, root))),
    f1: read('test-f1.json'),
    balanced: read('test-balanced.json'),
  });
  const page = new URL('models/README.md', root);
  const text = readFileSync(page, 'utf8');
  const pattern = new RegExp(`(<!--card ${name}-->\n)[\\s\\S]*?(<!--/card-->)`);
  if (!pattern.test(text)) {
    process.stderr.write(`models/README.md has no <!--card ${name}-->...<!--/card-->.\n`);
    process.exit(1);
  }
  writeFileSync(
    page,
    text.replace(pattern, (_all, open, close) => `${open}\n${lines.join('\n')}\n\n${close}`),
  );
}
