import { expect, test } from 'vitest';
import { findRegions } from '../../src/read/regions.ts';

/** `#` is likely lettering, a digit so many tenths. */
function mapOf(rows: readonly string[]): Float32Array {
  return Float32Array.from(rows.join(''), (sign) =>
    sign === '#' ? 1 : sign === '.' ? 0 : Number(sign) / 10,
  );
}

test('pixels hang together along sides and corners, and each region has the ends of its rows', () => {
  const map = mapOf([
    '##...', //
    '..#..',
    '.....',
    '#5.##',
  ]);
  const regions = findRegions(map, 5, 4, 0.3);
  expect(regions).toEqual([
    { ends: [0, 0, 1, 0, 2, 1, 2, 1], area: 3, score: 1 },
    { ends: [0, 3, 1, 3], area: 2, score: 0.75 },
    { ends: [3, 3, 4, 3], area: 2, score: 1 },
  ]);
});

test('a ring is one region, whatever lies within it is another', () => {
  const map = mapOf([
    '#####', //
    '#...#',
    '#.#.#',
    '#...#',
    '#####',
  ]);
  expect(findRegions(map, 5, 5, 0.3).map(({ area }) => area)).toEqual([16, 1]);
});

test('all of the map may be one region, and nothing of it', () => {
  expect(findRegions(new Float32Array(12).fill(0.4), 4, 3, 0.3).map(({ area }) => area)).toEqual([12]);
  expect(findRegions(new Float32Array(12).fill(0.25), 4, 3, 0.3)).toEqual([]);
});
