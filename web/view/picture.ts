/** @module A poster's picture and an attribution map -> both as pixels at the size at which they are shown. */
import { type Grid, overlay, resizeGrid, strongest } from '../../src/explain/browser.ts';
import type { PixelSize } from '../../src/image/browser.ts';
import { Failure } from '../engine.ts';
import { texts } from '../texts.ts';

async function opened(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode().catch(() => {
    throw new Failure('IMAGE_CORRUPT', texts.detail.noPreview);
  });
  return image;
}

/** The picture's own size. */
export async function pictureSize(address: string): Promise<PixelSize> {
  const { naturalHeight: height, naturalWidth: width } = await opened(address);
  return { height, width };
}

/** Whether anything on the poster speaks for the genre. */
export function saysSomething(map: Grid): boolean {
  return strongest(map) > 0;
}

/**
 * The poster in grey under the map's colours, as `onesheet explain` draws it.
 *
 * @param side longer side of what is drawn, in pixels
 * @param most what is drawn as strongest
 */
export async function drawOverlay(
  canvas: HTMLCanvasElement,
  address: string,
  map: Grid,
  { side, most }: { readonly side: number; readonly most: number },
): Promise<void> {
  const image = await opened(address);
  // Small posters are drawn larger than they are: the map is finer than their pixels.
  const scale = side / Math.max(image.naturalHeight, image.naturalWidth);
  const [height, width] = [image.naturalHeight, image.naturalWidth].map((length) =>
    Math.max(1, Math.round(length * scale)),
  ) as [number, number];
  canvas.height = height;
  canvas.width = width;
  canvas.style.setProperty('--ratio', String(width / height));
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(image, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(height * width * 3);
  for (let at = 0, from = 0; at < data.length; from += 4) {
    data[at++] = rgba[from]!;
    data[at++] = rgba[from + 1]!;
    data[at++] = rgba[from + 2]!;
  }
  const resized = { ...resizeGrid(map, { height, width }), genre: '', method: 'occlusion' } as const;
  const laid = overlay({ height, width, data }, resized, { most }).data;
  for (let at = 0, to = 0; at < laid.length; to += 4) {
    rgba[to] = laid[at++]!;
    rgba[to + 1] = laid[at++]!;
    rgba[to + 2] = laid[at++]!;
  }
  context.putImageData(new ImageData(rgba, width, height), 0, 0);
}
