import { expect, test } from 'vitest';
import { computeMeasures, floors, matrixFromRows, mostCommonGenres } from '../../src/evaluate/index.ts';
import { samplePosters } from './sampled.ts';

// Drama on three of four training posters, Comedy on half, War on a quarter: 1.5 genres a poster, rounded to 2.
const prevalence = [0.75, 0.5, 0.25];
const yTrue = matrixFromRows([
  [1, 1, 0],
  [1, 0, 0],
  [0, 0, 1],
  [1, 1, 0],
]);

test('the prior scores by training frequency and decides the genre that most training posters have', () => {
  const { measures, averagePrecision } = floors(prevalence, yTrue).prior;
  expect([...averagePrecision]).toEqual([3 / 4, 2 / 4, 1 / 4]); // constant scores: the share of positives
  // Drama is 3 of 4 right; Drama and Comedy 5 of 8; all 6 of 12: thresholds 0.75, 0.5, 0.25
  expect(measures.microAveragePrecision).toBeCloseTo(
    (3 / 6) * (3 / 4) + (2 / 6) * (5 / 8) + (1 / 6) * (6 / 12),
    12,
  );
  expect(measures.macroRocAuc).toBe(0.5);
  expect(measures.precisionAt1).toBe(3 / 4);
  expect(measures.microPrecision).toBe(5 / 8); // Comedy stands at 1/2 and is decided too
});

test('a prior below one half everywhere still decides the likeliest genre', () => {
  const { measures } = floors([0.4, 0.3, 0.1], yTrue).prior;
  expect(measures.microPrecision).toBe(3 / 4);
  expect(measures.microRecall).toBe(3 / 6);
});

test('the most common genres are as many as a training poster has on average, at least one', () => {
  expect(mostCommonGenres(prevalence)).toEqual([0, 1]);
  expect(mostCommonGenres([0.1, 0.2, 0.1])).toEqual([1]);
  expect(mostCommonGenres([0.7, 0.7, 0.9])).toEqual([2, 0]);
  const { measures } = floors(prevalence, yTrue).mostCommon;
  expect(measures.microPrecision).toBe(5 / 8);
  expect(measures.subsetAccuracy).toBe(2 / 4);
});

test('all-zero gives no genre and all-one every genre', () => {
  const { allZero, allOne } = floors(prevalence, yTrue);
  expect(allZero.measures.microRecall).toBe(0);
  expect(allZero.measures.hammingLoss).toBe(6 / 12);
  expect(allOne.measures.microRecall).toBe(1);
  expect(allOne.measures.microPrecision).toBe(6 / 12);
  expect(allOne.measures.macroAveragePrecision).toBeCloseTo((3 / 4 + 2 / 4 + 1 / 4) / 3, 12);
});

test('probabilities that know something beat every floor of average precision', () => {
  const sampled = samplePosters(41, 500, 6);
  const model = computeMeasures(sampled.yTrue, sampled.yScore, sampled.yTrue).measures;
  for (const floor of Object.values(floors(sampled.prevalence, sampled.yTrue)))
    expect(model.microAveragePrecision).toBeGreaterThan(floor.measures.microAveragePrecision + 0.05);
});

test('frequencies must be shares, one a genre', () => {
  expect(() => floors([0.5, 0.5], yTrue)).toThrow(
    'Expected one value for each of 3 genres for trainPrevalence but received 2.',
  );
  expect(() => floors([12, 0.5, 0.5], yTrue)).toThrow(
    'Expected shares in [0, 1] for trainPrevalence but received 12.',
  );
});
