import { describe, expect, test } from 'vitest';
import {
  brierScoreLoss,
  expectedCalibrationError,
  logLoss,
  matrixFromRows,
  reliabilityDiagram,
} from '../../src/evaluate/index.ts';
import { distance, goldenCases } from './golden.ts';
import { samplePosters } from './sampled.ts';

describe.each(goldenCases)('on $name, as scikit-learn to 1e-9', ({ yTrue, yScore, expected }) => {
  test('Brier score and log loss over all pairs', () => {
    expect(brierScoreLoss(yTrue, yScore)).toBeCloseTo(expected.brierScore, 9);
    expect(logLoss(yTrue, yScore)).toBeCloseTo(expected.logLoss, 9);
  });

  test.each(Object.keys(expected.reliability))('the reliability diagram and its error, %s bins', (key) => {
    const [strategy, count] = key.split(' ');
    const options = { strategy: strategy as 'uniform' | 'quantile', bins: Number(count) };
    const bins = reliabilityDiagram(yTrue, yScore, options);
    const golden = expected.reliability[key];
    expect(bins.map((bin) => bin.count)).toEqual(golden!.counts);
    for (const side of ['positiveRate', 'meanProbability'] as const) {
      const values = bins.map((bin) => bin[side]);
      expect(distance(values, golden![side]), side).toBeLessThan(1e-9);
    }
    expect(expectedCalibrationError(yTrue, yScore, options)).toBeCloseTo(golden!.error, 9);
  });

  test('the calibration error of each genre, and their mean', () => {
    const errors = expectedCalibrationError(yTrue, yScore, { average: 'none' });
    expect(distance(errors, expected.genreErrors)).toBeLessThan(1e-9);
    const known = expected.genreErrors.filter((error) => error !== null);
    const mean = known.reduce((sum, error) => sum + error, 0) / known.length;
    expect(expectedCalibrationError(yTrue, yScore, { average: 'macro' })).toBeCloseTo(mean, 9);
  });
});

test('certain probabilities that are wrong cost a finite log loss', () => {
  expect(logLoss(matrixFromRows([[1]]), matrixFromRows([[0]]))).toBeCloseTo(52 * Math.LN2, 9);
});

test('probabilities from which the labels were drawn have almost no calibration error', () => {
  const { yTrue, yScore } = samplePosters(5, 4000, 8);
  expect(expectedCalibrationError(yTrue, yScore)).toBeLessThan(0.01);
  const inflated = { ...yScore, data: yScore.data.map((probability) => Math.sqrt(probability)) };
  expect(expectedCalibrationError(yTrue, inflated)).toBeGreaterThan(0.1);
});

test('a bad argument is refused in one sentence', () => {
  const yTrue = matrixFromRows([[1, 0]]);
  expect(() => brierScoreLoss(yTrue, matrixFromRows([[1.5, 0]]))).toThrow(
    'Expected probabilities in [0, 1] for yScore but received 1.5.',
  );
  expect(() => expectedCalibrationError(yTrue, yTrue, { bins: 0 })).toThrow(
    'Expected a positive integer for bins but received 0.',
  );
});
