import { expect, test } from 'vitest';
import { findLabelErrors, matrixFromRows, postersByLoss } from '../../src/evaluate/index.ts';
import { Random } from '../../src/random.ts';

test('the example of the documentation holds', () => {
  const yTrue = matrixFromRows([[0], [0], [1], [1]]);
  const { candidates, joints } = findLabelErrors(yTrue, matrixFromRows([[0.1], [0.9], [0.8], [0.6]]));
  expect(candidates).toMatchObject([{ poster: 1, genre: 0, kind: 'missing', probability: 0.9 }]);
  // (0.9 - 0.7) - (0.1 - 0.5)
  expect(candidates[0]!.margin).toBeCloseTo(0.6);
  expect(joints[0]!.thresholds[0]).toBeCloseTo(0.5);
  expect(joints[0]!.thresholds[1]).toBeCloseTo(0.7);
  // Labelled without: one believed, one contradicted. Labelled with: only 0.8 reaches 0.7.
  expect(joints[0]!.counts).toEqual([
    [1, 1],
    [0, 1],
  ]);
  // Half of the two posters without the label, of four posters.
  expect(joints[0]).toMatchObject({ missingRate: 0.25, wrongRate: 0 });
});

test('labels that were flipped on purpose are found by a model that knows better', () => {
  const random = Random.fromSeed(3);
  const posters = 400;
  const truth = Array.from({ length: posters }, () => [0, 1].map(() => Number(random.float() < 0.3)));
  const scores = truth.map((row) =>
    row.map((y) => (y === 1 ? random.uniform(0.6, 0.95) : random.uniform(0.02, 0.35))),
  );
  const flipped = new Set(Array.from({ length: 20 }, () => random.integer(posters * 2)));
  const given = truth.map((row, r) => row.map((y, c) => (flipped.has(r * 2 + c) ? 1 - y : y)));
  const { candidates, joints } = findLabelErrors(matrixFromRows(given), matrixFromRows(scores));
  const found = candidates.map(({ poster, genre }) => poster * 2 + genre);
  expect(found.filter((pair) => !flipped.has(pair))).toEqual([]);
  expect(found.length).toBeGreaterThan(0.4 * flipped.size);
  for (const { poster, genre, kind } of candidates)
    expect(kind).toBe(given[poster]![genre] === 0 ? 'missing' : 'wrong');
  const estimated =
    joints.reduce((sum, { missingRate, wrongRate }) => sum + missingRate! + wrongRate!, 0) / 2;
  expect(estimated).toBeCloseTo(flipped.size / (2 * posters), 2);
});

test('a label of a rare genre is not more doubtful because the genre is seldom likely', () => {
  // The first genre is frequent and well told apart, the second never likely. Both last labels are contradicted.
  const yTrue = matrixFromRows([
    [1, 0],
    [1, 0],
    [0, 0],
    [0, 1],
    [1, 1],
  ]);
  const yScore = matrixFromRows([
    [0.9, 0.02],
    [0.9, 0.02],
    [0.1, 0.02],
    [0.1, 0.04],
    [0.1, 0.01],
  ]);
  const { candidates } = findLabelErrors(yTrue, yScore);
  expect(candidates.map(({ poster, genre, kind }) => [poster, genre, kind])).toEqual([
    [4, 0, 'wrong'],
    [4, 1, 'wrong'],
  ]);
});

test('a genre that no poster or every poster has is left alone', () => {
  const yTrue = matrixFromRows([
    [0, 1],
    [0, 1],
  ]);
  const { candidates, joints } = findLabelErrors(
    yTrue,
    matrixFromRows([
      [0.9, 0.1],
      [0.2, 0.3],
    ]),
  );
  expect(candidates).toEqual([]);
  expect(joints.map(({ missingRate, wrongRate }) => [missingRate, wrongRate])).toEqual([
    [null, null],
    [null, null],
  ]);
});

test('posters are ordered by their log loss, the worst first', () => {
  const order = postersByLoss(matrixFromRows([[1], [1], [0]]), matrixFromRows([[0.9], [0.1], [0.5]]));
  expect(order.map(({ poster }) => poster)).toEqual([1, 2, 0]);
  expect(order[0]!.loss).toBeCloseTo(-Math.log(0.1));
});

test('scores that are no probabilities are refused', () => {
  expect(() => findLabelErrors(matrixFromRows([[1]]), matrixFromRows([[1.5]]))).toThrow(/probabilities/);
});
