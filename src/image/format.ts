/** @module The first bytes of a file -> one of the six formats that are decoded, or what it is instead. */

/** Formats that are decoded, as people call them. */
export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'AVIF' | 'GIF' | 'TIFF';

/** File name endings, in lower case with the dot, under which the six formats are found in a folder. */
export const imageExtensions: readonly string[] = [
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.avif',
  '.gif',
  '.tif',
  '.tiff',
];

/** A format that is decoded, or else a noun phrase for what the bytes look like. */
export type Sniffed = { readonly format: ImageFormat } | { readonly other: string };

/**
 * Names a file by its signature; its name does not count. Everything that does not carry one of the six
 * signatures at its first byte is refused before a decoder sees it.
 */
export function sniffFormat(bytes: Uint8Array): Sniffed {
  const head = latin1(bytes, 0, 64);
  if (head.startsWith('\xff\xd8\xff')) return { format: 'JPEG' };
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return { format: 'PNG' };
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return { format: 'WebP' };
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return { format: 'GIF' };
  if (/^(II[*+]\0|MM\0[*+])/.test(head)) return { format: 'TIFF' };
  if (head.slice(4, 8) === 'ftyp') return isAvif(bytes) ? { format: 'AVIF' } : { other: 'HEIC or a video' };
  return { other: describeOther(bytes) };
}

/** AVIF names itself in the brands of its file type box (AV1 Image File Format 1.1, section 6). */
function isAvif(bytes: Uint8Array): boolean {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const box = latin1(bytes, 0, Math.min(size, 256));
  const brands = [box.slice(8, 12)];
  for (let at = 16; at + 4 <= box.length; at += 4) brands.push(box.slice(at, at + 4));
  return brands.some((brand) => brand === 'avif' || brand === 'avis');
}

function describeOther(bytes: Uint8Array): string {
  const text = latin1(bytes, 0, 1024).trimStart().toLowerCase();
  if (text.startsWith('\x1f\x8b')) return 'a gzip archive';
  if (text.startsWith('%pdf')) return 'a PDF document';
  if (text.includes('<svg')) return 'an SVG drawing';
  if (/^(\xef\xbb\xbf)?<(!doctype html|html|head|body)/.test(text)) return 'an HTML page';
  if (text.startsWith('bm')) return 'a BMP image';
  return 'something else';
}

/** Whether a file that failed to decode simply ends too early; `reason` is what the decoder said. */
export function isCutShort(format: ImageFormat, bytes: Uint8Array, reason: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'PNG') return !latin1(bytes, bytes.length - 64, 64).includes('IEND');
  if (format === 'WebP') return bytes.length < 12 || view.getUint32(4, true) + 8 > bytes.length;
  if (format === 'TIFF') return bytes.length < 8 || view.getUint32(4, bytes[0] === 0x49) + 2 > bytes.length;
  return bytes.length < 64 || /premature end|unexpected end|outside of file/i.test(reason);
}

function latin1(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(Math.max(0, start), Math.max(0, start) + length));
}
