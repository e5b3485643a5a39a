/** @module A picture's file and the networks that read -> the lines of text on it, in this browser. */
import { type ScaledImage, sizeWithin } from '../../src/image/browser.ts';
import { engineOf, type Reading, readingBounds, readPicture } from '../../src/read/browser.ts';
import type { ReaderFiles } from './messages.ts';
import { decodePicture } from './pixels.ts';
import { resize } from './resample.ts';
import { openNetwork, type Runtime } from './session.ts';

export type BrowserReader = (picture: Blob, name: string, signal: AbortSignal) => Promise<Reading>;

/** The counterpart of `decodeToRead` in `src/read/`, behind another decoder. */
async function decodeToRead(picture: Blob, name: string): Promise<ScaledImage> {
  const { image, format } = await decodePicture(picture, name, [0, 0, 0]);
  const size = sizeWithin(image, readingBounds);
  const { height, width } = image;
  return { ...size, data: resize(image, size, 'lanczos3', format), original: { height, width } };
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
