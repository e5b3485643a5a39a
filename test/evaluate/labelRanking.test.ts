import { describe, expect, test } from 'vitest';
import {
  coverageError,
  labelRankingAveragePrecisionScore,
  labelRankingLoss,
  matrixFromRows,
  precisionAtK,
} from '../../src/evaluate/index.ts';
import { goldenCases } from './golden.ts';

describe.each(goldenCases)('on $name, as scikit-learn to 1e-9', ({ yTrue, yScore, expected }) => {
  test('label-ranking average precision and coverage error', () => {
    expect(labelRankingAveragePrecisionScore(yTrue, yScore)).toBeCloseTo(
      expected.labelRankingAveragePrecision,
      9,
    );
    expect(coverageError(yTrue, yScore)).toBeCloseTo(expected.coverageError, 9);
  });

  test.skipIf(expected.labelRankingLoss === undefined)(
    'label-ranking loss (scikit-learn has none for a single genre)',
    () => {
      expect(labelRankingLoss(yTrue, yScore)).toBeCloseTo(expected.labelRankingLoss!, 9);
    },
  );

  test('precision at k is the mean over every order of the ties', () => {
    for (const [k, value] of Object.entries(expected.precisionAtK))
      expect(precisionAtK(yTrue, yScore, Number(k)), `k = ${k}`).toBeCloseTo(value, 9);
  });
});

test('a single genre cannot be ranked wrongly', () => {
  expect(labelRankingLoss(matrixFromRows([[1], [0]]), matrixFromRows([[0.1], [0.9]]))).toBe(0);
});

test('with fewer genres than k the empty places count as wrong', () => {
  expect(precisionAtK(matrixFromRows([[1, 1]]), matrixFromRows([[0.4, 0.5]]), 4)).toBe(0.5);
});

test('precision at k refuses a k that is not a positive integer', () => {
  const { yTrue, yScore } = goldenCases[0]!;
  expect(() => precisionAtK(yTrue, yScore, 0)).toThrow('Expected a positive integer for k but received 0.');
  expect(() => precisionAtK(yTrue, yScore, 1.5)).toThrow('received 1.5');
});
