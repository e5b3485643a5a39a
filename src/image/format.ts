/** @module The first bytes of a file -> one of the six formats that are decoded, or what it is instead. */
import { pointerIn } from '../pointer.ts';

/** Formats that are decoded, as people call them. */
export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'AVIF' | 'GIF' | 'TIFF';

/** What browsers call each of them. */
export const mediaTypes: Readonly<Record<ImageFormat, string>> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  WebP: 'image/webp',
  AVIF: 'image/avif',
  GIF: 'image/gif',
  TIFF: 'image/tiff',
};

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
  if (head.slice(4, 8) === 'ftyp') {
    const brands = brandsOf(bytes);
    return brands.some((brand) => brand === 'avif' || brand === 'avis')
      ? { format: 'AVIF' }
      : { other: describeBrands(brands) };
  }
  return { other: describeOther(bytes) };
}

/** The brands of a file type box, by which AVIF names itself (AV1 Image File Format 1.1, section 6). */
function brandsOf(bytes: Uint8Array): string[] {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const box = latin1(bytes, 0, Math.min(size, 256));
  const brands = [box.slice(8, 12)];
  for (let at = 16; at + 4 <= box.length; at += 4) brands.push(box.slice(at, at + 4));
  return brands;
}

/** Brands of ISO/IEC 23008-12, annex B, and of JPEG 2000's relatives; all others are films. */
function describeBrands(brands: readonly string[]): string {
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms])$/.test(brand))) return convertible('a HEIC image');
  if (brands.some((brand) => /^(mif[12]|msf1|miaf)$/.test(brand))) return convertible('an HEIF image');
  if (brands.some((brand) => /^(jp2 |jpx |jpm |jph )$/.test(brand))) return convertible('a JPEG 2000 image');
  return 'a video';
}

/** Pictures that other programs open: the remedy is to save them as one of the six. */
function convertible(what: string): string {
  return `${what}: save it as one of these`;
}

/** Signatures of what else is found among pictures, each at the first byte. */
const others: readonly (readonly [what: string, signatures: readonly string[]])[] = [
  [convertible('a JPEG XL image'), ['\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n']],
  [convertible('a JPEG 2000 image'), ['\xff\x4f\xff\x51', '\0\0\0\x0cjP  \r\n\x87\n']],
  [convertible('a JPEG XR image'), ['II\xbc', 'MM\xbc']],
  [convertible('a BMP image'), ['BM']],
  [convertible('an ICO icon'), ['\0\0\x01\0']],
  [convertible('a CUR cursor'), ['\0\0\x02\0']],
  [convertible('a Photoshop document'), ['8BPS']],
  [convertible('a Netpbm image'), ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7']],
  [convertible('a QOI image'), ['qoif']],
  [convertible('an OpenEXR image'), ['v/1\x01']],
  [convertible('a Radiance HDR image'), ['#?RADIANCE', '#?RGBE']],
  [convertible('a DDS texture'), ['DDS ']],
  [convertible('a GIMP document'), ['gimp xcf']],
  ['a gzip archive', ['\x1f\x8b']],
  ['a ZIP archive', ['PK\x03\x04']],
  ['a RAR archive', ['Rar!\x1a']],
  ['a 7-Zip archive', ['7z\xbc\xaf']],
  ['a video', ['\x1aE\xdf\xa3']],
];

/** The same for texts, in which blanks and a byte order mark may come first. */
const texts: readonly (readonly [what: string, beginning: RegExp])[] = [
  ['a PDF document', /^%PDF/],
  ['JSON text', /^[{[]\s*["{]/],
  ['a picture as base64 text: decode it first', /^(data:image\/|\/9j\/|iVBORw0KGgo|R0lGOD|UklGR)/],
  ['an SVG drawing', /<svg/i],
  ['an HTML page', /^<(!doctype html|html|head|body)/i],
];

function describeOther(bytes: Uint8Array): string {
  const pointer = pointerIn(bytes);
  if (pointer !== undefined) return pointer;
  const text = latin1(bytes, 0, 1024);
  const known = others.find(([, signatures]) => signatures.some((signature) => text.startsWith(signature)));
  if (known) return known[0];
  const hidden = formatBehind(bytes, text);
  if (hidden) return hidden;
  const start = text.replace(/^\xef\xbb\xbf/, '').trimStart();
  const written = texts.find(([, beginning]) => beginning.test(start));
  if (written) return written[0];
  if (/^\0+$/.test(text)) return 'nothing but zeros';
  return 'something else';
}

/** A picture that a program has put a byte order mark or blanks before, as some that write web pages do. */
function formatBehind(bytes: Uint8Array, text: string): string | undefined {
  const [before = ''] = text.match(/^(\xef\xbb\xbf)?\s*/) ?? [];
  if (before === '') return undefined;
  const sniffed = sniffFormat(bytes.subarray(before.length));
  if (!('format' in sniffed)) return undefined;
  const what = before.startsWith('\xef') ? 'a byte order mark' : 'blanks or line breaks';
  const article = sniffed.format === 'AVIF' ? 'an' : 'a';
  return `${article} ${sniffed.format} image behind ${what}: remove the first ${before.length === 1 ? 'byte' : `${before.length} bytes`}`;
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
