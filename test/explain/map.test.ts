import { expect, test } from 'vitest';
import { displayValues, resizeGrid } from '../../src/explain/index.ts';
import { spreadGrid } from '../../src/explain/map.ts';

test('a grid is enlarged bilinearly with pixel centres at halves', () => {
  const { values } = resizeGrid(
    { height: 1, width: 2, values: Float32Array.of(0, 4) },
    { height: 1, width: 4 },
  );
  expect([...values]).toEqual([0, 1, 3, 4]);
});

test('spreading a grid over more pixels keeps its sum', () => {
  const grid = { height: 3, width: 2, values: Float32Array.of(1, -2, 3, 5, 0.5, 7) };
  const { values } = spreadGrid(grid, { height: 12, width: 8 });
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(14.5, 4);
});

test('what is drawn goes from 0 to 1; what speaks against the genre is not drawn', () => {
  expect([...displayValues({ values: Float32Array.of(-1, 0, 1, 4) })]).toEqual([0, 0, 0.25, 1]);
  expect([...displayValues({ values: Float32Array.of(-1, -2) })]).toEqual([0, 0]);
});
