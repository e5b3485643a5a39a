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

/** A map by the strength of each column. */
function ofColumns(height: number, width: number, strengthOf: (x: number) => number): AttributionMap {
  const values = Float32Array.from({ length: height * width }, (_, at) => strengthOf(at % width));
  return { height, width, values, genre: 'Any', method: 'gradcam' };
}

/** Where the contour is white and where black, along the middle row of a grey poster. */
function contourOf(map: AttributionMap): { readonly white: number[]; readonly black: number[] } {
  const { height, width } = map;
  const { data } = overlay(plain(height, width, 128), map);
  const row = Array.from({ length: width }, (_, x) => data[((height >> 1) * width + x) * 3]!);
  const columns = (level: number) => row.flatMap((value, x) => (value === level ? [x] : []));
  return { white: columns(255), black: columns(0) };
}

test('the contour encloses what has half the greatest strength, and is closed along the edge', () => {
  const map = ofColumns(20, 20, (x) => (x < 17 ? 0.4 : x === 19 ? 2 : 1));
  expect(contourOf(map)).toEqual({ white: [17, 19], black: [16] });
});

test('where most of a map is strong, the contour encloses its strongest quarter and not all but the weak rest', () => {
  const map = ofColumns(20, 20, (x) => (x < 4 ? 0 : 1 + (x - 4) / 15));
  expect(contourOf(map)).toEqual({ white: [15, 19], black: [14] });
});

test('where nothing speaks for a genre, there is no contour', () => {
  expect(contourOf(ofColumns(20, 20, () => -1))).toEqual({ white: [], black: [] });
});

test('cold places show the poster as it is, and warm ones leave it to be guessed', () => {
  const map = ofColumns(20, 20, (x) => x / 19);
  const [light, dark] = [200, 60].map(
    (level) => overlay(plain(20, 20, level), map, { contour: false }).data,
  ) as [Uint8Array, Uint8Array];
  const at = (data: Uint8Array, x: number) => [...data.subarray((200 + x) * 3, (200 + x) * 3 + 3)];
  for (const x of [0, 1, 2]) {
    expect(new Set(at(light, x)).size, `column ${x} is grey`).toBe(1);
    expect(at(light, x)).toEqual(at(light, 0));
  }
  const apart = (x: number) => at(light, x)[0]! - at(dark, x)[0]!;
  expect(apart(19)).toBeGreaterThan(0.15 * apart(0));
  expect(apart(19)).toBeLessThan(0.3 * apart(0));
});

test('on one scale, the weaker of two maps is drawn weaker', () => {
  const weak = ofColumns(20, 20, () => 1);
  const alone = overlay(plain(20, 20, 90), weak, { contour: false }).data;
  const beside = overlay(plain(20, 20, 90), weak, { contour: false, most: 4 }).data;
  expect(lightnessOf(alone.subarray(0, 3))).toBeGreaterThan(lightnessOf(beside.subarray(0, 3)) + 15);
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
