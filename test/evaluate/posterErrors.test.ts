import { expect, test } from 'vitest';
import {
  doubtLabels,
  formatDoubts,
  formatLosses,
  highestLosses,
  matrixFromRows,
  type NamedScores,
  stackScores,
} from '../../src/evaluate/index.ts';

const genres = ['Drama', 'Horror'];

/** a and b are labelled without Drama, c and d with it; b looks like Drama and d does not. All lack Horror. */
const scores: NamedScores = {
  ids: ['a', 'b', 'c', 'd'],
  yTrue: matrixFromRows([
    [0, 0],
    [0, 0],
    [1, 0],
    [1, 0],
  ]),
  yScore: matrixFromRows([
    [0.1, 0.1],
    [0.9, 0.2],
    [0.8, 0.1],
    [0.2, 0.1],
  ]),
};

test('the posters with the highest loss are named with their true and likeliest genres, the worst first', () => {
  const losses = highestLosses(scores, genres, 2);
  expect(losses.map(({ id, genres: own }) => [id, own])).toEqual([
    ['b', []],
    ['d', ['Drama']],
  ]);
  expect(losses[0]!.likeliest).toEqual([
    { label: 'Drama', probability: 0.9 },
    { label: 'Horror', probability: 0.2 },
  ]);
  expect(losses[0]!.logLoss).toBeCloseTo(-(Math.log(0.1) + Math.log(0.8)) / 2);
});

test('labels that the model contradicts are named by kind and counted by genre', () => {
  const doubts = doubtLabels(scores, genres, 5);
  expect(doubts).toMatchObject({ posters: 4, labels: 8, doubted: 2 });
  expect(doubts.missing).toEqual([{ id: 'b', genres: [], genre: 'Drama', probability: 0.9 }]);
  expect(doubts.wrong).toEqual([{ id: 'd', genres: ['Drama'], genre: 'Drama', probability: 0.2 }]);
  expect(doubts.genres).toEqual([
    { genre: 'Drama', without: 2, missing: 1, with: 2, wrong: 1 },
    { genre: 'Horror', without: 4, missing: 0, with: 0, wrong: 0 },
  ]);
});

test('no more labels are named than asked for, and all are counted', () => {
  const none = doubtLabels(scores, genres, 0);
  expect([none.missing, none.wrong, none.doubted]).toEqual([[], [], 2]);
});

test('no genre fills a list: at most a fifth of it is of one genre', () => {
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const doubts = doubtLabels(
    {
      ids: rows.map(String),
      yTrue: matrixFromRows(rows.map((i) => [Number(i < 4), Number(i < 4)])),
      yScore: matrixFromRows(
        rows.map((i) => [i < 4 || i % 3 === 0 ? 0.9 : 0.1, i < 4 || i === 5 ? 0.5 : 0.1]),
      ),
    },
    genres,
    10,
  );
  expect(doubts.missing.map(({ genre }) => genre)).toEqual(['Drama', 'Drama', 'Horror']);
  expect(doubts.genres[0]!.missing).toBe(12);
});

test('posters of two sources are one set, and a poster of both counts as in the first', () => {
  const other: NamedScores = {
    ids: ['d', 'e'],
    yTrue: matrixFromRows([
      [1, 1],
      [0, 1],
    ]),
    yScore: matrixFromRows([
      [0.7, 0.7],
      [0.3, 0.6],
    ]),
  };
  const stacked = stackScores([other, scores]);
  expect(stacked.ids).toEqual(['d', 'e', 'a', 'b', 'c']);
  expect(Array.from(stacked.yScore.data.slice(0, 6))).toEqual([0.7, 0.7, 0.3, 0.6, 0.1, 0.1]);
  expect(Array.from(stacked.yTrue.data.slice(0, 4))).toEqual([1, 1, 0, 1]);
});

test('people read tables of both', () => {
  expect(formatLosses(highestLosses(scores, genres, 1), 'test posters')).toBe(
    [
      'The test posters with the highest log loss, which are worth a look:',
      '',
      'poster  true genres  likeliest by the model   log loss',
      'b       none         Drama 90 %, Horror 20 %     1.263',
    ].join('\n'),
  );
  const text = formatDoubts(doubtLabels(scores, genres, 5));
  expect(text).toContain('2 of 8 on 4 posters (25 %)');
  expect(text).toMatch(/poster +labelled +may be wrong +probability\nd +Drama +Drama +20 %$/);
});
