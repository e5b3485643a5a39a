/** @module The same pixels in every format -> the same input of a network. */
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { preparePixels, resizeRule } from '../../src/image/index.ts';

interface Raw {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A drawn poster in this size; of few colours it is one that a GIF holds without loss. */
async function posterOf(width: number, height: number, colours?: number): Promise<Raw> {
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 3, width, height })) {
    const reduced = colours === undefined ? bytes : await sharp(bytes).png({ colours, dither: 0 }).toBuffer();
    const { data } = await sharp(reduced).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    return { data, width, height };
  }
  throw new Error('nothing was drawn');
}

async function prepared({ data, width, height }: Raw, encode: (raw: Sharp) => Sharp): Promise<Uint8Array> {
  const bytes = await encode(sharp(data, { raw: { width, height, channels: 3 } })).toBuffer();
  return preparePixels({ kind: 'bytes', bytes, name: 'poster' }, resizeRule({ height: 120, width: 80 }));
}

/** On average, of 255 levels. */
function differenceOf(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;
}

const sizes = [
  [100, 150],
  [150, 240],
  [333, 500],
  [780, 1170],
  [1500, 2250],
] as const;

test.each(sizes)(
  'a poster of %i x %i gives the same input as PNG, WebP, AVIF and TIFF without loss',
  async (width, height) => {
    const poster = await posterOf(width, height);
    const expected = await prepared(poster, (raw) => raw.png());
    expect(await prepared(poster, (raw) => raw.webp({ lossless: true }))).toEqual(expected);
    expect(await prepared(poster, (raw) => raw.avif({ lossless: true, effort: 0 }))).toEqual(expected);
    expect(await prepared(poster, (raw) => raw.tiff({ compression: 'lzw' }))).toEqual(expected);
  },
);

test('a poster of few colours gives the same input as GIF', async () => {
  const poster = await posterOf(333, 500, 32);
  const gif = await prepared(poster, (raw) => raw.gif({ colours: 256, dither: 0, effort: 10 }));
  expect(gif).toEqual(await prepared(poster, (raw) => raw.png()));
});

test.each(sizes)(
  'a poster of %i x %i as JPEG of the highest quality differs by a level of 255 on average',
  async (width, height) => {
    const poster = await posterOf(width, height);
    const jpeg = await prepared(poster, (raw) => raw.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }));
    const mean = differenceOf(jpeg, await prepared(poster, (raw) => raw.png()));
    expect(mean).toBeLessThan(1.2);
  },
);
