/** @module Pictures of every colour space, depth and format -> the colours that decoding gives. */
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage, type ImageSource, type PixelImage } from '../../src/image/index.ts';

type Paint = readonly number[];

/** 16 x 24 raw pixels of one colour. */
function flat(colour: Paint): Sharp {
  const data = Uint8Array.from({ length: 16 * 24 * colour.length }, (_, at) => colour[at % colour.length]!);
  return sharp(data, { raw: { width: 16, height: 24, channels: colour.length as 1 | 2 | 3 | 4 } });
}

async function inMemory(pipeline: Sharp): Promise<ImageSource> {
  return { kind: 'bytes', bytes: await pipeline.toBuffer(), name: 'a test picture' };
}

function pixel(image: PixelImage, x: number, y: number): number[] {
  return [...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3)];
}

function expectColour(image: PixelImage, x: number, y: number, colour: Paint, tolerance: number): void {
  const found = pixel(image, x, y);
  const off = Math.max(...found.map((value, channel) => Math.abs(value - colour[channel]!)));
  expect(off, `expected ${colour} at ${x},${y} but found ${found}`).toBeLessThanOrEqual(tolerance);
}

const brick = [180, 90, 60] as const;

describe('decodeImage', () => {
  const formats = {
    JPEG: () => flat(brick).jpeg(),
    'progressive JPEG': () => flat(brick).jpeg({ progressive: true }),
    PNG: () => flat(brick).png(),
    'interlaced PNG': () => flat(brick).png({ progressive: true }),
    'palette PNG': () => flat(brick).png({ palette: true }),
    WebP: () => flat(brick).webp(),
    'lossless WebP': () => flat(brick).webp({ lossless: true }),
    AVIF: () => flat(brick).avif({ effort: 0 }),
    '10-bit AVIF': () => flat(brick).avif({ effort: 0, bitdepth: 10 }),
    GIF: () => flat(brick).gif(),
    TIFF: () => flat(brick).tiff(),
    'Deflate TIFF': () => flat(brick).tiff({ compression: 'deflate' }),
  };
  for (const [name, make] of Object.entries(formats))
    test(`decodes ${name} to RGB of the same size and colour`, async () => {
      const image = await decodeImage(await inMemory(make()));
      expect([image.width, image.height, image.data.length]).toEqual([16, 24, 16 * 24 * 3]);
      expectColour(image, 8, 12, brick, 4);
    });

  test('turns CMYK JPEG and TIFF into sRGB', async () => {
    for (const pipeline of [
      flat([150, 120, 100]).toColourspace('cmyk').jpeg({ quality: 100 }),
      flat([150, 120, 100]).withIccProfile('cmyk').jpeg({ quality: 100 }),
      flat([150, 120, 100]).toColourspace('cmyk').tiff({ compression: 'none' }),
    ]) {
      const source = await inMemory(pipeline);
      expect((await sharp((source as { bytes: Uint8Array }).bytes).metadata()).space).toBe('cmyk');
      expectColour(await decodeImage(source), 8, 12, [150, 120, 100], 20);
    }
  });

  test('turns grey pictures of 1, 8 and 16 bits into equal channels', async () => {
    for (const pipeline of [
      flat([77]).toColourspace('b-w').png(),
      flat([77]).toColourspace('b-w').jpeg(),
      flat([77]).toColourspace('grey16').png(),
    ])
      expectColour(await decodeImage(await inMemory(pipeline)), 8, 12, [77, 77, 77], 1);
    const white = await inMemory(flat([255]).toColourspace('b-w').png({ palette: true, colours: 2 }));
    expectColour(await decodeImage(white), 8, 12, [255, 255, 255], 0);
  });

  test('turns 16 bits a channel into 8 by dropping the lower bits, not by clipping', async () => {
    const source = await inMemory(flat(brick).toColourspace('rgb16').png());
    expectColour(await decodeImage(source), 8, 12, brick, 1);
  });

  test('converts from an embedded ICC profile at 8 and at 16 bits', async () => {
    for (const space of ['srgb', 'rgb16']) {
      const source = await inMemory(flat(brick).toColourspace(space).withIccProfile('p3').png());
      const raw = await sharp((source as { bytes: Uint8Array }).bytes, { ignoreIcc: true })
        .raw()
        .toBuffer();
      expect(Math.abs(raw[0]! - brick[0]), 'the numbers in the file are Display P3').toBeGreaterThan(5);
      expectColour(await decodeImage(source), 8, 12, brick, 2);
    }
  });

  test('lays transparency on black, also where the picture is grey or has 16 bits', async () => {
    const half = [90, 45, 30];
    expectColour(await decodeImage(await inMemory(flat([...brick, 128]).png())), 8, 12, half, 1);
    expectColour(
      await decodeImage(await inMemory(flat([...brick, 128]).webp({ lossless: true }))),
      8,
      12,
      half,
      1,
    );
    expectColour(
      await decodeImage(
        await inMemory(
          flat([...brick, 128])
            .toColourspace('rgb16')
            .png(),
        ),
      ),
      8,
      12,
      half,
      1,
    );
    expectColour(
      await decodeImage(await inMemory(flat([200, 128]).toColourspace('b-w').png())),
      8,
      12,
      [100, 100, 100],
      1,
    );
    expectColour(await decodeImage(await inMemory(flat([...brick, 0]).gif())), 8, 12, [0, 0, 0], 0);
  });

  test('applies each of the eight EXIF orientations', async () => {
    // Upright: red top left, green top right, blue bottom left, white bottom right.
    const upright = { topLeft: [255, 0, 0], topRight: [0, 255, 0], bottomLeft: [0, 0, 255] };
    const keep = (picture: Sharp) => picture;
    // What is stored, in two steps, for orientations 1 to 8 (EXIF 2.32, tag 274).
    const stored: readonly (readonly [(p: Sharp) => Sharp, (p: Sharp) => Sharp])[] = [
      [keep, keep],
      [keep, (p) => p.flop()],
      [(p) => p.rotate(180), keep],
      [keep, (p) => p.flip()],
      [(p) => p.rotate(90), (p) => p.flop()],
      [(p) => p.rotate(270), keep],
      [(p) => p.rotate(90), (p) => p.flip()],
      [(p) => p.rotate(90), keep],
    ];
    const quarters = Buffer.alloc(32 * 48 * 3);
    for (let at = 0; at < 32 * 48; at++) {
      const [right, low] = [at % 32 >= 16, at >= 32 * 24];
      quarters.set(low ? (right ? [255, 255, 255] : [0, 0, 255]) : right ? [0, 255, 0] : [255, 0, 0], at * 3);
    }
    for (const [at, [turn, mirror]] of stored.entries()) {
      const raw = sharp(quarters, { raw: { width: 32, height: 48, channels: 3 } });
      const turned = await turn(sharp(await raw.png().toBuffer()))
        .png()
        .toBuffer();
      const mirrored = await mirror(sharp(turned)).png().toBuffer();
      const image = await decodeImage(
        await inMemory(
          sharp(mirrored)
            .withMetadata({ orientation: at + 1 })
            .jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
        ),
      );
      expect([image.width, image.height], `orientation ${at + 1}`).toEqual([32, 48]);
      expectColour(image, 4, 4, upright.topLeft, 8);
      expectColour(image, 27, 4, upright.topRight, 8);
      expectColour(image, 4, 43, upright.bottomLeft, 8);
    }
  });

  test('takes the first frame of an animated GIF and of an animated WebP', async () => {
    const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 200), Buffer.alloc(8 * 8 * 3, 20)]);
    const raw = { width: 8, height: 16, channels: 3, pageHeight: 8 } as const;
    for (const pipeline of [sharp(frames, { raw }).gif(), sharp(frames, { raw }).webp({ lossless: true })]) {
      const source = await inMemory(pipeline);
      expect((await sharp((source as { bytes: Uint8Array }).bytes).metadata()).pages).toBe(2);
      const image = await decodeImage(source);
      expect([image.width, image.height]).toEqual([8, 8]);
      expectColour(image, 4, 4, [200, 200, 200], 1);
    }
  });

  test('decodes a picture of one pixel and one from shared memory', async () => {
    const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#b45a3c' } })
      .png()
      .toBuffer();
    const shared = new Uint8Array(new SharedArrayBuffer(dot.length));
    shared.set(dot);
    for (const bytes of [dot, shared])
      expect([...(await decodeImage({ kind: 'bytes', bytes, name: 'a dot' })).data]).toEqual([...brick]);
  });
});
