/** @module The first bytes of a picture -> whether decoding it is sure to take little time and memory. */
import type { ImageFormat } from './format.ts';

/** Samples (width times height times channels) and bytes below which no picture that was tried took half a second. */
const most = {
  bytes: 8 * 2 ** 20,
  /** A column of millions of rows costs more than as many pixels in a square. */
  side: 16_384,
  jpegSamples: 48_000_000,
  /** A progressive JPEG goes over all its samples in every scan; encoders write about ten. */
  progressive: { samples: 24_000_000, bytes: 2 ** 20, scans: 16 },
  /** Bytes of the decoded picture. */
  pngBytes: 32_000_000,
  webpPixels: 4_000_000,
} as const;

/**
 * Looks at the header only, and of a progressive JPEG at all of its megabyte at most. What is not plainly harmless
 * counts as costly, and so do all GIF, TIFF and AVIF: their headers do not bound their work.
 *
 * @param bytes of a file with this format's signature
 */
export function isLight(format: ImageFormat, bytes: Uint8Array): boolean {
  if (bytes.length > most.bytes) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'JPEG') return isLightJpeg(view);
  if (format === 'PNG') return isLightPng(view);
  if (format === 'WebP') return isLightWebp(view);
  return false;
}

function fits(width: number, height: number, weight: number, limit: number): boolean {
  return Math.max(width, height) <= most.side && width * height * weight <= limit;
}

/** PNG, section 11.2.1: the header comes first. */
function isLightPng(view: DataView): boolean {
  if (view.byteLength < 33 || view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) return false;
  const sampleBytes = view.getUint8(24) === 16 ? 2 : 1;
  return fits(view.getUint32(16), view.getUint32(20), 4 * sampleBytes, most.pngBytes);
}

/** WebP container: the size of a simple file stands in its frame, that of an extended one in VP8X. */
function isLightWebp(view: DataView): boolean {
  if (view.byteLength < 30) return false;
  const kind = view.getUint32(12);
  const within = (width: number, height: number): boolean => fits(width, height, 1, most.webpPixels);
  if (kind === 0x56503820)
    return within(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  if (kind === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return within((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
  }
  const isAnimated = (view.getUint8(20) & 2) !== 0;
  if (kind !== 0x56503858 || isAnimated) return false;
  // Two numbers of 24 bits, each one less than the size.
  return within((view.getUint32(24, true) & 0xffffff) + 1, (view.getUint32(26, true) >>> 8) + 1);
}

/** ITU-T T.81, annex B: segments up to the first scan, the frame's header among them. */
function isLightJpeg(view: DataView): boolean {
  let frame:
    | { readonly progressive: boolean; readonly components: number; readonly samples: number }
    | undefined;
  // More segments than that are no picture's.
  for (let at = 2, segments = 0; segments < 4096 && at + 10 <= view.byteLength; segments++) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9)) return false;
    if (marker >= 0xc0 && marker <= 0xc2) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      const components = Math.max(1, view.getUint8(at + 9));
      if (frame !== undefined || height === 0 || !fits(width, height, components, most.jpegSamples))
        return false;
      frame = { progressive: marker === 0xc2, components, samples: width * height * components };
    } else if (marker > 0xc2 && marker < 0xd0 && marker !== 0xc4) {
      // Arithmetic coding and what is rarer still.
      return false;
    } else if (marker === 0xda) {
      if (frame === undefined) return false;
      if (!frame.progressive && view.getUint8(at + 4) === frame.components) return true;
      return isLightProgressive(view, at, frame.samples);
    }
    at += 2 + view.getUint16(at + 2);
  }
  return false;
}

function isLightProgressive(view: DataView, start: number, samples: number): boolean {
  const { progressive } = most;
  if (samples > progressive.samples || view.byteLength > progressive.bytes) return false;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let scans = 0;
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1))
    if (bytes[at + 1] === 0xda) scans++;
  return scans <= progressive.scans;
}
