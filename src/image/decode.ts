/** @module A picture from anywhere -> its first frame as upright 8-bit sRGB pixels without transparency. */
import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { onesheetError } from '../errors.ts';
import { renderApart } from './decoderPool.ts';
import { sniffFormat } from './format.ts';
import type { Bounds, PixelImage, ScaledImage } from './geometry.ts';
import { isLight } from './light.ts';
import { completeLimits, type ImageLimits } from './limits.ts';
import { type RenderTask, render } from './render.ts';
import { Slots } from './slots.ts';
import { describeSource, type ImageSource, readImageBytes } from './source.ts';

/** libuv's threads, on which files are read and pictures decoded that cost little. */
const threads = Number(process.env.UV_THREADPOOL_SIZE) || 4;
const here = new Slots(threads);
/** Costly pictures have places of their own, so that they delay only each other. */
const apart = new Slots(Math.min(threads, availableParallelism()));

/**
 * Decodes JPEG, PNG, WebP, AVIF, GIF or TIFF (by content, not by name). EXIF orientation is applied; ICC
 * profiles, CMYK, grey and 16 bits become 8-bit sRGB; transparency is laid on black; of an animation the
 * first frame is taken.
 *
 * @param signal gives it up, with its reason: a picture that waits for its turn is never begun, and the process that
 * decodes a costly one is ended
 * @throws {OnesheetError} IMAGE_MISSING, IMAGE_NOT_A_FILE, IMAGE_UNREADABLE, IMAGE_EMPTY, IMAGE_FORMAT,
 * IMAGE_TRUNCATED, IMAGE_CORRUPT, IMAGE_TOO_LARGE (pixels), IMAGE_TOO_BIG (bytes), IMAGE_TIMEOUT,
 * DECODER_LOST, URL_FETCH_DISABLED; the signal's reason
 */
export function decodeImage(
  source: ImageSource,
  limits: Partial<ImageLimits> = {},
  signal?: AbortSignal,
): Promise<PixelImage> {
  return decode(source, 'pixels', limits, signal);
}

/**
 * The upright size of a picture that decodes, in pixels; nothing of it is kept.
 *
 * @throws {OnesheetError} the codes of {@link decodeImage}
 */
export async function measureImage(
  source: ImageSource,
  limits: Partial<ImageLimits> = {},
  signal?: AbortSignal,
): Promise<Pick<PixelImage, 'width' | 'height'>> {
  const { width, height } = await decode(source, 'size', limits, signal);
  return { width, height };
}

/**
 * Decodes a picture in its own proportions, in a size within bounds, in one pass.
 *
 * @throws {OnesheetError} the codes of {@link decodeImage}
 */
export async function decodeWithin(
  source: ImageSource,
  bounds: Bounds,
  limits: Partial<ImageLimits> = {},
  signal?: AbortSignal,
): Promise<ScaledImage> {
  return (await decode(source, bounds, limits, signal)) as ScaledImage;
}

/**
 * {@link decodeImage}, {@link measureImage}, or decoding and resizing in one pass: here when the header promises that
 * it takes little time, else in a process that can be ended.
 */
export async function decode(
  source: ImageSource,
  wanted: RenderTask['wanted'],
  limits: Partial<ImageLimits>,
  signal: AbortSignal | undefined,
): Promise<PixelImage | ScaledImage> {
  // One signal may stand for a whole list of pictures.
  if (signal !== undefined) setMaxListeners(0, signal);
  const name = describeSource(source);
  const allowed = completeLimits(limits);
  const { maximumPixels, timeoutSeconds: seconds } = allowed;
  const read = async (): Promise<RenderTask> => {
    const bytes = await readImageBytes(source, allowed);
    const sniffed = sniffFormat(bytes);
    if ('other' in sniffed) throw onesheetError('IMAGE_FORMAT', name, sniffed.other);
    return { bytes, format: sniffed.format, name, wanted, maximumPixels };
  };
  const image = await here.run(async () => {
    const task = await read();
    return isLight(task.format, task.bytes) ? render(task) : undefined;
  }, signal);
  // Read again, so that a costly file is not held while it waits.
  return image ?? apart.run(async () => renderApart({ ...(await read()), seconds }, signal), signal);
}
