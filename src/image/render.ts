/** @module The encoded bytes of a picture and what is wanted of it -> its pixels, or the error that names what is wrong. */
import type { Metadata, ResizeOptions } from 'sharp';
import { onesheetError } from '../errors.ts';
import { plainBytes, sharp } from './codec.ts';
import { firstFrame } from './firstFrame.ts';
import { type ImageFormat, isCutShort } from './format.ts';
import {
  type Bounds,
  type PixelImage,
  type PixelSize,
  placementOf,
  type ScaledImage,
  sizeWithin,
} from './geometry.ts';
import type { Colour, ResizeRule } from './rule.ts';
import { Turns } from './turns.ts';

/** Plain data, since it may go to another process. */
export interface RenderTask {
  readonly bytes: Uint8Array;
  /** By the signature of the bytes. */
  readonly format: ImageFormat;
  /** What messages call the picture. */
  readonly name: string;
  /** All its pixels, only its upright size (then `data` is empty), or its pixels in the size of a rule, without bars, or within bounds. */
  readonly wanted: 'pixels' | 'size' | ResizeRule | Bounds;
  /** Most pixels that the header may announce. */
  readonly maximumPixels: number;
}

/** sharp's name for each format. */
const codecNames: Readonly<Record<ImageFormat, string>> = {
  JPEG: 'jpeg',
  PNG: 'png',
  WebP: 'webp',
  AVIF: 'heif',
  GIF: 'gif',
  TIFF: 'tiff',
};

const black: Colour = [0, 0, 0];

const turns = new Turns();

/**
 * Decodes and resizes in one pass. libvips keeps the reasons of all its threads in one place, so that of two failures at
 * a time one may be told the other's, or none: what fails beside others is decoded again by itself.
 *
 * @throws {OnesheetError} IMAGE_TRUNCATED, IMAGE_CORRUPT, IMAGE_TOO_LARGE
 */
export async function render(task: RenderTask): Promise<PixelImage | ScaledImage> {
  return turns
    .beside(
      () => renderOnce(task),
      (error, wasBeside) => {
        if (!wasBeside || !isDecoders(error)) throw error;
        return turns.alone(() => renderOnce(task));
      },
    )
    .catch((error: unknown) => {
      throw nameFailure(error, task);
    });
}

async function renderOnce(task: RenderTask): Promise<PixelImage | ScaledImage> {
  const { format, name, wanted, maximumPixels } = task;
  const bytes = firstFrame(format, task.bytes);
  const rule = typeof wanted === 'object' && 'fit' in wanted ? wanted : undefined;
  const background = rule?.background ?? black;
  if (format === 'JPEG' && rule !== undefined && rule.fit !== 'contain') {
    // Reading the header first would take an eighth of the time; it is read to name what fails here.
    const image = await draw(bytes, maximumPixels, resizingTo(rule)).catch(() => undefined);
    if (image) return flatten(image, background);
  }
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata();
  const { width, height } = header.autoOrient;
  const pixelBytes = bytesOf(header);
  const most = Math.floor((maximumPixels * 4) / pixelBytes);
  if (width * height > most) throw onesheetError('IMAGE_TOO_LARGE', name, width, height, most, pixelBytes);
  if (header.format !== codecNames[format]) throw new Error(`its content is ${header.format}`);
  const resizing = resizingFor(wanted, { width, height });
  const image = flatten(await draw(bytes, width * height, resizing, header), background);
  if (wanted === 'size') return { width, height, data: new Uint8Array() };
  return typeof wanted === 'object' && rule === undefined ? { ...image, original: { width, height } } : image;
}

/** The whole picture is decoded, so that a damaged one has no size, but hardly any of it is kept. */
const resizing1x1: ResizeOptions = { width: 1, height: 1, fit: 'fill' };

function resizingFor(wanted: RenderTask['wanted'], from: PixelSize): ResizeOptions | undefined {
  if (wanted === 'pixels') return undefined;
  if (wanted === 'size') return resizing1x1;
  if ('fit' in wanted) return resizingTo(wanted, from);
  return { ...sizeWithin(from, wanted), fit: 'fill', ...carefully };
}

/**
 * Decoders that shrink on the way do it each in their own manner. JPEG's leaves a factor of two to the kernel here, and
 * all other formats give exactly the same pixels.
 */
const carefully: ResizeOptions = { fastShrinkOnLoad: false };

/** @param from the upright size of the picture, which `contain` asks for */
function resizingTo(rule: ResizeRule, from: PixelSize = rule): ResizeOptions {
  const { fit, height, width, kernel } = rule;
  const shared = { kernel, ...carefully };
  if (fit !== 'contain') return { height, width, fit, ...shared };
  const fitted = placementOf(from, rule);
  return { height: fitted.height, width: fitted.width, fit: 'fill', ...shared };
}

/** Bytes of a sample of a band, by libvips' name for it. */
const sampleBytes: Readonly<Record<string, number>> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
  complex: 8,
  double: 8,
  dpcomplex: 16,
};

/** Bytes of a pixel, but at least the four of a decoder's own: a limit in pixels is to be one of memory. */
function bytesOf({ channels, depth }: Metadata): number {
  return Math.max(4, channels * (sampleBytes[depth] ?? 1));
}

interface RawImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

async function draw(
  bytes: Uint8Array,
  limitInputPixels: number,
  resizing: ResizeOptions | undefined,
  header?: Metadata,
): Promise<RawImage> {
  const pipeline = sharp(bytes, { autoOrient: true, failOn: 'error', limitInputPixels });
  // libvips would take 16-bit RGB with a profile to Display P3, whose numbers are not sRGB's.
  if (header?.space === 'rgb16' && header.hasProfile) pipeline.pipelineColourspace('srgb');
  if (resizing !== undefined) pipeline.resize(resizing);
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
        (data[from + channel]! * alpha! + background[channel]! * (255 - alpha!)) / 255,
      );
  }
  return { width, height, data: flat };
}

/** Decoders throw plain errors; a coded one is already clear and a TypeError is a bug of ours. */
function isDecoders(error: unknown): error is Error {
  return error instanceof Error && error.name === 'Error';
}

function nameFailure(error: unknown, { name, format, bytes }: RenderTask): unknown {
  if (!isDecoders(error)) return error;
  const reason = error.message
    .replace(/^Input buffer has corrupt header: ?/, '')
    .split('\n')[0]!
    .trim();
  if (isCutShort(format, firstFrame(format, bytes), error.message))
    return onesheetError('IMAGE_TRUNCATED', name, format);
  return onesheetError('IMAGE_CORRUPT', name, format, reason || 'its header is damaged');
}
