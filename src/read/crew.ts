/** @module A picture or a line of it -> the answer of the thread that finds lines, or of whichever that reads them is idle first. */
import { Crew } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import type { Engine } from './engine.ts';
import type { Letters } from './letters.ts';
import type { ReaderNetworks } from './networks.ts';
import type { Quadrilateral } from './rectangle.ts';

/** What a thread begins with: a network that finds lines, or one that reads them, and its letters. */
export interface ReadingThread {
  readonly network: Uint8Array;
  /** Threads inside an operator. */
  readonly threads: number;
  readonly alphabet?: readonly string[];
}

/** The compiled thread, which programs that bundle this package, or run its sources, lack. */
export const workerFile = new URL('./lineWorker.js', import.meta.url);

/** Threads that read lines, at most; each holds some 60 MB. */
const mostThreads = 8;

/**
 * Lines are read by several threads with one core each, twice as fast as by networks that share the cores inside every
 * operator: lines are short, and wait for nobody. A whole picture is large enough to be shared by all cores.
 */
export class ReadingCrew implements Engine {
  readonly atOnce: number;
  readonly #finder: Crew<PixelImage, readonly Quadrilateral[]>;
  readonly #readers: Crew<PixelImage, Letters>;

  /** @param threads how many read at a time, at most 8 */
  constructor({ detection, recognition, alphabet }: ReaderNetworks, threads: number, file = workerFile) {
    this.atOnce = Math.min(mostThreads, threads);
    const finding: ReadingThread = { network: detection, threads: this.atOnce };
    const reading: ReadingThread = { network: recognition, threads: 1, alphabet };
    this.#finder = new Crew({ file, name: 'find', threads: 1, setup: finding });
    this.#readers = new Crew({ file, name: 'read', threads: this.atOnce, setup: reading });
  }

  detect(picture: PixelImage, signal?: AbortSignal): Promise<readonly Quadrilateral[]> {
    return this.#finder.submit(plainOf(picture), { signal });
  }

  recognize(line: PixelImage, signal?: AbortSignal): Promise<Letters> {
    return this.#readers.submit(plainOf(line), { signal });
  }

  /** Ends the threads after what they are doing. */
  async release(): Promise<void> {
    await Promise.all([this.#finder.release(), this.#readers.release()]);
  }
}

/** What a thread needs of a picture. */
function plainOf({ width, height, data }: PixelImage): PixelImage {
  return { width, height, data };
}
