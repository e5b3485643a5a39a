/** @module PaddleOCR's networks -> what finds lines on a picture and reads them, in this thread. */
import { mergeScales, Session, type SessionOptions } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import { detectLines } from './detect.ts';
import type { Letters } from './letters.ts';
import { loadNetworks, type ReaderNetworks } from './networks.ts';
import { recognize } from './recognize.ts';
import type { Quadrilateral } from './rectangle.ts';

/** Finds lines and reads them, in this thread or in others. */
export interface Engine {
  /** Pictures and lines that are worked on at a time. */
  readonly atOnce: number;
  /** @returns places of lines in pixels of the picture, the largest regions of lettering first */
  readonly detect: (picture: PixelImage, signal?: AbortSignal) => Promise<readonly Quadrilateral[]>;
  /** @param line upright, 48 pixels high */
  readonly recognize: (line: PixelImage, signal?: AbortSignal) => Promise<Letters>;
  readonly release: () => Promise<void>;
}

/** @throws {OnesheetError} READER_MISSING with the command that installs the networks; MODEL_UNREADABLE */
export async function prepareNetworks(): Promise<ReaderNetworks> {
  const { detection, recognition, alphabet } = await loadNetworks();
  return {
    detection: mergeScales(detection, 'the reader'),
    recognition: mergeScales(recognition, 'the reader'),
    alphabet,
  };
}

/** @throws what `Session.create` throws */
export async function createEngine(
  { detection, recognition, alphabet }: ReaderNetworks,
  options: SessionOptions,
): Promise<Engine> {
  // Each picture and each line has a size of its own.
  const own = { arena: false, ...options };
  const [finder, letters] = await Promise.all([
    Session.create(detection, own),
    Session.create(recognition, own),
  ]);
  return {
    atOnce: 1,
    detect: (picture) => detectLines(finder, picture),
    recognize: (line) => recognize(letters, line, alphabet),
    release: async () => {
      await Promise.all([finder.release(), letters.release()]);
    },
  };
}
