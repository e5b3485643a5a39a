/** @module Counts and sizes -> small files with a great many frames, pages or rows, as nobody's encoder writes them. */
import { crc32, deflateSync } from 'node:zlib';

/** A GIF of 10 x 10 in black whose frames are a single white dot each. */
export function gifOf(frames: number, { comments = 0 } = {}): Buffer {
  const header = Buffer.from('GIF89a\x0a\0\x0a\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  const comment = Buffer.from('\x21\xfe\x01a\0', 'latin1');
  const frame = Buffer.from('\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0', 'latin1');
  const parts = [header, ...Array<Buffer>(comments).fill(comment), ...Array<Buffer>(frames).fill(frame)];
  return Buffer.concat([...parts, Buffer.of(0x3b)]);
}

/** A TIFF, classic or big, little or big-endian, whose pages are one grey dot each: the first of 200, all others of 50. */
export function tiffOf(pages: number, { big = false, little = true } = {}): Buffer {
  const word = big ? 8 : 4;
  const header = (big ? 16 : 8) + 2;
  const tags = [
    [256, 1],
    [257, 1],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 0],
    [278, 1],
    [279, 1],
  ] as const;
  const size = (big ? 8 : 2) + tags.length * (big ? 20 : 12) + word;
  const file = Buffer.alloc(header + pages * size);
  let at = 0;
  const put = (value: number, bytes: 2 | 4 | 8): void => {
    const low = little ? at : at + bytes - Math.min(bytes, 4);
    if (bytes === 2) little ? file.writeUInt16LE(value, at) : file.writeUInt16BE(value, at);
    else little ? file.writeUInt32LE(value, low) : file.writeUInt32BE(value, low);
    at += bytes;
  };
  file.write(little ? 'II' : 'MM', 'latin1');
  at = 2;
  put(big ? 43 : 42, 2);
  if (big) {
    put(8, 2);
    put(0, 2);
  }
  put(header, word);
  const dots = at;
  file[at++] = 200;
  file[at++] = 50;
  for (let page = 0; page < pages; page++) {
    put(tags.length, big ? 8 : 2);
    for (const [tag, value] of tags) {
      put(tag, 2);
      put(4, 2);
      put(1, word);
      // A short value stands at the start of its field in either order.
      const end = at + word;
      put(tag === 273 ? dots + Math.min(page, 1) : value, 4);
      at = end;
    }
    put(page + 1 < pages ? header + (page + 1) * size : 0, word);
  }
  return file;
}

/** An animated WebP from still ones of one size, of which the last is repeated. */
export function webpOf(stills: readonly Uint8Array[], frames: number, width: number, height: number): Buffer {
  const chunk = (name: string, ...content: Uint8Array[]): Buffer => {
    const body = Buffer.concat(content);
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
  };
  const size = Buffer.alloc(6);
  size.writeUIntLE(width - 1, 0, 3);
  size.writeUIntLE(height - 1, 3, 3);
  const made = stills.map((still) =>
    chunk('ANMF', Buffer.alloc(6), size, Buffer.of(10, 0, 0, 0), still.subarray(12)),
  );
  const all = Array.from({ length: frames }, (_, at) => made[Math.min(at, made.length - 1)]!);
  const extended = chunk('VP8X', Buffer.of(0x12, 0, 0, 0), size);
  const body = Buffer.concat([Buffer.from('WEBP'), extended, chunk('ANIM', Buffer.alloc(6)), ...all]);
  return chunk('RIFF', body);
}

/** Half a megabyte that takes seconds: a few columns of millions of rows. */
export function columns(width: number, rows: number): Buffer {
  const chunk = (type: string, body: Uint8Array): Buffer => {
    const content = Buffer.concat([Buffer.from(type), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc32(content));
    return Buffer.concat([length, content, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc((1 + width) * rows), { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
