import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { decodeImage, encodeImage, preparePixels, resizeRule } from '../../src/image/index.ts';
import { resize } from '../../web/private/resample.ts';

test('a picture of the right size stays as it is', () => {
  const data = Uint8Array.from({ length: 4 * 5 * 3 }, (_, at) => (at * 37) % 256);
  for (const kernel of ['lanczos3', 'cubic', 'linear'] as const)
    expect(
      resize({ height: 4, width: 5, channels: 3, data }, { height: 4, width: 5 }, kernel, 'PNG'),
    ).toEqual(data);
});

test('an even picture stays even at any size, by any kernel and format', () => {
  const data = new Uint8Array(50 * 31 * 3).fill(137);
  for (const size of [
    { height: 7, width: 9 },
    { height: 120, width: 80 },
  ])
    for (const kernel of ['lanczos3', 'lanczos2', 'cubic', 'mitchell', 'linear'] as const)
      for (const format of ['PNG', 'JPEG', 'WebP'] as const) {
        const result = resize({ height: 50, width: 31, channels: 3, data }, size, kernel, format);
        expect(new Set(result)).toEqual(new Set([137]));
        expect(result).toHaveLength(size.height * size.width * 3);
      }
});

/** With the decoder out of the way, only the arithmetic differs. */
test('the arithmetic is that of sharp and libvips to within half a level of 255 on average', async () => {
  const rule = resizeRule({ height: 120, width: 80 });
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 7, width: 421, height: 640 })) {
    const drawn = await decodeImage({ kind: 'bytes', bytes, name: 'drawn' });
    for (const [format, name] of [
      ['png', 'PNG'],
      ['jpeg', 'JPEG'],
      ['webp', 'WebP'],
    ] as const) {
      const encoded = await encodeImage(drawn, { format });
      const source = { kind: 'bytes', bytes: encoded, name: 'drawn' } as const;
      const expected = await preparePixels(source, rule);
      const found = resize({ ...(await decodeImage(source)), channels: 3 }, rule, rule.kernel, name);
      const sum = found.reduce((total, value, at) => total + Math.abs(value - expected[at]!), 0);
      expect(sum / found.length, name).toBeLessThan(0.5);
    }
  }
});
