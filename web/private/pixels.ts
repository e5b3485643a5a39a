/** @module A picture's file and a resize rule -> the uint8 pixels that the network receives, by the browser's decoder. */
import { onesheetError } from '../../src/errors.ts';
import {
  type ImageFormat,
  isCutShort,
  type PixelImage,
  type PixelSize,
  type ResizeRule,
  sniffFormat,
} from '../../src/image/browser.ts';
import { type Pixels, resize } from './resample.ts';

/** As many as the other parts of onesheet decode. */
export const maximumPixels = 50_000_000;

const mediaTypes: Readonly<Record<ImageFormat, string>> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  WebP: 'image/webp',
  AVIF: 'image/avif',
  GIF: 'image/gif',
  TIFF: 'image/tiff',
};

/** The first frame, upright, sRGB, laid on the background where it is transparent. */
async function decode(
  bytes: Uint8Array<ArrayBuffer>,
  format: ImageFormat,
  name: string,
  rule: ResizeRule,
): Promise<Pixels> {
  const picture = new Blob([bytes], { type: mediaTypes[format] });
  const bitmap = await createImageBitmap(picture).catch((error: unknown) => {
    if (isCutShort(format, bytes, String(error))) throw onesheetError('IMAGE_TRUNCATED', name, format);
    throw onesheetError('IMAGE_CORRUPT', name, format, 'this browser cannot decode it');
  });
  try {
    const { width, height } = bitmap;
    if (width * height > maximumPixels)
      throw onesheetError('IMAGE_TOO_LARGE', name, width, height, maximumPixels);
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.fillStyle = `rgb(${rule.background.join(' ')})`;
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, channels: 4, data };
  } finally {
    bitmap.close();
  }
}

/** Copies the middle of a picture to the middle of another of any size. */
function centre(from: PixelImage, { height, width, background }: ResizeRule): Uint8Array {
  const data = new Uint8Array(height * width * 3);
  for (let at = 0; at < data.length; at++) data[at] = background[at % 3]!;
  const top = Math.floor((height - from.height) / 2);
  const left = Math.floor((width - from.width) / 2);
  const first = Math.max(0, left);
  const last = Math.min(width, left + from.width);
  for (let row = Math.max(0, top); row < Math.min(height, top + from.height); row++) {
    const start = (row - top) * from.width;
    data.set(
      from.data.subarray((start + first - left) * 3, (start + last - left) * 3),
      (row * width + first) * 3,
    );
  }
  return data;
}

/** The size before bars are added or what overhangs is cut. */
function fittedSize(image: PixelSize, { height, width, fit }: ResizeRule): PixelSize {
  if (fit === 'fill') return { height, width };
  const scales = [width / image.width, height / image.height];
  const scale = fit === 'contain' ? Math.min(...scales) : Math.max(...scales);
  const side = (length: number, bound: number): number => {
    const scaled = Math.max(1, Math.round(length * scale));
    return fit === 'contain' ? Math.min(bound, scaled) : Math.max(bound, scaled);
  };
  return { height: side(image.height, height), width: side(image.width, width) };
}

/**
 * The counterpart of `preparePixels` in `src/image/`: the same rule and arithmetic behind another decoder, so that
 * the pixels differ by what decoders differ.
 *
 * @returns uint8 [height, width, 3], row-major, sRGB
 * @throws {OnesheetError} IMAGE_EMPTY, IMAGE_FORMAT, IMAGE_TRUNCATED, IMAGE_CORRUPT or IMAGE_TOO_LARGE
 */
export async function preparePixels(picture: Blob, name: string, rule: ResizeRule): Promise<Uint8Array> {
  if (picture.size === 0) throw onesheetError('IMAGE_EMPTY', name);
  const bytes = new Uint8Array(await picture.arrayBuffer());
  const sniffed = sniffFormat(bytes);
  if ('other' in sniffed) throw onesheetError('IMAGE_FORMAT', name, sniffed.other);
  const image = await decode(bytes, sniffed.format, name, rule);
  const size = fittedSize(image, rule);
  const data = resize(image, size, rule.kernel, sniffed.format);
  return rule.fit === 'fill' ? data : centre({ ...size, data }, rule);
}
