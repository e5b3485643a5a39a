/** @module A picture's file and a resize rule -> the uint8 pixels that the network receives, by the browser's decoder. */
import { onesheetError } from '../../src/errors.ts';
import {
  defaultImageLimits,
  type ImageFormat,
  isCutShort,
  layInput,
  mediaTypes,
  placementOf,
  type ResizeRule,
  sniffFormat,
} from '../../src/image/browser.ts';
import { type Pixels, resize } from './resample.ts';

const { maximumPixels, maximumBytes } = defaultImageLimits;

/** The first frame, upright, sRGB, laid on the background where it is transparent. */
async function decode(
  bytes: Uint8Array<ArrayBuffer>,
  format: ImageFormat,
  name: string,
  background: ResizeRule['background'],
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
    context.fillStyle = `rgb(${background.join(' ')})`;
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, channels: 4, data };
  } finally {
    bitmap.close();
  }
}

/**
 * A picture as its file has it, upright.
 *
 * @param background what lies under transparency
 * @throws {OnesheetError} IMAGE_EMPTY, IMAGE_TOO_BIG, IMAGE_FORMAT, IMAGE_TRUNCATED, IMAGE_CORRUPT or IMAGE_TOO_LARGE
 */
export async function decodePicture(
  picture: Blob,
  name: string,
  background: ResizeRule['background'],
): Promise<{ readonly image: Pixels; readonly format: ImageFormat }> {
  if (picture.size === 0) throw onesheetError('IMAGE_EMPTY', name);
  if (picture.size > maximumBytes) throw onesheetError('IMAGE_TOO_BIG', name, picture.size, maximumBytes);
  const bytes = new Uint8Array(await picture.arrayBuffer());
  const sniffed = sniffFormat(bytes);
  if ('other' in sniffed) throw onesheetError('IMAGE_FORMAT', name, sniffed.other);
  const { format } = sniffed;
  return { image: await decode(bytes, format, name, background), format };
}

/**
 * The counterpart of `preparePixels` in `src/image/`: the same rule and arithmetic behind another decoder, so that
 * the pixels differ by what decoders differ.
 *
 * @returns uint8 [height, width, 3], row-major, sRGB
 * @throws {OnesheetError} the codes of {@link decodePicture}
 */
export async function preparePixels(picture: Blob, name: string, rule: ResizeRule): Promise<Uint8Array> {
  const { image, format } = await decodePicture(picture, name, rule.background);
  const { height, width } = placementOf(image, rule);
  const data = resize(image, { height, width }, rule.kernel, format);
  return layInput({ height, width, data }, rule);
}
