import { describe, expect, test } from 'vitest';
import {
  accuracyScore,
  averagePrecisionScore,
  brierScoreLoss,
  computeMeasures,
  coverageError,
  f1Score,
  hammingLoss,
  jaccardScore,
  labelRankingAveragePrecisionScore,
  labelRankingLoss,
  logLoss,
  type Matrix,
  type MeasureName,
  measureNames,
  precisionAtK,
  precisionScore,
  recallScore,
  rocAucScore,
} from '../../src/evaluate/index.ts';
import { prepareMeasures } from '../../src/evaluate/measures.ts';
import { Random } from '../../src/random.ts';
import { distance, goldenCases } from './golden.ts';
import { samplePosters, takePosters } from './sampled.ts';

/** Each headline measure by the function that the golden cases hold to scikit-learn. */
const byName: Record<MeasureName, (yTrue: Matrix, yScore: Matrix, yPred: Matrix) => number> = {
  microAveragePrecision: (yTrue, yScore) => averagePrecisionScore(yTrue, yScore, { average: 'micro' }),
  macroAveragePrecision: (yTrue, yScore) => averagePrecisionScore(yTrue, yScore, { average: 'macro' }),
  macroRocAuc: (yTrue, yScore) => rocAucScore(yTrue, yScore, { average: 'macro' }),
  labelRankingAveragePrecision: labelRankingAveragePrecisionScore,
  precisionAt1: (yTrue, yScore) => precisionAtK(yTrue, yScore, 1),
  precisionAt3: (yTrue, yScore) => precisionAtK(yTrue, yScore, 3),
  coverageError,
  labelRankingLoss,
  brierScoreLoss,
  logLoss,
  microPrecision: (yTrue, _, yPred) => precisionScore(yTrue, yPred, { average: 'micro' }),
  microRecall: (yTrue, _, yPred) => recallScore(yTrue, yPred, { average: 'micro' }),
  microF1: (yTrue, _, yPred) => f1Score(yTrue, yPred, { average: 'micro' }),
  macroPrecision: (yTrue, _, yPred) => precisionScore(yTrue, yPred, { average: 'macro' }),
  macroRecall: (yTrue, _, yPred) => recallScore(yTrue, yPred, { average: 'macro' }),
  macroF1: (yTrue, _, yPred) => f1Score(yTrue, yPred, { average: 'macro' }),
  samplesF1: (yTrue, _, yPred) => f1Score(yTrue, yPred, { average: 'samples' }),
  samplesJaccard: (yTrue, _, yPred) => jaccardScore(yTrue, yPred, { average: 'samples' }),
  subsetAccuracy: (yTrue, _, yPred) => accuracyScore(yTrue, yPred),
  hammingLoss: (yTrue, _, yPred) => hammingLoss(yTrue, yPred),
};

describe.each(goldenCases)('on $name', ({ yTrue, yScore, yPred }) => {
  test('every headline measure equals the function of its name', () => {
    const { measures, averagePrecision } = computeMeasures(yTrue, yScore, yPred);
    for (const name of measureNames) {
      const expected = byName[name](yTrue, yScore, yPred);
      if (Number.isNaN(expected)) expect(measures[name], name).toBeNaN();
      else expect(measures[name], name).toBeCloseTo(expected, 12);
    }
    const genres = averagePrecisionScore(yTrue, yScore, { average: 'none' });
    const defined = Array.from(genres, (value) => (Number.isNaN(value) ? null : value));
    expect(distance(averagePrecision, defined)).toBeLessThan(1e-12);
  });
});

test('multiplicities measure the same as posters that are really repeated and left out', () => {
  const { yTrue, yScore } = samplePosters(21, 90, 5);
  const rounded = { ...yScore, data: yScore.data.map((score) => Math.round(score * 20) / 20) };
  const yPred = { ...yScore, data: yScore.data.map((score) => (score > 0.5 ? 1 : 0)) };
  const random = Random.fromSeed(2);
  const draws = Array.from({ length: 90 }, () => random.integer(90));
  const counts = new Float64Array(90);
  for (const poster of draws) counts[poster]!++;
  const weighted = prepareMeasures(yTrue, rounded, yPred)(counts);
  const [t, s, p] = [takePosters(yTrue, draws), takePosters(rounded, draws), takePosters(yPred, draws)];
  for (const name of measureNames)
    expect(weighted.measures[name], name).toBeCloseTo(byName[name](t, s, p), 12);
});
