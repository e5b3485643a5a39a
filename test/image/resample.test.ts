/** @module Windows on small pictures -> the bilinear values, checked against the definition. */
import { describe, expect, test } from 'vitest';
import { resample, type Window } from '../../src/image/resample.ts';
import { Random } from '../../src/random.ts';

const size = { height: 7, width: 5 };
const random = Random.fromSeed(11);
const input = Uint8Array.from({ length: 7 * 5 * 3 }, () => random.integer(256));
const whole: Window = { top: 0, left: 0, height: 7, width: 5 };

function resampled(window: Window, mirrored = false): Uint8Array {
  const output = new Uint8Array(input.length);
  resample(input, size, window, mirrored, output);
  return output;
}

const read = (x: number, y: number, channel: number) =>
  input[(Math.min(6, Math.max(0, y)) * 5 + Math.min(4, Math.max(0, x))) * 3 + channel];

/** Bilinear interpolation at a real position, straight from the definition. */
function bilinear(x: number, y: number, channel: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [dx, dy] = [x - left, y - top];
  const upper = read(left, top, channel)! * (1 - dx) + read(left + 1, top, channel)! * dx;
  const lower = read(left, top + 1, channel)! * (1 - dx) + read(left + 1, top + 1, channel)! * dx;
  return upper * (1 - dy) + lower * dy;
}

describe('resample', () => {
  test('copies the whole window bit for bit', () => {
    expect(resampled(whole)).toEqual(input);
  });

  test('mirrors columns only, and twice is the original', () => {
    const mirrored = resampled(whole, true);
    for (let y = 0; y < 7; y++)
      for (let x = 0; x < 5; x++)
        for (let channel = 0; channel < 3; channel++)
          expect(mirrored[(y * 5 + x) * 3 + channel]).toBe(read(4 - x, y, channel));
  });

  test('shifts by whole pixels and repeats the edge', () => {
    const shifted = resampled({ ...whole, top: -2, left: 1 });
    for (let y = 0; y < 7; y++)
      for (let x = 0; x < 5; x++)
        for (let channel = 0; channel < 3; channel++)
          expect(shifted[(y * 5 + x) * 3 + channel]).toBe(read(x + 1, y - 2, channel));
  });

  test('equals the definition of bilinear interpolation within rounding, for 200 windows', () => {
    for (let trial = 0; trial < 200; trial++) {
      const window = {
        top: random.uniform(-3, 4),
        left: random.uniform(-3, 4),
        height: random.uniform(0.2, 7),
        width: random.uniform(0.2, 5),
      };
      const mirrored = trial % 2 === 1;
      const output = resampled(window, mirrored);
      for (let y = 0; y < 7; y++)
        for (let x = 0; x < 5; x++)
          for (let channel = 0; channel < 3; channel++) {
            const column = mirrored ? 4 - x : x;
            const expected = bilinear(
              window.left + ((column + 0.5) * window.width) / 5 - 0.5,
              window.top + ((y + 0.5) * window.height) / 7 - 0.5,
              channel,
            );
            expect(Math.abs(output[(y * 5 + x) * 3 + channel]! - expected)).toBeLessThanOrEqual(0.75);
          }
    }
  });

  test('keeps pure white pure', () => {
    const white = new Uint8Array(input.length).fill(255);
    const output = new Uint8Array(input.length);
    resample(white, size, { top: 0.3, left: 0.7, height: 5.1, width: 3.3 }, false, output);
    expect(output).toEqual(white);
  });
});
