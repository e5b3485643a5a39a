import { expect, test } from 'vitest';
import { matrixFromRows } from '../../src/evaluate/index.ts';
import { confusion, coOccurrence, largestPairs } from '../../src/report/relations.ts';

const yTrue = matrixFromRows([
  [1, 1, 0, 0],
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [1, 1, 1, 0],
]);

test('co-occurrence is the share of the posters with one genre that also have the other', () => {
  const shares = coOccurrence(yTrue);
  expect(shares[0]).toEqual([null, 2 / 3, 1 / 3, 0]);
  expect(shares[2]).toEqual([1, 1, null, 0]);
});

test('a genre that no poster has stands with nothing', () => {
  expect(coOccurrence(yTrue)[3]).toEqual([null, null, null, null]);
  expect(confusion(yTrue, yTrue)[3]).toEqual([null, null, null, null]);
});

test('confusion counts a genre that was missed while another was given wrongly', () => {
  const yPred = matrixFromRows([
    [0, 1, 1, 0], // misses the first, gives the third wrongly
    [1, 0, 0, 0],
    [0, 0, 0, 0], // misses the second and gives nothing
    [0, 1, 1, 0], // misses the first, gives nothing wrongly
  ]);
  const shares = confusion(yTrue, yPred);
  expect(shares[0]).toEqual([null, 0, 1 / 3, 0]);
  expect(shares[1]).toEqual([0, null, 0, 0]);
});

test('the largest pairs come first, and zeros not at all', () => {
  expect(largestPairs(coOccurrence(yTrue), ['a', 'b', 'c', 'd'], 2)).toEqual([
    { row: 'c', column: 'a', share: 1 },
    { row: 'c', column: 'b', share: 1 },
  ]);
  expect(
    largestPairs(
      [
        [null, 0],
        [0, null],
      ],
      ['a', 'b'],
      5,
    ),
  ).toEqual([]);
});
