import { expect, test } from 'vitest';
import { cropLine, extentOf, turned } from '../../src/read/crop.ts';
import type { Quadrilateral } from '../../src/read/rectangle.ts';

/** Red grows to the right, green downward. */
function slope(width: number, height: number) {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([2 * x, 2 * y, 7], 3 * (y * width + x));
  return { width, height, data };
}

const box = (left: number, top: number, right: number, bottom: number): Quadrilateral => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

test('a line is 48 pixels high and as long as its proportions say, at most 1600', () => {
  const picture = slope(120, 120);
  const sizes = [box(10, 10, 70, 34), box(0, 0, 96, 96), box(5, 5, 115, 7)].map((place) => {
    const { width, height } = cropLine(picture, place);
    return [width, height];
  });
  expect(sizes).toEqual([
    [120, 48],
    [48, 48],
    [1600, 48],
  ]);
});

test('a level box keeps its colours, enlarged and reduced', () => {
  for (const place of [box(20, 30, 68, 54), box(10, 10, 110, 106)]) {
    const { width, data } = cropLine(slope(120, 120), place);
    const [[left, top], , [right, bottom]] = place;
    const middle = [...data.subarray(3 * (24 * width + width / 2), 3 * (24 * width + width / 2) + 3)];
    const expected = [left + right, top + bottom, 7];
    middle.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(3));
  }
});

test('a turned box runs to the right along its first side', () => {
  // From the lower left to the upper right of the picture.
  const place: Quadrilateral = [
    [30, 70],
    [70, 30],
    [84, 44],
    [44, 84],
  ];
  const { width, data } = cropLine(slope(120, 120), place);
  const at = (column: number, row: number) => [...data.subarray(3 * (row * width + column)).slice(0, 2)];
  const [start, end] = [at(3, 24), at(width - 4, 24)];
  expect(end[0]! - start[0]!).toBeGreaterThan(60);
  expect(start[1]! - end[1]!).toBeGreaterThan(60);
});

test('what was a rectangle in perspective is one again, its middle where the diagonals cross', () => {
  const place: Quadrilateral = [
    [20, 20],
    [100, 40],
    [100, 80],
    [20, 100],
  ];
  const { width, data } = cropLine(slope(120, 120), place);
  const red = data[3 * (24 * width + Math.floor(width / 2))]! / 2;
  // The diagonals cross at x = 73, while the middles of the sides are 60 apart from the left.
  expect(Math.abs(red - 220 / 3)).toBeLessThan(1.5);
});

test('a reduced line has as much left over at its start as at its end', () => {
  // 101 columns become 50.5, which is 51: half a column more than there is.
  const { width, data } = cropLine(slope(120, 120), box(0, 0, 101, 96));
  const row = (column: number): number => data[3 * (24 * width + column)]! / 2;
  expect(width).toBe(51);
  expect(Math.abs((row(10) + row(40)) / 2 - 50)).toBeLessThan(0.6);
});

test('beyond the edges of the picture it goes on as at them', () => {
  const { data } = cropLine(slope(20, 20), box(-30, -30, -10, -10));
  expect([...data.subarray(0, 3)]).toEqual([0, 0, 7]);
});

test('a tall box is turned by a quarter either way', () => {
  const tall = box(10, 10, 20, 70);
  expect(extentOf(tall)).toEqual([10, 60]);
  expect(extentOf(turned(tall, 'down'))).toEqual([60, 10]);
  expect(turned(tall, 'down')[0]).toEqual([20, 10]);
  expect(turned(tall, 'up')[0]).toEqual([10, 70]);
});
