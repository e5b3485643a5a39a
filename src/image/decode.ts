/** @module A picture from anywhere -> its first frame as upright 8-bit sRGB pixels without transparency. */
import type { Metadata, ResizeOptions } from 'sharp';
import { onesheetError } from '../errors.ts';
import { plainBytes, sharp } from './codec.ts';
import { type ImageFormat, isCutShort, sniffFormat } from './format.ts';
import { Slots } from './slots.ts';
import {
  completeLimits,
  describeSource,
  type ImageLimits,
  type ImageSource,
  readImageBytes,
} from './source.ts';

/** libuv's threads, on which sharp decodes. */
const slots = new Slots(Number(process.env.UV_THREADPOOL_SIZE) || 4);

/** A decoded picture. */
export interface PixelImage {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** `[height, width, 3]`, row-major, sRGB from 0 to 255. */
  readonly data: Uint8Array;
}

/** Red, green and blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The colour under transparent parts where nothing else is asked for. */
export const defaultBackground: Colour = [0, 0, 0];

/** sharp's name for each format. */
const codecNames: Readonly<Record<ImageFormat, string>> = {
  JPEG: 'jpeg',
  PNG: 'png',
  WebP: 'webp',
  AVIF: 'heif',
  GIF: 'gif',
  TIFF: 'tiff',
};

/**
 * Decodes JPEG, PNG, WebP, AVIF, GIF or TIFF (by content, not by name). EXIF orientation is applied; ICC
 * profiles, CMYK, grey and 16 bits become 8-bit sRGB; transparency is laid on black; of an animation the
 * first frame is taken.
 *
 * @param signal gives it up: what waits for its turn never starts
 * @throws {OnesheetError} IMAGE_MISSING, IMAGE_NOT_A_FILE, IMAGE_UNREADABLE, IMAGE_EMPTY, IMAGE_FORMAT,
 * IMAGE_TRUNCATED, IMAGE_CORRUPT, IMAGE_TOO_LARGE (pixels), IMAGE_TOO_BIG (bytes), IMAGE_TIMEOUT,
 * URL_FETCH_DISABLED.
 */
export function decodeImage(
  source: ImageSource,
  limits: Partial<ImageLimits> = {},
  signal?: AbortSignal,
): Promise<PixelImage> {
  return decodeResized(source, limits, defaultBackground, () => undefined, signal);
}

/** How to resize a picture: the same for all, or by its upright width and height. */
export type ResizePlan = ResizeOptions | ((width: number, height: number) => ResizeOptions | undefined);

/** {@link decodeImage} and resize in one pass, in which the decoder may skip detail that the result cannot show. */
export function decodeResized(
  source: ImageSource,
  limits: Partial<ImageLimits>,
  background: Colour,
  plan: ResizePlan,
  signal?: AbortSignal,
): Promise<PixelImage> {
  const name = describeSource(source);
  const allowed = completeLimits(limits);
  const { timeoutSeconds } = allowed;
  const work = async () => {
    const bytes = await readImageBytes(source, allowed);
    const sniffed = sniffFormat(bytes);
    if ('other' in sniffed) throw onesheetError('IMAGE_FORMAT', name, sniffed.other);
    const { format } = sniffed;
    try {
      if (format === 'JPEG' && typeof plan !== 'function') {
        // Reading the header first would take an eighth of the time; it is read to name what fails here.
        const image = await render(bytes, allowed.maximumPixels, timeoutSeconds, plan).catch(unlessLate);
        if (image) return flatten(image, background);
      }
      const header = await sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata();
      const { width, height } = header.autoOrient;
      if (width * height > allowed.maximumPixels)
        throw onesheetError('IMAGE_TOO_LARGE', name, width, height, allowed.maximumPixels);
      if (header.format !== codecNames[format]) throw new Error(`its content is ${header.format}`);
      const resize = typeof plan === 'function' ? plan(width, height) : plan;
      return flatten(await render(bytes, width * height, timeoutSeconds, resize, header), background);
    } catch (error) {
      throw nameFailure(error, name, format, bytes, timeoutSeconds);
    }
  };
  return slots.run(() => inTime(timeoutSeconds, name, work()), signal);
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
  let size = { width: 0, height: 0 };
  const plan = (width: number, height: number): ResizeOptions => {
    size = { width, height };
    return { width: 1, height: 1, fit: 'fill' };
  };
  await decodeResized(source, limits, defaultBackground, plan, signal);
  return size;
}

function inTime<Result>(seconds: number, name: string, running: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onesheetError('IMAGE_TIMEOUT', name, seconds)), seconds * 1000);
  });
  return Promise.race([running, deadline]).finally(() => clearTimeout(timer));
}

interface RawImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

async function render(
  bytes: Uint8Array,
  maximumPixels: number,
  seconds: number,
  resize: ResizeOptions | undefined,
  header?: Metadata,
): Promise<RawImage> {
  const pipeline = sharp(bytes, {
    autoOrient: true,
    failOn: 'error',
    limitInputPixels: maximumPixels,
  });
  // Frees the thread too, but only looks between strips of the result: a small result is one strip.
  pipeline.timeout({ seconds });
  // libvips would take 16-bit RGB with a profile to Display P3, whose numbers are not sRGB's.
  if (header?.space === 'rgb16' && header.hasProfile) pipeline.pipelineColourspace('srgb');
  if (resize !== undefined) pipeline.resize(resize);
  const { data, info } = await pipeline.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data: plainBytes(data) };
}

/**
 * Lays RGBA on the background: `round((colour * alpha + background * (255 - alpha)) / 255)`. It is done
 * here, after the conversion to sRGB, because libvips flattens grey pictures on a grey background.
 */
function flatten(image: RawImage, background: Colour): PixelImage {
  const { width, height, channels, data } = image;
  if (channels === 3) return { width, height, data };
  if (channels !== 4) throw new Error(`it has ${channels} channels`);
  const flat = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < flat.length; from += 4, to += 3) {
    const alpha = data[from + 3];
    for (let channel = 0; channel < 3; channel++)
      flat[to + channel] = Math.round(
        (data[from + channel] * alpha + background[channel] * (255 - alpha)) / 255,
      );
  }
  return { width, height, data: flat };
}

function isLate({ message }: Error): boolean {
  return /^timeout/i.test(message);
}

/** Passes over any failure but that of the time being up. */
function unlessLate(error: Error): undefined {
  if (isLate(error)) throw error;
}

function nameFailure(
  error: unknown,
  name: string,
  format: ImageFormat,
  bytes: Uint8Array,
  seconds: number,
): unknown {
  // Decoders throw plain errors; a coded one is already clear and a TypeError is a bug of ours.
  if (!(error instanceof Error) || error.name !== 'Error') return error;
  const reason = error.message
    .replace(/^Input buffer has corrupt header: ?/, '')
    .split('\n')[0]
    .trim();
  if (isLate(error)) return onesheetError('IMAGE_TIMEOUT', name, seconds);
  if (isCutShort(format, bytes, error.message)) return onesheetError('IMAGE_TRUNCATED', name, format);
  return onesheetError('IMAGE_CORRUPT', name, format, reason || 'its header is damaged');
}
