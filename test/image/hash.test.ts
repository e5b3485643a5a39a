/** @module Pictures and their copies -> hashes that are close, and hashes of others that are not. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  drawSvg,
  hammingDistance,
  hashPixels,
  perceptualHash,
  preparePixels,
  resizeRule,
} from '../../src/image/index.ts';
import { Random } from '../../src/random.ts';

function scene(seed: number): Promise<Uint8Array> {
  const random = Random.fromSeed(seed);
  const blobs = Array.from({ length: 12 }, () => {
    const [x, y, r] = [random.integer(300), random.integer(450), 20 + random.integer(80)];
    const colour = `rgb(${random.integer(256)},${random.integer(256)},${random.integer(256)})`;
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="${colour}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="450">${blobs.join('')}</svg>`;
  return drawSvg(svg, { width: 300, height: 450, format: 'png' });
}

const hashOf = (bytes: Uint8Array) => perceptualHash({ kind: 'bytes', bytes, name: 'a scene' });

/** 32 x 32 grey pixels hash without any resizing. */
async function hashOfGrey(level: (x: number, y: number) => number): Promise<bigint> {
  const data = Uint8Array.from({ length: 32 * 32 }, (_, at) => level(at % 32, Math.floor(at / 32)));
  return hashOf(
    await sharp(data, { raw: { width: 32, height: 32, channels: 1 } })
      .png()
      .toBuffer(),
  );
}

describe('perceptualHash', () => {
  test('hardly changes when a picture is compressed, made smaller, stretched or brightened', async () => {
    const original = await scene(1);
    const hash = await hashOf(original);
    const copies = [
      sharp(original).jpeg({ quality: 40 }),
      sharp(original).resize(120, 180).webp({ quality: 60 }),
      sharp(original).resize(500, 600, { fit: 'fill' }).png(),
      sharp(original).linear(0.9, 12).png(),
    ];
    for (const copy of copies)
      expect(hammingDistance(hash, await hashOf(await copy.toBuffer()))).toBeLessThanOrEqual(6);
  });

  test('differs in many bits between unrelated pictures', async () => {
    const hashes = await Promise.all([1, 2, 3, 4, 5].map(async (seed) => hashOf(await scene(seed))));
    for (let a = 0; a < hashes.length; a++)
      for (let b = 0; b < a; b++) expect(hammingDistance(hashes[a]!, hashes[b]!)).toBeGreaterThan(12);
  });

  test('is 0 for a picture of one colour, whichever', async () => {
    for (const level of [0, 77, 128, 255]) expect(await hashOfGrey(() => level)).toBe(0n);
  });

  test('sets the bit of the one frequency that is in the picture, the lowest frequencies first', async () => {
    // A pure cosine of vertical frequency v and horizontal frequency h has one coefficient above the rest.
    const wave = (v: number, h: number) => (x: number, y: number) =>
      Math.round(
        128 + 100 * Math.cos((Math.PI * (2 * y + 1) * v) / 64) * Math.cos((Math.PI * (2 * x + 1) * h) / 64),
      );
    const isSet = (hash: bigint, v: number, h: number) => (hash >> BigInt(63 - ((v - 1) * 8 + h - 1))) & 1n;
    for (const [v, h] of [
      [1, 1],
      [1, 8],
      [3, 5],
      [8, 8],
    ] as const) {
      expect(isSet(await hashOfGrey(wave(v, h)), v, h)).toBe(1n);
      const negative = wave(v, h);
      expect(isSet(await hashOfGrey((x, y) => 256 - negative(x, y)), v, h)).toBe(0n);
    }
  });
});

describe('hammingDistance', () => {
  test('counts the differing bits', () => {
    expect(hammingDistance(0n, 0n)).toBe(0);
    expect(hammingDistance(0b1011n, 0b0001n)).toBe(2);
    expect(hammingDistance(0n, 2n ** 64n - 1n)).toBe(64);
  });
});

test('pixels at hand have hashes by which one picture, encoded and sized anew, is known, and others are not', async () => {
  const drawn = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(scene));
  const pixelsAt = (bytes: Uint8Array, height: number, width: number) =>
    preparePixels({ kind: 'bytes', name: 'drawn', bytes }, resizeRule({ height, width, fit: 'fill' }));
  const hashes: bigint[] = [];
  for (const bytes of drawn) {
    const [large, small] = [await pixelsAt(bytes, 240, 160), await pixelsAt(bytes, 96, 64)];
    const hash = hashPixels(large, { height: 240, width: 160 });
    expect(hammingDistance(hash, hashPixels(small, { height: 96, width: 64 }))).toBeLessThanOrEqual(8);
    hashes.push(hash);
  }
  for (const [i, hash] of hashes.entries())
    for (const other of hashes.slice(i + 1)) expect(hammingDistance(hash, other)).toBeGreaterThan(8);
  const tiny = await pixelsAt(drawn[0]!, 16, 12);
  expect(hashPixels(tiny, { height: 16, width: 12 })).not.toBe(0n);
});
