/** @module A picture's file and the networks that read -> the lines of text on it, in this browser. */
import { type PixelImage, type ScaledImage, sizeWithin } from '../../src/image/browser.ts';
import { engineOf, type Reading, readingBounds, readPicture, rescale } from '../../src/read/browser.ts';
import type { ReaderFiles } from './messages.ts';
import { decodePicture } from './pixels.ts';
import { type Pixels, resize } from './resample.ts';
import { openNetwork, type Runtime } from './session.ts';

export type BrowserReader = (picture: Blob, name: string, signal: AbortSignal) => Promise<Reading>;

/** The counterpart of `decodeToRead` in `src/read/`, behind another decoder. */
async function decodeToRead(picture: Blob, name: string): Promise<ScaledImage> {
  const { image, format } = await decodePicture(picture, name, [0, 0, 0]);
  const size = sizeWithin(image, readingBounds);
  const { height, width } = image;
  const enlarges = size.height > height && size.width > width;
  const data = enlarges
    ? rescale(opaque(image), size.width, size.height, [width / size.width, height / size.height]).data
    : resize(image, size, 'lanczos3', format);
  return { ...size, data, original: { height, width } };
}

/** Its three colours. */
function opaque({ width, height, channels, data: from }: Pixels): PixelImage {
  const data = new Uint8Array(3 * width * height);
  for (let to = 0, at = 0; to < data.length; to += 3, at += channels)
    for (let i = 0; i < 3; i++) data[to + i] = from[at + i]!;
  return { width, height, data };
}

/** Lets messages in: the page may want no more of it. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

export async function openReader(runtime: Runtime, files: ReaderFiles): Promise<BrowserReader> {
  const detection = await openNetwork(runtime, files.detection);
  const engine = engineOf(detection, await openNetwork(runtime, files.recognition), files.alphabet);
  const patient: typeof engine = {
    ...engine,
    recognize: async (line, signal) => {
      await pause(signal);
      return engine.recognize(line, signal);
    },
  };
  return async (picture, name, signal) => readPicture(patient, await decodeToRead(picture, name), signal);
}
