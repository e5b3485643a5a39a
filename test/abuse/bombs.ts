/** @module Nothing -> small files that cost a decoder much: large, interlaced, of many frames or pages. */
import { crc32, createDeflate } from 'node:zlib';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** So many zeros, deflated. */
async function zeros(bytes: number): Promise<Buffer> {
  const deflate = createDeflate({ level: 9 });
  const piece = Buffer.alloc(2 ** 20);
  const feed = async (): Promise<void> => {
    for (let left = bytes; left > 0; left -= piece.length)
      if (!deflate.write(left < piece.length ? piece.subarray(0, left) : piece))
        await new Promise((resolve) => deflate.once('drain', resolve));
    deflate.end();
  };
  void feed();
  const parts: Buffer[] = [];
  for await (const part of deflate) parts.push(part);
  return Buffer.concat(parts);
}

/** A black PNG of 16-bit RGBA whose rows come in seven passes: nothing can be skipped, and all of it is held. */
export async function interlacedPng(side: number): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([16, 6, 0, 0, 1], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const pixels = await zeros(side * side * 8 + side * 4);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A GIF of 10 by 10 pixels and many frames of one. */
export function framesGif(frames: number): Buffer {
  const head = Buffer.from('GIF89a\x0a\0\x0a\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  const frame = Buffer.from('\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0', 'latin1');
  return Buffer.concat([head, Buffer.alloc(frame.length * frames, frame), Buffer.from(';')]);
}

/** A TIFF of many directories, each a picture of one grey pixel. */
export function pagesTiff(pages: number): Buffer {
  const entries = [256, 257, 258, 259, 262, 273, 278, 279].map((tag) => [
    tag,
    tag === 258 ? 8 : tag === 273 ? 8 : 1,
  ]);
  const size = 2 + entries.length * 12 + 4;
  const file = Buffer.alloc(9 + pages * size);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(9, 4);
  for (let page = 0; page < pages; page++) {
    let at = 9 + page * size;
    file.writeUInt16LE(entries.length, at);
    at += 2;
    for (const [tag, value] of entries) {
      file.writeUInt16LE(tag!, at);
      file.writeUInt16LE(3, at + 2);
      file.writeUInt32LE(1, at + 4);
      file.writeUInt16LE(value!, at + 8);
      at += 12;
    }
    file.writeUInt32LE(page + 1 < pages ? at + 4 : 0, at);
  }
  return file;
}
