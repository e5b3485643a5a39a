/** @module Pictures, options and seeds -> varied copies whose statistics and limits are as promised. */
import { describe, expect, test } from 'vitest';
import {
  type AugmentationOptions,
  augment,
  augmentationSchema,
  noAugmentation,
} from '../../src/image/index.ts';
import { Random } from '../../src/random.ts';

const size = { height: 24, width: 16 };
const length = 24 * 16 * 3;
const painter = Random.fromSeed(5);
const input = Uint8Array.from({ length }, () => painter.integer(256));

function augmented(options: Partial<AugmentationOptions>, seed = 1, picture = input): Uint8Array {
  const output = new Uint8Array(length);
  augment(picture, size, { ...noAugmentation, ...options }, Random.fromSeed(seed), output, 0);
  return output;
}

const everything: Partial<AugmentationOptions> = {
  flip: 0.5,
  cropScale: [0.5, 1],
  cropRatio: [0.75, 1.33],
  shift: 0.1,
  brightness: 0.3,
  contrast: 0.3,
  saturation: 0.3,
  erase: 0.5,
};

function mirrored(picture: Uint8Array): Uint8Array {
  const copy = new Uint8Array(length);
  for (let y = 0; y < 24; y++)
    for (let x = 0; x < 16; x++)
      copy.set(picture.subarray((y * 16 + 15 - x) * 3, (y * 16 + 16 - x) * 3), (y * 16 + x) * 3);
  return copy;
}

describe('augment', () => {
  test('changes nothing at all when every strength is zero', () => {
    for (let seed = 0; seed < 20; seed++) expect(augmented({}, seed)).toEqual(input);
  });

  test('gives the same bytes for the same seed and others for another, with everything on', () => {
    expect(augmented(everything, 7)).toEqual(augmented(everything, 7));
    expect(augmented(everything, 7)).not.toEqual(augmented(everything, 8));
  });

  test('does not touch its input, nor the output outside its place', () => {
    const before = Uint8Array.from(input);
    const batch = new Uint8Array(3 * length).fill(123);
    augment(input, size, { ...noAugmentation, ...everything }, Random.fromSeed(1), batch, length);
    expect(input).toEqual(before);
    expect(batch.subarray(length, 2 * length)).toEqual(augmented(everything, 1));
    expect(
      [...batch.subarray(0, length), ...batch.subarray(2 * length)].every((value) => value === 123),
    ).toBe(true);
  });

  test('reads and writes shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(length));
    shared.set(input);
    const output = new Uint8Array(new SharedArrayBuffer(length));
    augment(shared, size, { ...noAugmentation, ...everything }, Random.fromSeed(1), output, 0);
    expect(Uint8Array.from(output)).toEqual(augmented(everything, 1));
  });

  test('refuses pixels of another size and an output without room', () => {
    const random = Random.fromSeed(1);
    const output = new Uint8Array(length);
    expect(() => augment(input.subarray(3), size, noAugmentation, random, output, 0)).toThrow(RangeError);
    expect(() => augment(input, size, noAugmentation, random, output, 1)).toThrow(RangeError);
    expect(() => augment(input, size, noAugmentation, random, output, -1)).toThrow(RangeError);
  });

  test('mirrors about as often as asked', () => {
    expect(augmented({ flip: 1 })).toEqual(mirrored(input));
    let flips = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const output = augmented({ flip: 0.3 }, seed);
      if (output[0] === input[0] && output[1] === input[1]) expect(output).toEqual(input);
      else flips++;
    }
    expect(Math.abs(flips / 1000 - 0.3)).toBeLessThan(0.06);
  });

  test('shifts both ways by whole pixels, up to the part that was asked for', () => {
    // Each pixel carries its column in red and its row in green.
    const map = new Uint8Array(length);
    for (let at = 0; at < 24 * 16; at++) map.set([at % 16, Math.floor(at / 16), 0], at * 3);
    const seen = { left: new Set<number>(), top: new Set<number>() };
    for (let seed = 0; seed < 400; seed++) {
      const middle = augmented({ shift: 0.125 }, seed, map).subarray((12 * 16 + 8) * 3);
      seen.left.add(middle[0]! - 8);
      seen.top.add(middle[1]! - 12);
    }
    expect([...seen.left].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    expect([...seen.top].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  });

  test('cuts windows whose area lies in the range and which stay inside the picture', () => {
    // Red grows by 10 a column and green by 10 a row, so the spans of both tell the window's size.
    const ramp = new Uint8Array(length);
    for (let at = 0; at < 24 * 16; at++) ramp.set([(at % 16) * 10, Math.floor(at / 16) * 10, 0], at * 3);
    const areas: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const output = augmented({ cropScale: [0.3, 0.7] }, seed, ramp);
      const [first, last] = [(12 * 16 + 3) * 3, (12 * 16 + 12) * 3];
      const [above, below] = [(5 * 16 + 8) * 3 + 1, (18 * 16 + 8) * 3 + 1];
      areas.push(((output[last]! - output[first]!) / 90) * ((output[below]! - output[above]!) / 130));
    }
    expect(Math.min(...areas)).toBeGreaterThan(0.3 - 0.03);
    expect(Math.max(...areas)).toBeLessThan(0.7 + 0.03);
    expect(Math.max(...areas) - Math.min(...areas)).toBeGreaterThan(0.3);
  });

  test('draws brightness within its strength', () => {
    const grey = new Uint8Array(length).fill(100);
    const levels = Array.from({ length: 300 }, (_, seed) => augmented({ brightness: 0.2 }, seed, grey)[0]!);
    expect(Math.min(...levels)).toBeGreaterThanOrEqual(80);
    expect(Math.min(...levels)).toBeLessThan(85);
    expect(Math.max(...levels)).toBeLessThanOrEqual(120);
    expect(Math.max(...levels)).toBeGreaterThan(115);
  });

  test('erases one rectangle of the area that was asked for', () => {
    for (let seed = 0; seed < 100; seed++) {
      const output = augmented({ erase: 1, eraseScale: [0.1, 0.2] }, seed);
      const changed = Array.from({ length: 24 * 16 }, (_, at) => at).filter((at) =>
        [0, 1, 2].some((channel) => output[at * 3 + channel] !== input[at * 3 + channel]),
      );
      const [xs, ys] = [changed.map((at) => at % 16), changed.map((at) => Math.floor(at / 16))];
      const box = (Math.max(...xs) - Math.min(...xs) + 1) * (Math.max(...ys) - Math.min(...ys) + 1);
      expect(changed.length).toBe(box);
      expect(box / (24 * 16)).toBeGreaterThan(0.07);
      expect(box / (24 * 16)).toBeLessThan(0.24);
    }
  });
});

describe('augmentationSchema', () => {
  test('mirrors and shifts unless told otherwise, and nothing else', () => {
    expect(augmentationSchema.parse({})).toEqual({
      flip: 0.5,
      cropScale: [1, 1],
      cropRatio: [1, 1],
      shift: 0.05,
      brightness: 0,
      contrast: 0,
      saturation: 0,
      erase: 0,
      eraseScale: [0.02, 0.2],
    });
  });

  test('refuses strengths and ranges that make no sense', () => {
    for (const wrong of [
      { flip: 1.1 },
      { shift: -0.1 },
      { cropScale: [0, 1] },
      { cropScale: [0.9, 0.5] },
      { cropScale: [0.5, 1.5] },
      { cropRatio: [2, 1] },
      { brightness: 2 },
      { rotate: 10 },
    ])
      expect(augmentationSchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });
});
