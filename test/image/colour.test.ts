/** @module Small pictures and colour factors -> values that can be checked by hand. */
import { describe, expect, test } from 'vitest';
import { erase, jitterColours } from '../../src/image/colour.ts';

function jittered(pixels: readonly number[], ...factors: [number, number, number]): number[] {
  const copy = Uint8Array.from(pixels);
  jitterColours(copy, ...factors);
  return [...copy];
}

describe('jitterColours', () => {
  const pixels = [100, 50, 20, 10, 240, 200];

  test('changes nothing with factors of 1', () => {
    expect(jittered(pixels, 1, 1, 1)).toEqual(pixels);
  });

  test('multiplies by the brightness and clamps', () => {
    expect(jittered(pixels, 1.5, 1, 1)).toEqual([150, 75, 30, 15, 255, 255]);
    expect(jittered(pixels, 0, 1, 1)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('pulls towards the mean grey of the picture with contrast 0.5', () => {
    // Greys 61.53 and 166.67 (0.299 R + 0.587 G + 0.114 B), mean 114.1.
    expect(jittered(pixels, 1, 0.5, 1)).toEqual([107, 82, 67, 62, 177, 157]);
    expect(jittered(pixels, 1, 0, 1)).toEqual(Array(6).fill(114));
  });

  test('leaves only the grey of each pixel with saturation 0', () => {
    expect(jittered(pixels, 1, 1, 0)).toEqual([62, 62, 62, 167, 167, 167]);
  });

  test('composes as brightness, then contrast, then saturation', () => {
    // Pixel 1: 0.8 v = 80, 40, 16 (grey 49.224); mean grey of both 91.28.
    // contrast 0.5: 85.64, 65.64, 53.64 (grey 70.252); saturation 2: 101.03, 61.03, 37.03.
    expect(jittered(pixels, 0.8, 0.5, 2).slice(0, 3)).toEqual([101, 61, 37]);
  });
});

describe('erase', () => {
  test('covers exactly the rectangle', () => {
    const pixels = new Uint8Array(4 * 3 * 3).fill(9);
    erase(pixels, { width: 3 }, { top: 1, left: 1, height: 2, width: 2, colour: [1, 2, 3] });
    const covered = Array.from({ length: 12 }, (_, at) => pixels[at * 3] === 1 && pixels[at * 3 + 2] === 3);
    expect(covered.flatMap((is, at) => (is ? [at] : []))).toEqual([4, 5, 7, 8]);
  });
});
