import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { evaluateProbabilities, findPosterErrors } from '../../src/evaluate/index.ts';
import { Random } from '../../src/random.ts';
import { type EvaluationReport, readMetrics, writeMetrics } from '../../src/run/metrics.ts';
import { temporaryFolder } from '../model/fixture.ts';

const genres = ['Drama', 'Horror'];

/** Of three posters, of the last of which nothing is known but that it is no drama. */
function report(): EvaluationReport {
  const shape = { rows: 3, columns: 2 };
  const yTrue = { ...shape, data: Uint8Array.of(1, 0, 0, 1, 0, 0), known: Uint8Array.of(1, 1, 1, 1, 1, 0) };
  const yScore = { ...shape, data: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.25, 0.125) };
  const evaluation = evaluateProbabilities(yTrue, yScore, {
    genres,
    thresholds: [0.5, 0.5],
    trainPrevalence: [0.5, 0.25],
    resamples: 5,
    random: Random.fromSeed(0),
  });
  const measured = { ids: ['a', 'b', 'c'], yTrue, yScore };
  const errors = findPosterErrors(genres, { measured, isTrained: false });
  return {
    model: 'tiny@0',
    data: 'table.csv',
    split: 'test',
    failed: [],
    unknownGenres: {},
    onlyUnlearned: [],
    notes: [],
    evaluation,
    errors,
  };
}

async function fileOf(value: unknown): Promise<string> {
  const path = join(await temporaryFolder(), 'metrics.json');
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

test('measures and errors are read as they were written', async () => {
  const path = join(await temporaryFolder(), 'metrics.json');
  const { model, evaluation, errors, ...others } = report();
  await writeMetrics(path, { model, evaluation, errors, ...others });
  expect(await readMetrics(path)).toEqual({ model, evaluation, errors });
});

test('files of before posters were known in part, errors were found and models were named are read', async () => {
  const { evaluation } = report();
  const { unknownPairs: _, ...old } = evaluation;
  const rows = evaluation.genres.map(({ known: _known, ...row }) => row);
  const read = await readMetrics(await fileOf({ evaluation: { ...old, genres: rows } }));
  expect(read.errors).toBeUndefined();
  expect(read.model).toBeUndefined();
  expect(read.evaluation.unknownPairs).toBe(0);
  expect(read.evaluation.genres.map(({ known }) => known)).toEqual([3, 3]);
});

test.each(['cnn-rnn/test-f1.json', 'poster-genres/test-balanced.json', 'report/test-top3.json'])(
  'docs/results/%s is read',
  async (name) => {
    const path = fileURLToPath(new URL(`../../docs/results/${name}`, import.meta.url));
    const written = JSON.parse(await readFile(path, 'utf8')) as EvaluationReport;
    const { evaluation, errors } = await readMetrics(path);
    expect(evaluation.measures).toEqual(written.evaluation.measures);
    expect(errors).toEqual(written.errors);
  },
);

test.each([
  ['no JSON', 'not JSON', 'JSON'],
  ['another file', '{}', 'evaluation: Invalid input'],
  [
    'a figure that is a word',
    JSON.stringify(report()).replace('"posters":3', '"posters":"3"'),
    'evaluation.posters',
  ],
  [
    'a measure without its floors',
    {
      ...report(),
      evaluation: { ...report().evaluation, measures: { microF1: { value: 1, interval: [1, 1] } } },
    },
    'evaluation.measures.',
  ],
])('%s is refused in a sentence that names the file and the field', async (_what, value, words) => {
  const path = await fileOf(value);
  await expect(readMetrics(path)).rejects.toMatchObject({
    code: 'TABLE_ROW',
    message: expect.stringMatching(
      new RegExp(`${path}: it is not what \`onesheet evaluate\` writes \\(.*${words}`),
    ),
  });
});
