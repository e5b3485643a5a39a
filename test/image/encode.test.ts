/** @module Pixels and drawings -> encoded pictures that decode to the same. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage, drawSvg, encodeImage } from '../../src/image/index.ts';
import { Random } from '../../src/random.ts';

const bytesOf = (bytes: Uint8Array) => ({ kind: 'bytes', bytes, name: 'an encoded picture' }) as const;

describe('encodeImage', () => {
  test('keeps every pixel in PNG, also from shared memory', async () => {
    const random = Random.fromSeed(3);
    const data = new Uint8Array(new SharedArrayBuffer(9 * 7 * 3)).map(() => random.integer(256));
    const image = { width: 9, height: 7, data };
    expect(await decodeImage(bytesOf(await encodeImage(image, { format: 'png' })))).toEqual({
      width: 9,
      height: 7,
      data: Uint8Array.from(data),
    });
  });

  test('writes the format that was asked for, smaller at lower quality', async () => {
    const random = Random.fromSeed(4);
    const data = Uint8Array.from({ length: 60 * 60 * 3 }, () => random.integer(256));
    const image = { width: 60, height: 60, data };
    for (const format of ['jpeg', 'webp'] as const) {
      const [fine, coarse] = await Promise.all(
        [95, 20].map((quality) => encodeImage(image, { format, quality })),
      );
      expect((await sharp(fine).metadata()).format).toBe(format);
      expect(coarse!.length).toBeLessThan(fine!.length / 2);
    }
  });
});

describe('drawSvg', () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="30">
    <rect width="20" height="15" fill="#b45a3c"/></svg>`;

  test('stretches the drawing to the size, on white, in both formats', async () => {
    for (const format of ['jpeg', 'png'] as const) {
      const drawn = await drawSvg(svg, { width: 80, height: 60, format });
      expect((await sharp(drawn).metadata()).format).toBe(format);
      const image = await decodeImage(bytesOf(drawn));
      expect([image.width, image.height]).toEqual([80, 60]);
      const above = [...image.data.subarray(0, 3)];
      for (const [channel, value] of [0xb4, 0x5a, 0x3c].entries())
        expect(Math.abs(above[channel]! - value)).toBeLessThanOrEqual(2);
      expect([...image.data.subarray(-3)]).toEqual([255, 255, 255]);
    }
  });

  test('draws the same bytes every time', async () => {
    const options = { width: 40, height: 60, format: 'jpeg' } as const;
    expect(await drawSvg(svg, options)).toEqual(await drawSvg(svg, options));
  });
});
