/** @module Animations and files of many pages -> their first frame, whatever follows it. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { firstFrame } from '../../src/image/firstFrame.ts';
import { decodeImage, type ImageSource, preparePixels, resizeRule } from '../../src/image/index.ts';
import { gifOf, tiffOf, webpOf } from './frames.ts';

const source = (bytes: Uint8Array): ImageSource => ({ kind: 'bytes', bytes, name: 'poster' });
const plain = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 4, background } });
const coloured = (background: string) => plain(20, 30, background).webp({ lossless: true }).toBuffer();

describe('what is left of a file', () => {
  test('of one frame is the file itself', async () => {
    const still = await plain(20, 30, '#abc').gif().toBuffer();
    expect(firstFrame('GIF', still)).toBe(still);
    const page = tiffOf(1);
    expect(firstFrame('TIFF', page)).toBe(page);
    const webp = await coloured('#abc');
    expect(firstFrame('WebP', webp)).toBe(webp);
    const alone = webpOf([webp], 1, 20, 30);
    expect(firstFrame('WebP', alone)).toBe(alone);
  });

  test('of a million frames is as short as that of two', async () => {
    expect(firstFrame('GIF', gifOf(300_000))).toEqual(firstFrame('GIF', gifOf(2)));
    expect(firstFrame('GIF', gifOf(2, { comments: 100_000 }))).toEqual(firstFrame('GIF', gifOf(2)));
    expect(Buffer.from(firstFrame('GIF', gifOf(2)))).toEqual(gifOf(1));
    const stills = [await coloured('#abc')];
    expect(Buffer.from(firstFrame('WebP', webpOf(stills, 9, 20, 30)))).toEqual(webpOf(stills, 1, 20, 30));
  });

  test('that is cut within its first frame is the file itself, which the decoder then refuses', async () => {
    const animation = await sharp(await plain(20, 30, '#abc').gif().toBuffer()).toBuffer();
    for (const length of [0, 6, 11, 20, animation.length - 3]) {
      const cut = animation.subarray(0, length);
      expect(firstFrame('GIF', cut)).toBe(cut);
    }
    for (const length of [0, 4, 8, 16, 60]) {
      const cut = tiffOf(3).subarray(0, length);
      expect(firstFrame('TIFF', cut)).toBe(cut);
      const moving = webpOf([await coloured('#abc')], 3, 20, 30).subarray(0, length);
      expect(firstFrame('WebP', moving)).toBe(moving);
    }
  });

  test('keeps what says which colour is transparent', async () => {
    const frames = [plain(20, 30, '#00ff0000'), plain(20, 30, '#f00')];
    const pages = await Promise.all(frames.map((frame) => frame.png().toBuffer()));
    const animation = await sharp(pages, { join: { animated: true } })
      .gif()
      .toBuffer();
    const { data } = await sharp(firstFrame('GIF', animation)).raw().toBuffer({ resolveWithObject: true });
    expect(data[3]).toBe(0);
    expect(firstFrame('GIF', animation).length).toBeLessThan(animation.length);
  });
});

describe('the first of very many', () => {
  const rule = resizeRule({ height: 24, width: 16 });
  const files = {
    'frames of a GIF': () => gifOf(200_000),
    'frames of a GIF behind comments': () => gifOf(100_000, { comments: 500_000 }),
    'pages of a TIFF': () => tiffOf(40_000),
    'pages of a big-endian TIFF': () => tiffOf(40_000, { little: false }),
    'pages of a BigTIFF': () => tiffOf(40_000, { big: true }),
  };
  for (const [name, make] of Object.entries(files))
    test(`${name} is decoded within a second of processor time`, async () => {
      expect(await preparePixels(source(make()), rule, { timeoutSeconds: 1 })).toHaveLength(24 * 16 * 3);
    });

  test('pages of a TIFF is the first one', async () => {
    for (const options of [{}, { little: false }, { big: true }, { big: true, little: false }])
      expect([...(await decodeImage(source(tiffOf(5, options)))).data]).toEqual([200, 200, 200]);
  });

  test('frames of a WebP is the first one', async () => {
    const stills = [await coloured('#ff0000'), await coloured('#0000ff')];
    const { width, height, data } = await decodeImage(source(webpOf(stills, 20_000, 20, 30)), {
      timeoutSeconds: 1,
    });
    expect([width, height, ...data.subarray(0, 3)]).toEqual([20, 30, 255, 0, 0]);
  });
});
