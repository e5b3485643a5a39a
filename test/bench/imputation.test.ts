import { expect, test } from 'vitest';
import { blurBaseline, imputeLinearly, meanBaseline } from '../../bench/faithfulness/imputation.ts';
import { Random } from '../../src/random.ts';
import { noisyPixels, size } from '../explain/fixture.ts';

const { height, width } = size;

/** A picture whose colours rise evenly, so that neighbours determine every pixel. */
function slope(): Uint8Array {
  return Uint8Array.from({ length: height * width * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return 4 * Math.floor(pixel / width) + 6 * (pixel % width) + (at % 3) * 10;
  });
}

test('pixels of a slope are imputed to within the noise and a small error of the solution', () => {
  const pixels = slope();
  const removed = new Uint8Array(height * width);
  for (let y = 6; y < 18; y++) removed.fill(1, y * width + 4, y * width + 12);
  const imputed = imputeLinearly(pixels, size, removed, Random.fromSeed(1));
  let [squares, count] = [0, 0];
  imputed.forEach((value, at) => {
    if (removed[Math.floor(at / 3)] === 0) expect(value).toBe(pixels[at]);
    else {
      squares += (value - pixels[at]!) ** 2;
      count += 1;
    }
  });
  const deviation = Math.sqrt(squares / count);
  expect(deviation).toBeGreaterThan(1.5); // the noise of 2.55 is there
  expect(deviation).toBeLessThan(6); // 33 is the deviation of the slope itself
});

test('a picture without pixels to start from becomes grey, and one without removed pixels stays', () => {
  const pixels = noisyPixels(2);
  const all = imputeLinearly(pixels, size, new Uint8Array(height * width).fill(1), Random.fromSeed(1));
  expect(all.reduce((sum, value) => sum + value, 0) / all.length).toBeCloseTo(127.5, 0);
  expect(imputeLinearly(pixels, size, new Uint8Array(height * width), Random.fromSeed(1))).toEqual(pixels);
});

test('the baselines keep the mean colour: one of it alone, one of it blurred', () => {
  const pixels = slope();
  const meanOf = (values: Uint8Array, channel: number) =>
    values.reduce((sum, value, at) => sum + (at % 3 === channel ? value : 0), 0) / (values.length / 3);
  const mean = meanBaseline(pixels);
  expect(new Set(mean).size).toBe(3);
  for (const channel of [0, 1, 2]) {
    expect(Math.abs(meanOf(mean, channel) - meanOf(pixels, channel))).toBeLessThanOrEqual(0.5);
    expect(Math.abs(meanOf(blurBaseline(pixels, size), channel) - meanOf(pixels, channel))).toBeLessThan(1);
  }
});

test('blurring leaves little of what changes from pixel to pixel', () => {
  const spread = (values: Uint8Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  };
  const pixels = noisyPixels(5);
  expect(spread(blurBaseline(pixels, size))).toBeLessThan(spread(pixels) / 4);
});
