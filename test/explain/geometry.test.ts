import { expect, test } from 'vitest';
import { type AttributionMap, mapOnPoster } from '../../src/explain/index.ts';
import { encodeImage, preparePixels, resizeRule } from '../../src/image/index.ts';

/** A poster that is black but for a white square. */
async function posterWithSquare(height: number, width: number, top: number, left: number, side: number) {
  const data = new Uint8Array(height * width * 3);
  for (let y = top; y < top + side; y++)
    data.fill(255, (y * width + left) * 3, (y * width + left + side) * 3);
  return encodeImage({ height, width, data }, { format: 'png' });
}

/** Centre of mass. */
function centreOf({ height, width, values }: Pick<AttributionMap, 'height' | 'width' | 'values'>) {
  let [total, y, x] = [0, 0, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column]!;
      total += value;
      y += value * (row + 0.5);
      x += value * (column + 0.5);
    }
  }
  return { y: y / total, x: x / total, total };
}

test.each([
  ['fill', 300, 100],
  ['contain', 300, 100],
  ['contain', 90, 241],
  ['cover', 300, 150],
  ['cover', 120, 201],
] as const)(
  'what is seen in the input under %s lies on a %i x %i poster where it was',
  async (fit, height, width) => {
    const [top, left, side] = [Math.round(height * 0.45), Math.round(width * 0.4), 20];
    const bytes = await posterWithSquare(height, width, top, left, side);
    const rule = resizeRule({ height: 60, width: 40, fit, kernel: 'linear' });
    const pixels = await preparePixels({ kind: 'bytes', bytes, name: 'square' }, rule);
    const values = Float32Array.from({ length: 60 * 40 }, (_, at) => pixels[at * 3]!);
    const map = { height: 60, width: 40, values, genre: 'Square', method: 'occlusion' } as const;
    const mapped = mapOnPoster(map, rule, { height, width });
    expect(mapped).toMatchObject({ height, width, genre: 'Square' });
    const centre = centreOf(mapped);
    const pixel = Math.max(height / 60, width / 40);
    expect(Math.abs(centre.y - (top + side / 2))).toBeLessThan(0.6 * pixel);
    expect(Math.abs(centre.x - (left + side / 2))).toBeLessThan(0.6 * pixel);
  },
);

test('what cover crops away is 0, and all that contain shows is kept', () => {
  const ones = new Float32Array(60 * 40).fill(1);
  const map = { height: 60, width: 40, values: ones, genre: 'Any', method: 'rise' } as const;
  const wide = { height: 60, width: 80 };
  const cover = mapOnPoster(map, resizeRule({ height: 60, width: 40, fit: 'cover' }), wide);
  const row = [...cover.values.subarray(0, 80)];
  expect(row.slice(0, 20).every((value) => value === 0)).toBe(true);
  expect(row.slice(20, 60).every((value) => value === 1)).toBe(true);
  expect(row.slice(60).every((value) => value === 0)).toBe(true);
  const contain = mapOnPoster(map, resizeRule({ height: 60, width: 40, fit: 'contain' }), wide);
  expect(contain.values.every((value) => value > 0)).toBe(true);
});

test('stretching keeps the sum of a map', () => {
  const values = Float32Array.from({ length: 60 * 40 }, (_, at) => Math.sin(at) + 0.5);
  const map = { height: 60, width: 40, values, genre: 'Any', method: 'hirescam' } as const;
  const twice = mapOnPoster(map, resizeRule({ height: 60, width: 40 }), { height: 120, width: 80 });
  expect(centreOf(twice).total).toBeCloseTo(centreOf(map).total, 2);
});
