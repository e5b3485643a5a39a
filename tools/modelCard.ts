/**
 * @module docs/results/NAME and a model of models/ -> the tables of its card, which goes into models/README.md between
 * `<!--card MODEL-->` and `<!--/card-->`. `npm run tool -- model-card <model> <results>`
 *
 * `docs/results/NAME` is what `npm run tool -- publish-run <run> <name>` wrote; the posters that the model fails on are
 * named, never shown.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadModel, type Model, type ModelMetadata } from '../src/model/index.ts';
import type { EvaluationReport } from '../src/run/index.ts';
import { root } from './root.ts';

const digits = (value: number | null | undefined): string =>
  value === null || value === undefined ? '-' : value.toFixed(3);
const range = (interval: readonly (number | null)[] | null | undefined): string =>
  interval ? interval.map(digits).join('-') : '-';

const headline = [
  ['microAveragePrecision', 'micro average precision'],
  ['macroAveragePrecision', 'macro average precision'],
  ['microF1', 'micro F1, policy `f1`'],
  ['macroF1', 'macro F1, policy `f1`'],
  ['precisionAt1', 'precision of the likeliest genre'],
] as const;

function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function measuresTable({ evaluation }: EvaluationReport): string[] {
  const rows = headline
    .filter(([key]) => evaluation.measures[key])
    .map(([key, label]) => {
      const { value, interval, floors } = evaluation.measures[key]!;
      return [label, digits(value), range(interval), digits(floors?.prior), digits(floors?.mostCommon)];
    });
  const calibration = digits(evaluation.calibration.expectedCalibrationError);
  rows.push(['expected calibration error', calibration, '-', '-', '-']);
  return table(['test posters', 'value', '95 % interval', 'prior', 'most common genres'], rows);
}

function genresTable(f1: EvaluationReport, balanced: EvaluationReport): string[] {
  const rows = f1.evaluation.genres.map((genre, i) => [
    genre.genre,
    digits(genre.averagePrecision),
    range(genre.averagePrecisionInterval),
    digits(genre.averagePrecisionFloor),
    genre.support,
    genre.predicted,
    balanced.evaluation.genres[i]!.predicted,
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

function postersOf({
  trainingPosters,
  validationPosters,
  calibratedBy,
}: ModelMetadata['provenance']): string {
  return calibratedBy === undefined
    ? `${trainingPosters} to train, ${validationPosters} to validate`
    : `${trainingPosters} to train, among them the ${validationPosters} on which the same recipe without them ` +
        `(\`${calibratedBy.slice(0, 12)}\`) was calibrated and its decisions chosen`;
}

/** The card's tables, as lines of Markdown. */
function renderCard({
  model,
  f1,
  balanced,
}: {
  readonly model: Model;
  readonly f1: EvaluationReport;
  readonly balanced: EvaluationReport;
}): string[] {
  const losses = f1.errors?.highestLosses ?? [];
  const { metadata, sha256, bytes } = model;
  const { provenance, resize, genres, policies } = metadata;
  const weak = f1.evaluation.genres
    .filter((genre) => (genre.averagePrecisionInterval?.[0] ?? 0) <= (genre.averagePrecisionFloor ?? 0))
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

export async function writeModelCard(words: readonly string[]): Promise<void> {
  const [name, results] = words as [string, string];
  const folder = new URL(`docs/results/${results}/`, root);
  const read = (file: string): EvaluationReport =>
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as EvaluationReport;
  const lines = renderCard({
    model: await loadModel(fileURLToPath(new URL(`models/${name}.onnx`, root))),
    f1: read('test-f1.json'),
    balanced: read('test-balanced.json'),
  });
  const page = new URL('models/README.md', root);
  const text = readFileSync(page, 'utf8');
  const pattern = new RegExp(`(<!--card ${name}-->\n)[\\s\\S]*?(<!--/card-->)`);
  if (!pattern.test(text)) throw new Error(`models/README.md has no <!--card ${name}-->...<!--/card-->.`);
  writeFileSync(
    page,
    text.replace(pattern, (_all, open: string, close: string) => `${open}\n${lines.join('\n')}\n\n${close}`),
  );
}
