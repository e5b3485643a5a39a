/** @module The two networks, wherever they run -> what finds lines on a picture and reads them. */
import type { Session } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import { detectLines } from './detect.ts';
import type { Letters } from './letters.ts';
import { recognize } from './recognize.ts';
import type { Quadrilateral } from './rectangle.ts';

/** A network that is ready to run, by whichever runtime. */
export type RunnableNetwork = Pick<Session, 'run' | 'release'>;

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

/** @param alphabet letters of the recognition's classes, after the first, which is none */
export function engineOf(
  detection: RunnableNetwork,
  recognition: RunnableNetwork,
  alphabet: readonly string[],
): Engine {
  return {
    atOnce: 1,
    detect: (picture) => detectLines(detection, picture),
    recognize: (line) => recognize(recognition, line, alphabet),
    release: async () => {
      await Promise.all([detection.release(), recognition.release()]);
    },
  };
}
