/** @module A poster's picture and an attribution map -> both as pixels at the size at which they are shown. */
import { displayValues, fittedSize, type Grid, overlay } from '../../src/explain/browser.ts';
import type { PixelSize } from '../../src/image/browser.ts';
import { Failure } from '../engine.ts';
import { texts } from '../texts.ts';

/** Longer side of what is drawn, in pixels: enough for a poster that fills a laptop's window. */
const maximumSide = 960;

async function drawn(address: string): Promise<CanvasRenderingContext2D> {
  const image = new Image();
  image.src = address;
  await image.decode().catch(() => {
    throw new Failure('IMAGE_CORRUPT', texts.detail.noPreview);
  });
  const { naturalHeight, naturalWidth } = image;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, fittedSize({ height: naturalHeight, width: naturalWidth }, maximumSide));
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return context;
}

/** The size at which a picture is drawn. */
export async function picturePixels(address: string): Promise<PixelSize> {
  const { height, width } = (await drawn(address)).canvas;
  return { height, width };
}

/** Whether anything on the poster speaks for the genre. */
export function saysSomething(map: Grid): boolean {
  return displayValues(map).some((value) => value > 0);
}

/** The poster in grey under the map's colours, as `onesheet explain` draws it. */
export async function drawOverlay(canvas: HTMLCanvasElement, address: string, map: Grid): Promise<void> {
  const { height, width } = map;
  const rgba = (await drawn(address)).getImageData(0, 0, width, height).data;
  const data = new Uint8Array(height * width * 3);
  for (let at = 0; at < height * width; at++) data.set(rgba.subarray(at * 4, at * 4 + 3), at * 3);
  const laid = overlay({ height, width, data }, { ...map, genre: '', method: 'occlusion' }).data;
  for (let at = 0; at < height * width; at++) rgba.set(laid.subarray(at * 3, at * 3 + 3), at * 4);
  canvas.height = height;
  canvas.width = width;
  canvas.getContext('2d')!.putImageData(new ImageData(rgba, width, height), 0, 0);
}
