import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  applyPolicy,
  choosePolicy,
  decide,
  evaluateProbabilities,
  expectedF1Thresholds,
  f1Score,
  formatEvaluation,
  matrixFromRows,
  measureNames,
} from '../../src/evaluate/index.ts';
import { Random } from '../../src/random.ts';
import { samplePosters } from './sampled.ts';

const genres = ['Drama', 'Comedy', 'Action', 'Western'];
const validation = samplePosters(51, 400, 4);
const posters = samplePosters(52, 300, 4);
const thresholds = expectedF1Thresholds(validation.yScore);
const options = { genres, thresholds, trainPrevalence: validation.prevalence, resamples: 40 };

function evaluate(more: object = {}) {
  return evaluateProbabilities(posters.yTrue, posters.yScore, {
    ...options,
    random: Random.fromSeed(7),
    ...more,
  });
}

/** Paths such as `genres[].f1`; the name of a measure stands as `<measure>`. */
function pathsOf(value: unknown, path = ''): string[] {
  const isInterval =
    Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number');
  if (isInterval || value === null || typeof value !== 'object') return [path];
  if (Array.isArray(value)) return typeof value[0] === 'object' ? pathsOf(value[0], `${path}[]`) : [path];
  return Object.entries(value).flatMap(([key, child]) =>
    pathsOf(child, path === 'measures' ? `${path}.<measure>` : path === '' ? key : `${path}.${key}`),
  );
}

describe('the evaluation', () => {
  test('survives JSON unchanged, also where figures are not defined', () => {
    const evaluation = evaluate();
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    const nothing = matrixFromRows([[0, 0, 0, 0]]);
    const empty = evaluateProbabilities(nothing, nothing, { ...options, random: Random.fromSeed(7) });
    expect(JSON.parse(JSON.stringify(empty))).toEqual(empty);
    expect(empty.measures.macroRocAuc.value).toBeNull();
    expect(empty.measures.macroRocAuc.interval).toEqual([null, null]);
    expect(empty.genres[0]).toMatchObject({ frequencyRatio: null, rocAuc: null, averagePrecision: 0 });
    expect(empty.genresWithoutPositives).toEqual(genres);
  });

  test('decides by the thresholds with the top-1 fallback', () => {
    const evaluation = evaluate();
    const yPred = decide(posters.yScore, thresholds);
    const f1 = f1Score(posters.yTrue, yPred, { average: 'none' });
    expect(evaluation.policy).toBe('thresholds');
    evaluation.genres.forEach((row, genre) => {
      expect(row.f1).toBeCloseTo(f1[genre]!, 12);
      expect(row.threshold).toBe(thresholds[genre]);
      expect(row.frequencyRatio).toBeCloseTo(row.predicted / row.support, 12);
      expect(row.averagePrecision).toBeGreaterThan(row.averagePrecisionFloor!);
    });
    expect(evaluation.measures.macroF1.value).toBeCloseTo(f1.reduce((sum, value) => sum + value, 0) / 4, 12);
  });

  test('decides by a policy when one is given', () => {
    const policy = choosePolicy('top=2', validation.yTrue, validation.yScore);
    const evaluation = evaluate({ thresholds: policy });
    expect(evaluation.policy).toBe('top=2');
    expect(evaluation.predictedPerPoster).toBe(2);
    expect(evaluation.genres.map(({ threshold }) => threshold)).toEqual([null, null, null, null]);
    const f1 = f1Score(posters.yTrue, applyPolicy(policy, posters.yScore), { average: 'micro' });
    expect(evaluation.measures.microF1.value).toBeCloseTo(f1, 12);
  });

  test('is the same for the same seed', () => {
    expect(evaluate()).toEqual(evaluate());
  });

  test('refuses names or frequencies that are not one a genre', () => {
    expect(() => evaluate({ genres: ['Drama'] })).toThrow(
      'Expected one value for each of 4 genres for genres but received 1.',
    );
    expect(() => evaluate({ trainPrevalence: [0.5] })).toThrow('for trainPrevalence but received 1.');
    expect(() => evaluate({ thresholds: [0.5] })).toThrow('for thresholds but received 1.');
  });
});

describe('docs/measures.md', () => {
  const page = readFileSync(new URL('../../docs/measures.md', import.meta.url), 'utf8');
  const firstCells = (heading: string) => {
    const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
    return [...section.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, cell]) => cell);
  };

  test('lists exactly the fields of an evaluation', () => {
    expect(firstCells('The JSON of an evaluation').sort()).toEqual([...new Set(pathsOf(evaluate()))].sort());
  });

  test('lists exactly the headline measures', () => {
    expect(firstCells('The headline measures').sort()).toEqual([...measureNames].sort());
  });
});

describe('the text for people', () => {
  test('puts measures beside their floors, genres beside their priors, and says how to read it', () => {
    const yTrue = matrixFromRows([
      [1, 0, 0],
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    const yScore = matrixFromRows([
      [0.9, 0.2, 0.1],
      [0.6, 0.7, 0.2],
      [0.3, 0.6, 0.1],
      [0.7, 0.4, 0.3],
    ]);
    const evaluation = evaluateProbabilities(yTrue, yScore, {
      genres: ['Drama', 'Comedy', 'War'],
      thresholds: [0.5, 0.5, 2],
      trainPrevalence: [0.6, 0.3, 0.1],
      resamples: 30,
      random: Random.fromSeed(1),
    });
    expect(formatEvaluation(evaluation)).toMatchInlineSnapshot(`
      "4 posters, 3 genres. A poster has 1.25 genres and is given 1.25, decided by thresholds.

      measure                               value  95 % interval  prior  most common  no genre  all genres
      micro average precision               1.000    1.000-1.000  0.700        0.617     0.417       0.417
      macro average precision               0.667    0.575-0.667  0.417        0.417     0.417       0.417
      macro ROC AUC                         1.000    1.000-1.000  0.500        0.500     0.500       0.500
      label-ranking average precision       1.000    1.000-1.000  0.875        0.792     0.417       0.417
      precision at 1                        1.000    1.000-1.000  0.750        0.750     0.417       0.417
      precision at 3                        0.417    0.333-0.583  0.417        0.417     0.417       0.417
      coverage error (lower is better)      1.250    1.000-1.750  1.500        2.000     3.000       3.000
      label-ranking loss (lower is better)  0.000    0.000-0.000  0.125        0.375     1.000       1.000
      Brier score (lower is better)         0.079    0.039-0.103  0.170        0.250     0.417       0.583
      log loss (lower is better)            0.310    0.199-0.381  0.499        9.011    15.018      21.025
      micro precision                       1.000    1.000-1.000  0.750        0.750     0.000       0.417
      micro recall                          1.000    1.000-1.000  0.600        0.600     0.000       1.000
      micro F1                              1.000    1.000-1.000  0.667        0.667     0.000       0.588
      macro precision                       0.667    0.575-0.667  0.250        0.250     0.000       0.417
      macro recall                          0.667    0.575-0.667  0.333        0.333     0.000       0.667
      macro F1                              0.667    0.575-0.667  0.286        0.286     0.000       0.508
      samples F1                            1.000    1.000-1.000  0.667        0.667     0.000       0.575
      samples Jaccard                       1.000    1.000-1.000  0.625        0.625     0.000       0.417
      subset accuracy                       1.000    1.000-1.000  0.500        0.500     0.000       0.000
      Hamming loss (lower is better)        0.000    0.000-0.000  0.250        0.250     0.417       0.583

      genre   true  given  ratio  precision  recall     F1  avg. precision     interval  floor  ROC AUC  threshold  prior
      Drama      3      3   1.00      1.000   1.000  1.000           1.000  1.000-1.000  0.750    1.000      0.500  0.600
      Comedy     2      2   1.00      1.000   1.000  1.000           1.000  0.725-1.000  0.500    1.000      0.500  0.300
      War        0      0      -      0.000   0.000  0.000           0.000  0.000-0.000  0.000        -      never  0.100

      Expected calibration error: 0.258, the mean distance of a probability from how often it comes true.
      No poster here has War: 0 in macro measures, left out of ROC AUC.

      How to read it: the last four columns of the first table are answers that need no picture: the training
      frequencies, always Drama, no genre, every genre. A value counts where its whole
      interval is better than all four (recall alone is always won by every genre). A genre is read from its poster
      where the interval of its average precision lies above its floor; a ratio far from 1 means that it is given
      much more or less often than it is true."
    `);
  });

  test('every line of a table is aligned under its title', () => {
    const lines = formatEvaluation(evaluate()).split('\n');
    const [header, ...rows] = lines.slice(lines.findIndex((line) => line.startsWith('genre')));
    const end = header!.indexOf('threshold') + 'threshold'.length;
    for (const row of rows.slice(0, 4)) expect(row.slice(0, end)).toMatch(/\d$/);
  });
});
