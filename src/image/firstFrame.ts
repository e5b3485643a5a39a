/** @module An animation or a file of many pages -> the same file with its first frame only, so that no decoder walks the rest. */
import type { ImageFormat } from './format.ts';

/**
 * Decoders count the frames of a file before they read one, which takes minutes for a small file of a million. What
 * cannot be followed to the end of its first frame is handed on as it is, for the decoder to judge.
 */
export function firstFrame(format: ImageFormat, bytes: Uint8Array): Uint8Array {
  if (format === 'GIF') return firstOfGif(bytes);
  if (format === 'TIFF') return firstOfTiff(bytes);
  if (format === 'WebP') return firstOfWebp(bytes);
  return bytes;
}

const gif = { extension: 0x21, graphicControl: 0xf9, image: 0x2c, trailer: 0x3b } as const;

/** GIF89a: the screen, the last graphic control before the first image, and that image. */
function firstOfGif(bytes: Uint8Array): Uint8Array {
  const tableSize = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  /** @returns where the blocks that start here end; beyond the file when they do not */
  const skipBlocks = (start: number): number => {
    let at = start;
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
    return at + 1;
  };
  const screenEnd = 13 + tableSize(bytes[10] ?? 0);
  let control: Uint8Array = bytes.subarray(0, 0);
  let at = screenEnd;
  for (; bytes[at] === gif.extension; ) {
    const end = skipBlocks(at + 2);
    if (bytes[at + 1] === gif.graphicControl) control = bytes.subarray(at, end);
    at = end;
  }
  if (bytes[at] !== gif.image || at + 10 >= bytes.length) return bytes;
  const end = skipBlocks(at + 10 + tableSize(bytes[at + 9]!) + 1);
  const isWhole = end <= bytes.length;
  const isLast = end >= bytes.length - 1;
  if (!isWhole || isLast) return bytes;
  return joined([bytes.subarray(0, screenEnd), control, bytes.subarray(at, end), Uint8Array.of(gif.trailer)]);
}

/** TIFF 6.0, section 2, and BigTIFF: the first directory, which names no next one. */
function firstOfTiff(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16) return bytes;
  const little = bytes[0] === 0x49;
  const isBig = view.getUint16(2, little) === 43;
  const offset = (at: number): number =>
    isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  const size = isBig ? { count: 8, entry: 20, offset: 8 } : { count: 2, entry: 12, offset: 4 };
  const directory = offset(isBig ? 8 : 4);
  if (directory + size.count > bytes.length) return bytes;
  const entries = isBig ? offset(directory) : view.getUint16(directory, little);
  const next = directory + size.count + entries * size.entry;
  if (next + size.offset > bytes.length) return bytes;
  if (offset(next) === 0) return bytes;
  const alone = Uint8Array.from(bytes);
  alone.fill(0, next, next + size.offset);
  return alone;
}

/** WebP container, extended: all chunks but the frames (ANMF) after the first. */
function firstOfWebp(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const announced = bytes.length < 12 ? 0 : view.getUint32(4, true) + 8;
  if (announced < 30 || announced > bytes.length || view.getUint32(12) !== 0x56503858) return bytes;
  const kept = [bytes.subarray(0, 12)];
  let hasFrame = false;
  let start = 12;
  for (let at = 12; at + 8 <= announced; ) {
    const isFrame = view.getUint32(at) === 0x414e4d46;
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size & 1);
    if (end > announced) return bytes;
    if (isFrame && hasFrame) {
      if (start < at) kept.push(bytes.subarray(start, at));
      start = end;
    }
    hasFrame ||= isFrame;
    at = end;
  }
  if (start === 12) return bytes;
  kept.push(bytes.subarray(start, announced));
  const alone = joined(kept);
  new DataView(alone.buffer).setUint32(4, alone.length - 8, true);
  return alone;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
