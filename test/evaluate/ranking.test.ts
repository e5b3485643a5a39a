import { describe, expect, test } from 'vitest';
import {
  averagePrecisionScore,
  matrixFromRows,
  precisionRecallCurve,
  rocAucScore,
  withoutPositives,
} from '../../src/evaluate/index.ts';
import { knownOfGenre, valuesAt } from '../../src/evaluate/matrix.ts';
import { distance, goldenCases } from './golden.ts';

const averages = ['micro', 'macro', 'weighted', 'samples', 'none'] as const;

describe.each(goldenCases)('on $name, as scikit-learn to 1e-9', ({ yTrue, yScore, expected }) => {
  test.each(averages.filter((average) => expected.averagePrecision[average] !== undefined))(
    'average precision by average %s',
    (average) => {
      const score = averagePrecisionScore(yTrue, yScore, { average });
      expect(distance(score, expected.averagePrecision[average]!)).toBeLessThan(1e-9);
    },
  );

  test.each(averages.filter((average) => expected.rocAuc?.[average] !== undefined))(
    'ROC AUC by average %s',
    (average) => {
      const score = rocAucScore(yTrue, yScore, { average });
      expect(distance(score, expected.rocAuc![average]!)).toBeLessThan(1e-9);
    },
  );

  test('the precision-recall curve of the first genre', () => {
    const curve = precisionRecallCurve(
      valuesAt(yTrue.data, knownOfGenre(yTrue, 0)),
      valuesAt(yScore.data, knownOfGenre(yTrue, 0)),
    );
    for (const side of ['precision', 'recall', 'thresholds'] as const)
      expect(distance(curve[side], expected.precisionRecallCurve[side]), side).toBeLessThan(1e-9);
  });
});

test('the golden cases cover ROC AUC, by samples too', () => {
  expect(goldenCases.filter(({ expected }) => expected.rocAuc !== undefined).length).toBeGreaterThanOrEqual(
    4,
  );
  expect(goldenCases.some(({ expected }) => expected.rocAuc?.samples !== undefined)).toBe(true);
});

test('ROC AUC leaves out genres without a positive or a negative, and says so by NaN', () => {
  const yTrue = matrixFromRows([
    [1, 0, 1],
    [0, 0, 1],
  ]);
  const yScore = matrixFromRows([
    [0.9, 0.3, 0.2],
    [0.1, 0.6, 0.4],
  ]);
  expect([...rocAucScore(yTrue, yScore, { average: 'none' })]).toEqual([1, Number.NaN, Number.NaN]);
  expect(rocAucScore(yTrue, yScore, { average: 'macro' })).toBe(1);
  expect(rocAucScore(yTrue, yScore, { average: 'weighted' })).toBe(1);
  const nothing = matrixFromRows([[0], [0]]);
  expect(rocAucScore(nothing, nothing, { average: 'macro' })).toBeNaN();
  expect(withoutPositives(yTrue)).toEqual([1]);
});

test('scores that have no order are refused', () => {
  const yTrue = matrixFromRows([[1], [0]]);
  expect(() =>
    averagePrecisionScore(yTrue, matrixFromRows([[Number.NaN], [0]]), { average: 'macro' }),
  ).toThrow('Expected only finite numbers for yScore but received NaN.');
  expect(() => precisionRecallCurve([1, 0], [0.5])).toThrow('Expected 2 values for yScore but received 1.');
});
