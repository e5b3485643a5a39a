import { expect, test } from 'vitest';
import { foldsOf, type Poster, splitDataset } from '../../src/dataset/index.ts';
import { assembleDataset, noFindings } from '../../src/dataset/poster.ts';

const genres = ['Drama', 'Comedy', 'Horror'];

function made(count = 300) {
  const posters = Array.from(
    { length: count },
    (_, i): Poster => ({
      id: `tt${i}`,
      source: { kind: 'file', path: `${i}.jpg` },
      genres: [genres[i % 3]!],
      group: `g${i - (i % 5 === 1 ? 1 : 0)}`,
    }),
  );
  const dataset = assembleDataset('made.csv', posters, noFindings);
  return { dataset, posters, split: splitDataset(dataset, { genres, seed: 2 }) };
}

test('every training poster is held out once; validation and test posters never', () => {
  const { dataset, split } = made();
  const folds = foldsOf(dataset, split, genres, 4);
  const held = folds.flatMap((fold) => [...fold.held]);
  const training = [...split.assignment].filter(([, name]) => name === 'train').map(([id]) => id);
  expect([...held].sort()).toEqual([...training].sort());
  for (const { split: own, held: kept } of folds) {
    for (const [id, name] of own.assignment) {
      expect(name, id).toBe(kept.has(id) ? 'test' : split.assignment.get(id));
    }
    expect(own.hash).not.toBe(split.hash);
  }
});

test('folds are alike in size and genres, and keep groups together', () => {
  const { dataset, posters, split } = made();
  const byId = new Map(posters.map((poster) => [poster.id, poster]));
  const folds = foldsOf(dataset, split, genres, 3);
  const size = folds.reduce((sum, { held }) => sum + held.size, 0) / 3;
  const groups = folds.map(({ held }) => new Set([...held].map((id) => byId.get(id)!.group)));
  for (const { held } of folds) {
    expect(Math.abs(held.size - size) / size).toBeLessThan(0.1);
    for (const genre of genres) {
      const count = [...held].filter((id) => byId.get(id)!.genres?.includes(genre)).length;
      expect(count / held.size).toBeCloseTo(1 / 3, 1);
    }
  }
  for (const group of groups[0]!) expect(groups[1]!.has(group) || groups[2]!.has(group)).toBe(false);
});

test('fewer than two folds are refused with the range', () => {
  const { dataset, split } = made(60);
  expect(() => foldsOf(dataset, split, genres, 1)).toThrow(
    'Expected a number from 2 to 42 for folds but received 1.',
  );
});
