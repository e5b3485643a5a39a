import { expect, test } from 'vitest';
import { type AttributionMap, colourTable, overlay, posterOverlay } from '../../src/explain/index.ts';
import { decodeImage, encodeImage, resizeRule } from '../../src/image/index.ts';

/** A map that is strong in its right half. */
function rightHalf(height: number, width: number): AttributionMap {
  const values = Float32Array.from({ length: height * width }, (_, at) => (at % width < width / 2 ? 0 : 2));
  return { height, width, values, genre: 'Any', method: 'gradcam' };
}

function plain(height: number, width: number, level: number) {
  return { height, width, data: new Uint8Array(height * width * 3).fill(level) };
}

/** Lightness L* (CIE 1976) of an sRGB colour. */
function lightnessOf(colour: ArrayLike<number>): number {
  const [red, green, blue] = Array.from(colour, (value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

test.each(['inferno', 'viridis'] as const)('the lightness of %s grows evenly from end to end', (name) => {
  const table = colourTable(name);
  const lightness = Array.from({ length: 256 }, (_, level) =>
    lightnessOf(table.subarray(level * 3, level * 3 + 3)),
  );
  const whole = lightness[255]! - lightness[0]!;
  expect(whole).toBeGreaterThan(70);
  for (let level = 32; level < 256; level += 32) {
    const step = (lightness[level]! - lightness[level - 32]!) / whole;
    expect(step).toBeGreaterThan(0.08); // 1/8 would be perfectly even
    expect(step).toBeLessThan(0.17);
  }
});

test.each([0, 255])('strong places stand out from weak ones on a poster of level %i', (level) => {
  const { data } = overlay(plain(20, 20, level), rightHalf(20, 20), { contour: false });
  const at = (x: number) => lightnessOf(data.subarray((10 * 20 + x) * 3, (10 * 20 + x) * 3 + 3));
  expect(at(15) - at(4)).toBeGreaterThan(15);
});

test('the contour runs where the map crosses half its strength, white within and black without', () => {
  const { data } = overlay(plain(20, 20, 128), rightHalf(20, 20));
  const row = Array.from({ length: 20 }, (_, x) => data[(10 * 20 + x) * 3]);
  expect(row[10]).toBe(255);
  expect(row[9]).toBe(0);
  expect(row.filter((value) => value === 255)).toHaveLength(1);
  expect(row.filter((value) => value === 0)).toHaveLength(1);
});

test('an empty map leaves the poster in grey', () => {
  const map = { ...rightHalf(8, 8), values: new Float32Array(64).fill(-1) };
  const { data } = overlay(plain(8, 8, 255), map);
  expect(new Set(data)).toEqual(new Set([190]));
});

test('a poster gets its overlay in its own proportions, no larger than asked for', async () => {
  const bytes = await encodeImage(plain(300, 200, 90), { format: 'png' });
  const source = { kind: 'bytes', bytes, name: 'poster' } as const;
  const rule = resizeRule({ height: 24, width: 16 });
  for (const [format, maximumSide, height] of [
    ['png', 1200, 300],
    ['webp', 150, 150],
  ] as const) {
    const drawn = await posterOverlay(source, rightHalf(24, 16), rule, { format, maximumSide });
    const image = await decodeImage({ kind: 'bytes', bytes: drawn, name: format });
    expect([image.height, image.width]).toEqual([height, (height * 2) / 3]);
  }
});
