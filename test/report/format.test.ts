import { expect, test } from 'vitest';
import { figuresIn, isNumeric, languages } from '../../src/report/format.ts';

const en = figuresIn('en');
const de = figuresIn('de');

test('numbers that are not defined are dashes, in every language', () => {
  for (const language of languages) {
    const { percent, decimal, signed } = figuresIn(language);
    expect([percent(null), decimal(Number.NaN), signed(undefined)]).toEqual(['–', '–', '–']);
  }
});

test('each language writes numbers in its own way', () => {
  expect([en.percent(0.1234), de.percent(0.1234)]).toEqual(['12.3%', '12,3\u00a0%']);
  expect([en.decimal(0.5, 2), de.decimal(0.5, 2)]).toEqual(['0.50', '0,50']);
  expect([en.signed(-0.5, 1), en.signed(0.5, 1), de.signed(-0.5, 1)]).toEqual(['−0.5', '+0.5', '−0,5']);
  expect([en.whole(12_345), de.whole(12_345)]).toEqual(['12,345', '12.345']);
  expect([en.interval([0.1, null], 1), de.interval([0.1, 0.2], 1)]).toEqual(['0.1 to –', '0,1 bis 0,2']);
});

test('numbers of a recipe are as short as they can be', () => {
  expect([en.plain(0.004), en.plain(1e-8), en.plain(0.1 + 0.2), de.plain(0.05)]).toEqual([
    '0.004',
    '1 · 10^−8',
    '0.3',
    '0,05',
  ]);
});

test('durations are in the unit that reads best', () => {
  expect([3.21, 45, 600, 7200].map((seconds) => en.duration(seconds))).toEqual([
    '3.2 s',
    '45 s',
    '10 min',
    '2.0 h',
  ]);
  expect(de.duration(3.21)).toBe('3,2 s');
});

test('lists end in "and", and what is beyond the most is counted', () => {
  expect(en.listed(['a', 'b', 'c'])).toBe('a, b and c');
  expect(en.listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  expect(de.listed(['a', 'b'])).toBe('a und b');
  expect(en.listed([])).toBe('');
});

test('a column is numeric when all of it is numbers, intervals and dashes, in either language', () => {
  expect(
    isNumeric(
      [
        ['a', '0.1 to 0.2'],
        ['b', '–'],
        ['c', '12%'],
      ],
      1,
    ),
  ).toBe(true);
  expect(
    isNumeric(
      [
        ['a', '0,1 bis 0,2'],
        ['b', '−1.234'],
      ],
      1,
    ),
  ).toBe(true);
  expect(
    isNumeric(
      [
        ['a', '0.1'],
        ['b', 'never'],
      ],
      1,
    ),
  ).toBe(false);
  expect(isNumeric([['1'], ['2']], 0)).toBe(false);
});
