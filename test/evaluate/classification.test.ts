import { describe, expect, test } from 'vitest';
import {
  accuracyScore,
  f1Score,
  fBetaScore,
  hammingLoss,
  jaccardScore,
  matrixFromRows,
  precisionScore,
  recallScore,
} from '../../src/evaluate/index.ts';
import { distance, goldenCases } from './golden.ts';

const averages = ['micro', 'macro', 'weighted', 'samples', 'none'] as const;

describe.each(goldenCases)('on $name, as scikit-learn to 1e-9', ({ yTrue, yPred, expected }) => {
  test.each(averages)(
    'precision, recall, F-beta and Jaccard by average %s, with both zero divisions',
    (average) => {
      for (const zeroDivision of [0, 1] as const) {
        const options = { average, zeroDivision };
        const scores = {
          precision: precisionScore(yTrue, yPred, options),
          recall: recallScore(yTrue, yPred, options),
          f1: f1Score(yTrue, yPred, options),
          'f0.5': fBetaScore(yTrue, yPred, { ...options, beta: 0.5 }),
          f2: fBetaScore(yTrue, yPred, { ...options, beta: 2 }),
          jaccard: jaccardScore(yTrue, yPred, options),
        };
        for (const [name, score] of Object.entries(scores))
          expect(
            distance(score, expected[name as keyof typeof scores][zeroDivision][average]),
            `${name}, zero division ${zeroDivision}`,
          ).toBeLessThan(1e-9);
      }
    },
  );

  test('Hamming loss and subset accuracy', () => {
    expect(hammingLoss(yTrue, yPred)).toBeCloseTo(expected.hammingLoss, 9);
    expect(accuracyScore(yTrue, yPred)).toBeCloseTo(expected.accuracy, 9);
  });
});

test('an infinite beta is recall and a beta of 0 is precision', () => {
  const { yTrue, yPred } = goldenCases[0]!;
  const options = { average: 'none' } as const;
  expect(fBetaScore(yTrue, yPred, { ...options, beta: Infinity })).toEqual(
    recallScore(yTrue, yPred, options),
  );
  const precision = precisionScore(yTrue, yPred, options);
  expect(distance(fBetaScore(yTrue, yPred, { ...options, beta: 0 }), precision)).toBeLessThan(1e-12);
});

test('a bad argument is refused in one sentence', () => {
  const labels = matrixFromRows([[1, 0]]);
  const options = { average: 'micro' } as const;
  expect(() => f1Score(labels, matrixFromRows([[1, 0, 0]]), options)).toThrow(
    'Expected the shape [1, 2] of yTrue for yPred but received [1, 3].',
  );
  expect(() => f1Score(labels, matrixFromRows([[0.4, 0]]), options)).toThrow(
    'Expected only 0 and 1 for yPred but received 0.4.',
  );
  expect(() => f1Score(matrixFromRows([]), matrixFromRows([]), options)).toThrow(
    'Expected at least one poster and one genre for yTrue but received [0, 0].',
  );
  expect(() => f1Score({ ...labels, data: new Uint8Array(3) }, labels, options)).toThrow(
    'Expected 2 values for yTrue but received 3.',
  );
  expect(() => fBetaScore(labels, labels, { ...options, beta: -1 })).toThrow(
    'Expected a number of at least 0 for beta but received -1.',
  );
  expect(() => matrixFromRows([[1, 0], [1]])).toThrow('Expected 2 values for row 1 but received 1.');
});
