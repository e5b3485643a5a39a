/** @module Headers, honest and not -> whether the picture is decoded here or in a process of its own. */
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { sniffFormat } from '../../src/image/format.ts';
import { isLight } from '../../src/image/light.ts';

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#864' } });

async function verdict(picture: Sharp | Uint8Array): Promise<boolean> {
  const bytes = picture instanceof Uint8Array ? picture : await picture.toBuffer();
  const sniffed = sniffFormat(bytes);
  if ('other' in sniffed) throw new Error(sniffed.other);
  return isLight(sniffed.format, bytes);
}

describe('a picture is light', () => {
  const ordinary = {
    'JPEG of a phone': () => flat(4000, 3000).jpeg(),
    'JPEG with a profile and a thumbnail of data': () => flat(1000, 1500).withIccProfile('p3').jpeg(),
    'progressive JPEG': () => flat(2000, 3000).jpeg({ progressive: true }),
    'grey JPEG': () => flat(1000, 1500).greyscale().jpeg(),
    'CMYK JPEG': () => flat(1000, 1500).toColourspace('cmyk').jpeg(),
    PNG: () => flat(2000, 3000).png(),
    'palette PNG': () => flat(2000, 3000).png({ palette: true }),
    WebP: () => flat(1000, 1500).webp(),
    'lossless WebP': () => flat(1000, 1500).webp({ lossless: true }),
    'WebP with a profile': () => flat(1000, 1500).withIccProfile('p3').webp(),
  };
  for (const [name, make] of Object.entries(ordinary))
    test(`when it is an ordinary ${name}`, async () => {
      expect(await verdict(make())).toBe(true);
    });
});

describe('a picture is costly', () => {
  const large = {
    'JPEG of 25 million pixels': () => flat(5000, 5000).jpeg(),
    'progressive JPEG of 9 million pixels': () => flat(3000, 3000).jpeg({ progressive: true }),
    'PNG of 9 million pixels': () => flat(3000, 3000).png(),
    'PNG of 5 million pixels and 16 bits': () => flat(2000, 2500).toColourspace('rgb16').png(),
    'PNG of one column': () => flat(1, 20_000).png(),
    'WebP of 5 million pixels': () => flat(2000, 2500).webp(),
    'lossless WebP of 5 million pixels': () => flat(2000, 2500).webp({ lossless: true }),
    'WebP of 5 million pixels with a profile': () => flat(2000, 2500).withIccProfile('p3').webp(),
  };
  for (const [name, make] of Object.entries(large))
    test(`when it is a ${name}`, async () => {
      expect(await verdict(make())).toBe(false);
    });

  test('when it is GIF, TIFF or AVIF, however small', async () => {
    for (const make of [flat(8, 8).gif(), flat(8, 8).tiff(), flat(8, 8).avif({ effort: 0 })])
      expect(await verdict(make)).toBe(false);
  });

  test('when it has many bytes, whatever its header says', async () => {
    const small = await flat(8, 8).png().toBuffer();
    expect(await verdict(Buffer.concat([small, Buffer.alloc(8 * 2 ** 20)]))).toBe(false);
  });

  test('when a JPEG goes over its blocks again and again', async () => {
    const whole = await flat(80, 80).jpeg({ progressive: true }).toBuffer();
    const scan = whole.indexOf(Buffer.of(0xff, 0xda));
    const again = Array<Buffer>(20).fill(whole.subarray(scan, -2));
    expect(await verdict(whole)).toBe(true);
    expect(await verdict(Buffer.concat([whole.subarray(0, -2), ...again, whole.subarray(-2)]))).toBe(false);
  });

  test('when it ends within its header, or its header is not as every encoder writes it', async () => {
    const files = [
      [await flat(80, 80).jpeg().toBuffer(), 3],
      [await flat(80, 80).png().toBuffer(), 12],
      [await flat(80, 80).webp().toBuffer(), 12],
    ] as const;
    for (const [whole, marker] of files) {
      for (const length of [12, 20, 29]) expect(await verdict(whole.subarray(0, length))).toBe(false);
      const odd = Uint8Array.from(whole);
      odd[marker] = 0xc9;
      expect(await verdict(odd)).toBe(false);
    }
  });
});
