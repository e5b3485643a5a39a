/** @module Pictures and resize rules -> the exact shape, place and colour of the prepared pixels. */
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage, preparePixels, resizeRule, resizeRuleSchema } from '../../src/image/index.ts';

async function source(pipeline: Sharp) {
  return { kind: 'bytes', bytes: await pipeline.toBuffer(), name: 'a test picture' } as const;
}

/** Red above, green in the middle, blue below; `height / 3` rows each. */
function stripes(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at++)
    data[at * 3 + Math.floor((3 * Math.floor(at / width)) / height)] = 255;
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const at = (pixels: Uint8Array, width: number, x: number, y: number) => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x + 1) * 3),
];

describe('preparePixels', () => {
  test('returns height x width x 3 bytes for every fit, for pictures larger and smaller than the rule', async () => {
    for (const [width, height] of [
      [90, 150],
      [7, 5],
      [1, 1],
      [400, 3],
    ] as const)
      for (const fit of ['fill', 'cover', 'contain'] as const) {
        const pixels = await preparePixels(
          await source(stripes(width, height).png()),
          resizeRule({ height: 24, width: 16, fit }),
        );
        expect([width, height, fit, pixels.length]).toEqual([width, height, fit, 24 * 16 * 3]);
      }
  });

  test('gives the picture back unchanged when it has the right size already', async () => {
    const picture = await source(
      sharp({
        create: {
          width: 16,
          height: 24,
          channels: 3,
          background: '#000',
          noise: { type: 'gaussian', mean: 128, sigma: 50 },
        },
      }).png(),
    );
    for (const fit of ['fill', 'cover', 'contain'] as const)
      expect(await preparePixels(picture, resizeRule({ height: 24, width: 16, fit }))).toEqual(
        (await decodeImage(picture)).data,
      );
  });

  test('stretches with fill: all three stripes stay', async () => {
    const pixels = await preparePixels(
      await source(stripes(90, 90).png()),
      resizeRule({ height: 30, width: 60 }),
    );
    expect([at(pixels, 60, 30, 2), at(pixels, 60, 30, 15), at(pixels, 60, 30, 27)]).toEqual([
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ]);
  });

  test('crops at the middle with cover: the outer stripes go', async () => {
    const rule = resizeRule({ height: 20, width: 60, fit: 'cover' });
    const pixels = await preparePixels(await source(stripes(60, 60).png()), rule);
    for (const y of [0, 10, 19]) expect(at(pixels, 60, 30, y)).toEqual([0, 255, 0]);
  });

  test('adds bars of the background with contain, coloured also around a grey picture', async () => {
    const background = [10, 200, 30] as const;
    const grey = sharp(Buffer.alloc(30 * 30, 90), { raw: { width: 30, height: 30, channels: 1 } });
    const rule = resizeRule({ height: 20, width: 61, fit: 'contain', background });
    for (const picture of [
      grey.clone().toColourspace('b-w').png(),
      grey.clone().toColourspace('b-w').jpeg(),
    ]) {
      const pixels = await preparePixels(await source(picture), rule);
      expect(at(pixels, 61, 19, 10)).toEqual([...background]);
      expect(at(pixels, 61, 20, 10)).toEqual([90, 90, 90]);
      expect(at(pixels, 61, 39, 10)).toEqual([90, 90, 90]);
      expect(at(pixels, 61, 40, 10)).toEqual([...background]);
    }
  });

  test('puts the picture of contain in the middle, the odd pixel below', async () => {
    const rule = resizeRule({ height: 21, width: 20, fit: 'contain', background: [9, 8, 7] });
    const pixels = await preparePixels(await source(stripes(20, 12).png()), rule);
    const rows = Array.from({ length: 21 }, (_, y) => at(pixels, 20, 10, y)[0]);
    expect(rows.indexOf(255)).toBe(4);
    expect([rows[3], rows[16], at(pixels, 20, 10, 15), rows[20]]).toEqual([9, 9, [0, 0, 255], 9]);
  });

  test('lays transparency on the background of the rule, coloured also under a grey picture', async () => {
    const rule = resizeRule({ height: 6, width: 4, background: [200, 100, 0] });
    const clear = sharp(Buffer.alloc(20 * 20 * 2, 0), { raw: { width: 20, height: 20, channels: 2 } });
    const pixels = await preparePixels(await source(clear.toColourspace('b-w').png()), rule);
    expect(at(pixels, 4, 2, 3)).toEqual([200, 100, 0]);
  });

  test('turns a picture upright before it resizes, also when the decoder shrinks it on the way', async () => {
    const upright = stripes(600, 900);
    const lying = await sharp(await upright.png().toBuffer())
      .rotate(270)
      .png()
      .toBuffer();
    const turned = sharp(lying).withMetadata({ orientation: 6 }).jpeg({ quality: 100 });
    for (const fit of ['fill', 'cover', 'contain'] as const) {
      const pixels = await preparePixels(await source(turned), resizeRule({ height: 60, width: 40, fit }));
      const found = [5, 30, 55].map((y) => at(pixels, 40, 20, y).map((value) => Math.round(value / 255)));
      expect(found, fit).toEqual([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]);
    }
  });

  test('gives the same bytes every time, alone or among others', async () => {
    const picture = await source(
      sharp({
        create: {
          width: 700,
          height: 900,
          channels: 3,
          background: '#000',
          noise: { type: 'gaussian', mean: 128, sigma: 60 },
        },
      }).jpeg(),
    );
    const rule = resizeRule({ height: 48, width: 32 });
    const alone = await preparePixels(picture, rule);
    const among = await Promise.all(Array.from({ length: 6 }, () => preparePixels(picture, rule)));
    for (const pixels of among) expect(pixels).toEqual(alone);
  });

  test('follows the kernel of the rule', async () => {
    const picture = await source(stripes(90, 90).png());
    const by = (kernel: 'linear' | 'lanczos3') =>
      preparePixels(picture, resizeRule({ height: 20, width: 20, kernel }));
    expect(await by('linear')).not.toEqual(await by('lanczos3'));
  });
});

describe('resizeRuleSchema', () => {
  test('completes a rule with stretching, black and Lanczos', () => {
    expect(resizeRule({ height: 240, width: 160 })).toEqual({
      height: 240,
      width: 160,
      fit: 'fill',
      background: [0, 0, 0],
      kernel: 'lanczos3',
    });
  });

  test('survives JSON', () => {
    const rule = resizeRule({ height: 240, width: 160, fit: 'contain', background: [1, 2, 3] });
    expect(resizeRuleSchema.parse(JSON.parse(JSON.stringify(rule)))).toEqual(rule);
  });

  test('refuses sizes, colours and fields that it cannot honour', () => {
    for (const wrong of [
      { height: 0, width: 160 },
      { height: 240.5, width: 160 },
      { height: 240 },
      { height: 240, width: 5000 },
      { height: 240, width: 160, fit: 'inside' },
      { height: 240, width: 160, background: [0, 0, 256] },
      { height: 240, width: 160, kernel: 'nearest' },
      { height: 240, width: 160, gamma: 2.2 },
    ])
      expect(resizeRuleSchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });
});
