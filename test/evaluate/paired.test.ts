import { expect, test } from 'vitest';
import { compareMeasures, type Matrix, measureNames } from '../../src/evaluate/index.ts';
import { Random } from '../../src/random.ts';

const [rows, columns] = [200, 3];

function matrix(value: (i: number) => number): Matrix<Float64Array> {
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, (_, i) => value(i)) };
}

const random = Random.fromSeed(1);
const yTrue = matrix(() => Number(random.float() < 0.4));

/** Scores that know the truth to some degree, from 0 to 1. */
function modelOf(knowledge: number, noise: Random) {
  const yScore = matrix((i) => knowledge * (0.2 + 0.6 * yTrue.data[i]!) + (1 - knowledge) * noise.float());
  return { yScore, yPred: matrix((i) => Number(yScore.data[i]! > 0.5)) };
}

test('a model against itself differs in nothing', () => {
  const model = modelOf(0.5, Random.fromSeed(2));
  const differences = compareMeasures(yTrue, model, model, { random: Random.fromSeed(0), resamples: 50 });
  for (const name of measureNames)
    expect(differences[name]).toEqual({ difference: 0, interval: [0, 0], exceedsNoise: false });
});

test('a far better model exceeds the noise, in the direction of second less first', () => {
  const [weak, strong] = [modelOf(0.2, Random.fromSeed(2)), modelOf(0.9, Random.fromSeed(3))];
  const differences = compareMeasures(yTrue, weak, strong, { random: Random.fromSeed(0), resamples: 200 });
  expect(differences.microAveragePrecision.exceedsNoise).toBe(true);
  expect(differences.microAveragePrecision.interval[0]).toBeGreaterThan(0);
  expect(differences.hammingLoss.difference).toBeLessThan(0);
  expect(differences.hammingLoss.exceedsNoise).toBe(true);
});

test('two models of equal knowledge seldom do, as a 95% interval promises', () => {
  const beyond = Array.from({ length: 60 }, (_, i) => Random.fromSeed(100).split(i)).filter((seed) => {
    const [one, other] = [modelOf(0.3, seed.split('one')), modelOf(0.3, seed.split('other'))];
    const options = { random: seed.split('resamples'), resamples: 100 };
    return compareMeasures(yTrue, one, other, options).microAveragePrecision.exceedsNoise;
  });
  expect(beyond.length).toBeLessThanOrEqual(9);
});

test('of several seeds the means are compared, and their choice widens the interval', () => {
  const seeds = [0.2, 0.5, 0.8].map((knowledge, i) => modelOf(knowledge, Random.fromSeed(10 + i)));
  const base = modelOf(0.5, Random.fromSeed(20));
  const options = () => ({ random: Random.fromSeed(0), resamples: 200 });
  const together = compareMeasures(yTrue, base, seeds, options());
  const apart = seeds.map((seed) => compareMeasures(yTrue, base, seed, options()));
  const widthOf = ([low, high]: readonly [number, number]) => high - low;
  for (const name of ['microAveragePrecision', 'hammingLoss'] as const) {
    const mean = apart.reduce((sum, each) => sum + each[name].difference, 0) / apart.length;
    expect(together[name].difference).toBeCloseTo(mean, 10);
  }
  expect(widthOf(together.microAveragePrecision.interval)).toBeGreaterThan(
    2 * widthOf(apart[1]!.microAveragePrecision.interval),
  );
});

test('a list of one model is that model', () => {
  const [one, other] = [modelOf(0.3, Random.fromSeed(2)), modelOf(0.6, Random.fromSeed(3))];
  const options = () => ({ random: Random.fromSeed(0), resamples: 40 });
  expect(compareMeasures(yTrue, [one], [other], options())).toEqual(
    compareMeasures(yTrue, one, other, options()),
  );
});
