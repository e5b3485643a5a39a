import { expect, test } from 'vitest';
import { layInput, placementOf } from '../../src/image/browser.ts';
import { encodeImage, preparePixels, resizeRule } from '../../src/image/index.ts';

test.each([
  ['fill', 60, 80, { height: 60, width: 40, top: 0, left: 0 }],
  ['contain', 60, 80, { height: 30, width: 40, top: 15, left: 0 }],
  ['contain', 100, 33, { height: 60, width: 20, top: 0, left: 10 }],
  ['contain', 5000, 1, { height: 60, width: 1, top: 0, left: 19 }],
  ['cover', 60, 80, { height: 60, width: 80, top: 0, left: -20 }],
  ['cover', 100, 33, { height: 121, width: 40, top: -31, left: 0 }],
] as const)('%s puts a %i x %i picture where its proportions say', (fit, height, width, expected) => {
  expect(placementOf({ height, width }, resizeRule({ height: 60, width: 40, fit }))).toEqual(expected);
});

test('a picture that leaves bars lies in the middle of the background, and an odd pixel goes below and to the right', () => {
  const rule = resizeRule({ height: 4, width: 2, background: [7, 8, 9] });
  const laid = layInput({ height: 1, width: 1, data: Uint8Array.of(1, 2, 3) }, rule);
  const bar = [7, 8, 9, 7, 8, 9];
  expect([...laid]).toEqual([...bar, 1, 2, 3, 7, 8, 9, ...bar, ...bar]);
});

test('what overhangs is cut on both sides, an odd pixel above and to the left', () => {
  const data = Uint8Array.from({ length: 4 * 5 * 3 }, (_, at) => Math.floor(at / 3));
  const laid = layInput({ height: 4, width: 5, data }, resizeRule({ height: 2, width: 2 }));
  expect([...laid].filter((_, at) => at % 3 === 0)).toEqual([7, 8, 12, 13]);
});

test.each([
  ['contain', 37, 80],
  ['contain', 90, 31],
  ['cover', 90, 41],
  ['cover', 37, 80],
] as const)('the decoder’s way under %s puts a %i x %i picture there too', async (fit, height, width) => {
  const white = await encodeImage(
    { height, width, data: new Uint8Array(height * width * 3).fill(255) },
    { format: 'png' },
  );
  const rule = resizeRule({ height: 60, width: 40, fit });
  const pixels = await preparePixels({ kind: 'bytes', bytes: white, name: 'white' }, rule);
  const { top, left, ...size } = placementOf({ height, width }, rule);
  const whole = { ...size, data: new Uint8Array(size.height * size.width * 3).fill(255) };
  expect(pixels).toEqual(layInput(whole, rule));
  expect([top > 0 || left > 0, top < 0 || left < 0]).toEqual([fit === 'contain', fit === 'cover']);
});
