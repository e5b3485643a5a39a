/** @module Files that are absent, cut short, disguised or too costly -> the error that names each. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OnesheetError } from '../../src/errors.ts';
import {
  decodeImage,
  type ImageLimits,
  perceptualHash,
  preparePixels,
  resizeRule,
} from '../../src/image/index.ts';
import { Random } from '../../src/random.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onesheet-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function failureOf(work: Promise<unknown>): Promise<OnesheetError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OnesheetError);
  return error as OnesheetError;
}

const decodeBytes = (bytes: Uint8Array | string, limits?: Partial<ImageLimits>) =>
  decodeImage({ kind: 'bytes', bytes: Buffer.from(bytes as string, 'latin1'), name: 'poster.jpg' }, limits);

const noise = (width = 200, height = 300) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });

/** A PNG of one-bit palette colours with true checksums: huge to decode, small to send. */
function hugePng(side: number, data: Uint8Array, profile?: Uint8Array): Buffer {
  const chunk = (type: string, body: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const content = Buffer.concat([Buffer.from(type), body]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(content));
    return Buffer.concat([length, content, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 3], 8); // one bit, palette
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(profile ? [chunk('iCCP', Buffer.concat([Buffer.from('P3\0\0'), deflateSync(profile)]))] : []),
    chunk('PLTE', Buffer.of(0, 0, 0, 255, 255, 255)),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('a file that is no file', () => {
  test('is missing: the sentence names the path', async () => {
    const path = join(folder, 'nowhere.jpg');
    const error = await failureOf(decodeImage({ kind: 'file', path }));
    expect([error.code, error.message]).toEqual(['IMAGE_MISSING', `Cannot find the image ${path}.`]);
    const under = await failureOf(decodeImage({ kind: 'file', path: join(folder, 'file', 'below.jpg') }));
    expect(under.code).toBe('IMAGE_MISSING');
  });

  test('is a folder, a pipe, a device or a link to one: refused at once', async () => {
    const [inner, pipe, link] = [
      join(folder, 'inner.jpg'),
      join(folder, 'pipe.jpg'),
      join(folder, 'link.jpg'),
    ];
    await mkdir(inner);
    execFileSync('mkfifo', [pipe]);
    await symlink('/dev/zero', link);
    const cases = [
      [inner, 'a folder'],
      [pipe, 'a pipe'],
      ['/dev/zero', 'a device'],
      [link, 'a device'],
    ] as const;
    for (const [path, kind] of cases) {
      const error = await failureOf(decodeImage({ kind: 'file', path }));
      expect([error.code, error.message]).toEqual([
        'IMAGE_NOT_A_FILE',
        `Expected an image file but ${path} is ${kind}.`,
      ]);
    }
  });

  test('cannot be reached: the sentence has the reason in words', async () => {
    const path = join(folder, 'loop.jpg');
    await symlink(path, path);
    const error = await failureOf(decodeImage({ kind: 'file', path }));
    expect([error.code, error.message]).toEqual([
      'IMAGE_UNREADABLE',
      `Cannot read the image ${path}: too many symbolic links encountered.`,
    ]);
  });

  test('is empty', async () => {
    const path = join(folder, 'empty.jpg');
    await writeFile(path, '');
    expect((await failureOf(decodeImage({ kind: 'file', path }))).code).toBe('IMAGE_EMPTY');
    expect((await failureOf(decodeBytes(''))).message).toBe('Expected an image but poster.jpg is empty.');
  });

  test('is a URL: not fetched, and its credentials stay out of the message', async () => {
    const error = await failureOf(decodeImage({ kind: 'url', url: 'https://me:secret@example.org/a@b.jpg' }));
    expect(error.code).toBe('URL_FETCH_DISABLED');
    expect(error.message).toContain('https://example.org/a@b.jpg');
    expect(error.message).not.toContain('secret');
  });
});

describe('bytes that are no picture', () => {
  const remedy = 'save it as one of these';
  const jpeg = '\xff\xd8\xff\xe0\0\x10JFIF';
  const cases = {
    'an HTML page': '<!DOCTYPE html><html><body>404</body></html>',
    'an SVG drawing': '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    'a PDF document': '%PDF-1.7\n',
    'JSON text': '{"error": "not found"}',
    'a video': '\0\0\0\x18ftypisom\0\0\x02\0isommp42',
    'a ZIP archive': 'PK\x03\x04\x14\0',
    'nothing but zeros': '\0\0\0\0\0\0\0\0\0\0\0\0',
    'a picture as base64 text: decode it first': '/9j/4AAQSkZJRgABAQ',
    [`a HEIC image: ${remedy}`]: '\0\0\0\x18ftypheic\0\0\0\0mif1heic',
    [`an HEIF image: ${remedy}`]: '\0\0\0\x18ftypmif1\0\0\0\0mif1hvc1',
    [`a JPEG XL image: ${remedy}`]: '\xff\x0a\xfa\x1f\x41\x91\x08',
    [`a JPEG 2000 image: ${remedy}`]: '\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ',
    [`a BMP image: ${remedy}`]: 'BM\x46\0\0\0\0\0\0\0',
    [`an ICO icon: ${remedy}`]: '\0\0\x01\0\x01\0\x10\x10\0\0',
    [`a Photoshop document: ${remedy}`]: '8BPS\0\x01',
    [`a Netpbm image: ${remedy}`]: 'P6 1 1 255\nabc',
    'a JPEG image behind a byte order mark: remove the first 3 bytes': `\xef\xbb\xbf${jpeg}`,
    'a JPEG image behind blanks or line breaks: remove the first byte': `\n${jpeg}`,
    'a PNG image behind blanks or line breaks: remove the first 2 bytes': '\r\n\x89PNG\r\n\x1a\n',
    'a Git LFS pointer and not the file itself, which `git lfs pull` fetches':
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
    'a git-annex pointer and not the file itself, which `git annex get` fetches':
      '/annex/objects/SHA256E-s12345--4d7a.jpg\n',
    'something else': 'Hello',
  };
  for (const [kind, bytes] of Object.entries(cases))
    test(`are refused as ${kind}, whatever the name`, async () => {
      const error = await failureOf(decodeBytes(bytes));
      expect([error.code, error.message]).toEqual([
        'IMAGE_FORMAT',
        `Expected a JPEG, PNG, WebP, AVIF, GIF or TIFF image but poster.jpg is ${kind}.`,
      ]);
    });

  test('are refused when they are a gzipped SVG', async () => {
    const error = await failureOf(decodeBytes(gzipSync('<svg xmlns="http://www.w3.org/2000/svg"/>')));
    expect([error.code, error.message.includes('gzip')]).toEqual(['IMAGE_FORMAT', true]);
  });

  test.each([
    ['a JPEG XL image', '\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl '],
    ['a JPEG 2000 image', '\xff\x4f\xff\x51\0\x2f'],
    ['a HEIC image', '\0\0\0\x18ftypmif1\0\0\0\0mif1heic'],
  ])('%s has a second form', async (kind, bytes) => {
    expect((await failureOf(decodeBytes(bytes))).message).toContain(`is ${kind}: ${remedy}.`);
  });

  const signatures = [
    'II*\0',
    'MM\0*',
    'RIFF\x10\0\0\0WEBP',
    'GIF89a',
    '\0\0\0\x18ftypavif',
    '\xff\xd8\xff\xe0',
  ];
  for (const signature of signatures)
    test(`never draw an SVG behind the signature ${JSON.stringify(signature)}`, async () => {
      const svg =
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
      const error = await failureOf(decodeBytes(signature + svg));
      expect(['IMAGE_TRUNCATED', 'IMAGE_CORRUPT']).toContain(error.code);
    });
});

describe('a damaged picture', () => {
  const encoders = {
    JPEG: () => noise().jpeg(),
    'JPEG (progressive)': () => noise().jpeg({ progressive: true }),
    PNG: () => noise().png(),
    'PNG (interlaced)': () => noise().png({ progressive: true }),
    WebP: () => noise().webp(),
    AVIF: () => noise().avif({ effort: 0 }),
    GIF: () => noise().gif(),
    TIFF: () => noise().tiff(),
  };
  for (const [name, encode] of Object.entries(encoders))
    test(`is refused as truncated when ${name} is cut anywhere`, async () => {
      const whole = await encode().toBuffer();
      const format = name.split(' ')[0];
      // A TIFF's directory is at its end: beyond that, what is missing shows only as damage.
      for (const part of format === 'TIFF' ? [0.1, 0.5, 0.9] : [0.1, 0.5, 0.9, 0.99]) {
        const error = await failureOf(decodeBytes(whole.subarray(0, Math.floor(whole.length * part))));
        expect([part, error.code, error.message]).toEqual([
          part,
          'IMAGE_TRUNCATED',
          `Expected a whole ${format} image but poster.jpg is truncated.`,
        ]);
      }
      for (const length of [4, 12, 30, 100]) {
        const error = await failureOf(decodeBytes(whole.subarray(0, length)));
        expect(['IMAGE_TRUNCATED', 'IMAGE_CORRUPT', 'IMAGE_FORMAT']).toContain(error.code);
      }
    });

  test('is refused as truncated when its last two bytes are missing, also when it is made smaller', async () => {
    const whole = await noise(900, 1200).jpeg({ progressive: true }).toBuffer();
    const bytes = whole.subarray(0, whole.length - 2);
    const source = { kind: 'bytes', bytes, name: 'poster.jpg' } as const;
    const rule = resizeRule({ height: 24, width: 16 });
    expect((await failureOf(preparePixels(source, rule))).code).toBe('IMAGE_TRUNCATED');
    expect((await failureOf(perceptualHash(source))).code).toBe('IMAGE_TRUNCATED');
  });

  test('is refused as corrupt when a PNG checksum is wrong', async () => {
    const bytes = await noise(20, 30).png().toBuffer();
    bytes[60]! ^= 0x10;
    expect((await failureOf(decodeBytes(bytes))).code).toBe('IMAGE_CORRUPT');
  });

  test('gives pixels or a coded error for any flipped bytes, never anything else', async () => {
    const random = Random.fromSeed(7);
    let refused = 0;
    for (const encode of Object.values(encoders)) {
      const whole = await encode().resize(40, 60).toBuffer();
      for (let trial = 0; trial < 12; trial++) {
        const bytes = Uint8Array.from(whole);
        for (let flips = 0; flips < 4; flips++)
          bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
        await decodeBytes(bytes).catch((error: unknown) => {
          expect(error).toBeInstanceOf(OnesheetError);
          refused++;
        });
      }
    }
    expect(refused).toBeGreaterThan(10);
  });
});

describe('a costly picture', () => {
  test('of 30,000 x 30,000 pixels is refused by its header', async () => {
    const bomb = hugePng(30_000, deflateSync(Buffer.alloc(1000)));
    expect(bomb.length).toBeLessThan(200);
    const error = await failureOf(decodeBytes(bomb));
    expect([error.code, error.message]).toEqual([
      'IMAGE_TOO_LARGE',
      'Expected at most 50000000 pixels but poster.jpg has 30000 x 30000.',
    ]);
  });

  test('is measured against the limit that was given, exactly', async () => {
    const bytes = await noise(20, 30).png().toBuffer();
    expect((await failureOf(decodeBytes(bytes, { maximumPixels: 599 }))).code).toBe('IMAGE_TOO_LARGE');
    expect((await decodeBytes(bytes, { maximumPixels: 600 })).width).toBe(20);
  });

  test('is measured by the bytes of its pixels when they have more than four', async () => {
    const bytes = await noise(20, 30).ensureAlpha().toColourspace('rgb16').png().toBuffer();
    const error = await failureOf(decodeBytes(bytes, { maximumPixels: 1199 }));
    expect([error.code, error.message]).toEqual([
      'IMAGE_TOO_LARGE',
      'Expected at most 599 pixels of 8 bytes but poster.jpg has 20 x 30.',
    ]);
    expect((await decodeBytes(bytes, { maximumPixels: 1200 })).width).toBe(20);
  });

  test('of too many bytes is refused before it is read', async () => {
    const path = join(folder, 'big.jpg');
    await writeFile(path, Buffer.alloc(1001));
    const error = await failureOf(decodeImage({ kind: 'file', path }, { maximumBytes: 1000 }));
    expect([error.code, error.message]).toEqual([
      'IMAGE_TOO_BIG',
      `Expected at most 1000 bytes but ${path} has 1001.`,
    ]);
    expect((await failureOf(decodeBytes('x'.repeat(1001), { maximumBytes: 1000 }))).code).toBe(
      'IMAGE_TOO_BIG',
    );
  });

  test('is given up after its time on the processor', async () => {
    // Each of 144 million pixels goes through the colour profile: more than two seconds of work.
    const side = 12_000;
    const { icc } = await sharp(await noise(8, 8).withIccProfile('p3').png().toBuffer()).metadata();
    const slow = hugePng(side, deflateSync(Buffer.alloc((side / 8 + 1) * side), { level: 1 }), icc);
    const source = { kind: 'bytes', bytes: slow, name: 'slow.png' } as const;
    const limits = { maximumPixels: side * side, timeoutSeconds: 1 };
    const error = await failureOf(preparePixels(source, resizeRule({ height: 24, width: 16 }), limits));
    expect([error.code, error.message]).toEqual([
      'IMAGE_TIMEOUT',
      'Gave up on slow.png: decoding took more than 1 s of processor time.',
    ]);
  });
});

test('pictures that fail at the same time are each told their own reason', async () => {
  const pixels = Buffer.from(Array.from({ length: 300 * 300 * 3 }, (_, at) => (at * 7919) % 251));
  const jpeg = await sharp(pixels, { raw: { width: 300, height: 300, channels: 3 } })
    .jpeg()
    .toBuffer();
  const png = await sharp(pixels, { raw: { width: 300, height: 300, channels: 3 } })
    .png()
    .toBuffer();
  const damaged = Buffer.from(png);
  const middle = png.length >> 1;
  damaged.fill(0, middle, middle + 200);
  const reasonOf = async (bytes: Uint8Array): Promise<string> =>
    decodeImage({ kind: 'bytes', bytes, name: 'a' }).then(
      () => 'none',
      (error: Error) => error.message,
    );
  const cut = jpeg.subarray(0, jpeg.length >> 1);
  const expected = [await reasonOf(cut), await reasonOf(damaged)];
  expect(expected[0]).toContain('truncated');
  const reasons = await Promise.all(
    Array.from({ length: 120 }, (_, at) => reasonOf(at % 2 === 0 ? cut : damaged)),
  );
  expect([...new Set(reasons)].sort()).toEqual([...expected].sort());
});
