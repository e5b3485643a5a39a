import { expect, test } from 'vitest';
import { cornersOf, grow, smallestRectangle } from '../../src/read/rectangle.ts';

/** All pixels of a rectangle that is turned by an angle about a centre, row by row. */
function turnedPixels(
  [x, y]: readonly [number, number],
  along: number,
  across: number,
  degrees: number,
): number[] {
  const [ux, uy] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const ends: number[] = [];
  for (let row = 0; row < 200; row++)
    for (let column = 0; column < 200; column++) {
      const [dx, dy] = [column - x, row - y];
      if (Math.abs(dx * ux + dy * uy) <= along / 2 && Math.abs(dy * ux - dx * uy) <= across / 2)
        ends.push(column, row);
    }
  return ends;
}

test('a level box has the corners of its outermost pixels, clockwise from the upper left', () => {
  const corners = cornersOf(smallestRectangle([3, 2, 9, 2, 3, 3, 9, 3, 3, 6, 9, 6]));
  expect(corners).toEqual([
    [3, 2],
    [9, 2],
    [9, 6],
    [3, 6],
  ]);
});

test.each([0, 10, 37, -25, 80])('a box turned by %i degrees is found to about a pixel', (degrees) => {
  const { centre, size, direction } = smallestRectangle(turnedPixels([100, 90], 120, 30, degrees));
  const [long, short] = [Math.max(...size), Math.min(...size)];
  expect(Math.hypot(centre[0] - 100, centre[1] - 90)).toBeLessThan(1);
  expect(Math.abs(long - 120)).toBeLessThan(2);
  expect(Math.abs(short - 30)).toBeLessThan(2);
  const angle = (Math.atan2(direction[1], direction[0]) * 180) / Math.PI;
  const off = (((angle - degrees) % 90) + 90) % 90;
  expect(Math.min(off, 90 - off)).toBeLessThan(1.5);
});

test('one pixel and a row of them are rectangles without extent across', () => {
  expect(smallestRectangle([4, 5, 4, 5]).size).toEqual([0, 0]);
  const [along, across] = smallestRectangle([2, 5, 9, 5]).size;
  expect([Math.max(along, across), Math.min(along, across)]).toEqual([7, 0]);
});

test('a rectangle grows on every side by area times ratio over its outline', () => {
  const outline = grow({ centre: [50, 50], direction: [1, 0], size: [60, 20] }, 1.5);
  const by = (60 * 20 * 1.5) / 160;
  const grown = cornersOf(smallestRectangle(outline)).flat();
  const expected = [20 - by, 40 - by, 80 + by, 40 - by, 80 + by, 60 + by, 20 - by, 60 + by];
  expect(Math.max(...grown.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThanOrEqual(0.5);
  expect(outline.every(Number.isInteger)).toBe(true);
});

test('a rectangle without extent has an outline too', () => {
  const outline = grow({ centre: [5, 6], direction: [1, 0], size: [0, 0] }, 1.5);
  expect(smallestRectangle(outline).size).toEqual([0, 0]);
});
