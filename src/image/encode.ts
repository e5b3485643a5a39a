/** @module Pixels, or a drawing of our own -> an encoded JPEG, PNG or WebP. */
import type { Sharp } from 'sharp';
import { plainBytes, sharp } from './codec.ts';
import type { PixelImage } from './geometry.ts';

export interface EncodeOptions {
  readonly format: 'png' | 'webp' | 'jpeg';
  /**
   * From 1 to 100, for JPEG and WebP; PNG is without loss.
   * @default 90
   */
  readonly quality?: number;
}

/** Encodes sRGB pixels. */
export async function encodeImage(image: PixelImage, options: EncodeOptions): Promise<Uint8Array> {
  const { width, height } = image;
  const pipeline = sharp(image.data, {
    raw: { width, height, channels: 3 },
    limitInputPixels: false,
  });
  return encodeAs(pipeline, options);
}

export interface DrawOptions {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  readonly format: 'jpeg' | 'png';
  /**
   * From 1 to 100, for JPEG.
   * @default 90
   */
  readonly quality?: number;
}

/**
 * Draws an SVG on white, stretched to the given size. Only for SVG that this program wrote itself: a
 * stranger's SVG can name other files and can take for ever, and `decodeImage` refuses it. Text depends on
 * the machine's fonts; shapes and paths do not.
 */
export async function drawSvg(svg: string, options: DrawOptions): Promise<Uint8Array> {
  const { width, height } = options;
  const pipeline = sharp(Buffer.from(svg))
    .resize({ width, height, fit: 'fill' })
    .flatten({ background: '#fff' });
  return encodeAs(pipeline, options);
}

async function encodeAs(pipeline: Sharp, { format, quality = 90 }: EncodeOptions): Promise<Uint8Array> {
  if (format === 'png') pipeline.png();
  else if (format === 'webp') pipeline.webp({ quality });
  else pipeline.jpeg({ quality });
  return plainBytes(await pipeline.toBuffer());
}
