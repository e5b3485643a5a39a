import sharp from 'sharp';
import { expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import { rescale } from '../../src/read/rescale.ts';

/** Colours by chance beside even ones, so that results beyond the bounds come about. */
function speckled(width: number, height: number) {
  const random = Random.fromSeed(3);
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    const chance = random.float();
    return chance < 0.3 ? 0 : chance > 0.7 ? 255 : Math.floor(256 * random.float());
  });
  return { width, height, data };
}

test.each([
  [37, 18, 99, 48],
  [200, 31, 310, 48],
  [64, 96, 128, 192],
  [101, 96, 51, 48],
  [331, 61, 260, 48],
  [150, 140, 51, 48],
])(
  '%i x %i pixels become %i x %i bit for bit as libvips makes them',
  async (width, height, columns, rows) => {
    const picture = speckled(width, height);
    const scale = height / rows;
    const own = rescale(picture, columns, rows, [scale, scale]);
    const raw = { width, height, channels: 3 } as const;
    const theirs = await sharp(picture.data, { raw })
      .resize({ height: rows })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([own.width, own.height]).toEqual([theirs.info.width, theirs.info.height]);
    expect(own.data).toEqual(new Uint8Array(theirs.data));
  },
);

test('one pixel becomes many of its colour', () => {
  const picture = { width: 1, height: 1, data: Uint8Array.of(0, 128, 255) };
  const { data } = rescale(picture, 3, 2, [1 / 3, 1 / 2]);
  expect([...data.subarray(0, 3)]).toEqual([0, 128, 255]);
  expect([...data.subarray(15)]).toEqual([0, 128, 255]);
});
