import { expect, test } from 'vitest';
import {
  averagePrecisionScore,
  bootstrapInterval,
  bootstrapMeasures,
  decide,
  matrixFromRows,
  measureNames,
} from '../../src/evaluate/index.ts';
import { Random } from '../../src/random.ts';
import { samplePosters } from './sampled.ts';

test('the interval of a mean is the normal one: 1.96 standard errors to either side', () => {
  const random = Random.fromSeed(4);
  const values = Array.from({ length: 400 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / 400;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 400);
  const weightedMean = (counts: Float64Array) =>
    counts.reduce((sum, count, i) => sum + count * values[i]!, 0) / 400;
  const [low, high] = bootstrapInterval(weightedMean, 400, { resamples: 4000, random });
  const error = (1.96 * deviation) / 20;
  expect(Math.abs(low - (mean - error))).toBeLessThan(0.1 * error);
  expect(Math.abs(high - (mean + error))).toBeLessThan(0.1 * error);
  const [narrowLow, narrowHigh] = bootstrapInterval(weightedMean, 400, { confidence: 0.5, random });
  expect(narrowHigh - narrowLow).toBeLessThan(0.5 * (high - low));
});

test('every resample draws as many posters as there are', () => {
  const totals = new Set<number>();
  bootstrapInterval(
    (counts) => {
      totals.add(counts.reduce((sum, count) => sum + count, 0));
      return 0;
    },
    37,
    { resamples: 20, random: Random.fromSeed(1) },
  );
  expect([...totals]).toEqual([37]);
});

test('resamples on which the statistic is not defined are left out', () => {
  const random = Random.fromSeed(1);
  const sometimes = (counts: Float64Array) => (counts[0] === 0 ? Number.NaN : 3);
  expect(bootstrapInterval(sometimes, 2, { random })).toEqual([3, 3]);
  expect(bootstrapInterval(() => Number.NaN, 2, { random })).toEqual([Number.NaN, Number.NaN]);
});

test('the same seed gives the same intervals and another seed others', () => {
  const { yTrue, yScore } = samplePosters(31, 200, 4);
  const yPred = decide(yScore, Array(4).fill(0.5));
  const run = (seed: number) =>
    bootstrapMeasures(yTrue, yScore, yPred, { resamples: 50, random: Random.fromSeed(seed) });
  expect(run(1)).toEqual(run(1));
  expect(run(1).intervals).not.toEqual(run(2).intervals);
});

test('every measure lies within its interval, and perfect probabilities have no spread', () => {
  const { yTrue, yScore } = samplePosters(32, 400, 4);
  const yPred = decide(yScore, Array(4).fill(0.4));
  const options = { resamples: 200, random: Random.fromSeed(1) };
  const { measures, intervals, averagePrecision, averagePrecisionIntervals } = bootstrapMeasures(
    yTrue,
    yScore,
    yPred,
    options,
  );
  for (const name of measureNames) {
    expect(measures[name], name).toBeGreaterThan(intervals[name][0]);
    expect(measures[name], name).toBeLessThan(intervals[name][1]);
  }
  averagePrecisionIntervals.forEach(([low, high], genre) => {
    expect(averagePrecision[genre]).toBeGreaterThan(low);
    expect(averagePrecision[genre]).toBeLessThan(high);
  });
  const perfect = bootstrapMeasures(yTrue, yTrue, yTrue, options);
  expect(perfect.intervals.microAveragePrecision).toEqual([1, 1]);
});

test('the interval of micro average precision covers the true value about as often as it says', () => {
  const truth = samplePosters(33, 40_000, 3);
  const population = averagePrecisionScore(truth.yTrue, truth.yScore, { average: 'micro' });
  const random = Random.fromSeed(3);
  let covered = 0;
  for (let draw = 0; draw < 40; draw++) {
    const { yTrue, yScore } = samplePosters(1000 + draw, 200, 3);
    const { intervals } = bootstrapMeasures(yTrue, yScore, yTrue, { resamples: 100, random });
    const [low, high] = intervals.microAveragePrecision;
    if (low <= population && population <= high) covered++;
  }
  expect(covered).toBeGreaterThanOrEqual(34);
});

test('1,000 resamples of all measures on 1,000 posters of 19 genres take less than 3 seconds of a core', () => {
  const { yTrue, yScore } = samplePosters(34, 1000, 19);
  const yPred = decide(yScore, Array(19).fill(0.5));
  const start = process.cpuUsage();
  bootstrapMeasures(yTrue, yScore, yPred, { random: Random.fromSeed(1) });
  expect(process.cpuUsage(start).user).toBeLessThan(3e6);
});

test('a bad option is refused in one sentence', () => {
  const random = Random.fromSeed(1);
  expect(() => bootstrapInterval(() => 0, 3, { random, resamples: 0 })).toThrow(
    'Expected a positive integer for resamples but received 0.',
  );
  expect(() => bootstrapInterval(() => 0, 3, { random, confidence: 95 })).toThrow(
    'Expected a number between 0 and 1 for confidence but received 95.',
  );
  expect(() => bootstrapInterval(() => 0, 0, { random })).toThrow('for rows but received 0.');
  const labels = matrixFromRows([[1]]);
  expect(() => bootstrapMeasures(labels, matrixFromRows([[2]]), labels, { random })).toThrow('probabilities');
});
