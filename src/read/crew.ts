/** @module A picture or a line of it -> the answer of whichever of several threads is idle first; each has networks of its own. */
import { Crew } from '../graph/index.ts';
import type { PixelImage } from '../image/index.ts';
import type { Engine } from './engine.ts';
import type { Letters } from './letters.ts';
import type { ReaderNetworks } from './networks.ts';
import type { Quadrilateral } from './rectangle.ts';

export type ReadingTask = { readonly picture: PixelImage } | { readonly line: PixelImage };
export type ReadingAnswer = readonly Quadrilateral[] | Letters;

/** The compiled thread, which programs that bundle this package, or run its sources, lack. */
export const workerFile = new URL('./lineWorker.js', import.meta.url);

/** Threads that read, at most; each holds some 150 MB. */
const mostThreads = 8;

/**
 * Several threads with one core each read twice as fast as networks that share the cores inside every operator: lines
 * are short, and wait for nobody.
 */
export class ReadingCrew implements Engine {
  readonly atOnce: number;
  readonly #crew: Crew<ReadingTask, ReadingAnswer>;

  /** @param threads how many read at a time, at most 8 */
  constructor(networks: ReaderNetworks, threads: number, file = workerFile) {
    this.atOnce = Math.min(mostThreads, threads);
    this.#crew = new Crew({ file, name: 'read', threads: this.atOnce, setup: networks });
  }

  async detect(picture: PixelImage, signal?: AbortSignal): Promise<readonly Quadrilateral[]> {
    const { width, height, data } = picture;
    const places = await this.#crew.submit({ picture: { width, height, data } }, { signal });
    return places as readonly Quadrilateral[];
  }

  async recognize(line: PixelImage, signal?: AbortSignal): Promise<Letters> {
    // Lines first: the posters that are begun are ended.
    return (await this.#crew.submit({ line }, { signal, before: (other) => 'picture' in other })) as Letters;
  }

  /** Ends the threads after what they are doing. */
  release(): Promise<void> {
    return this.#crew.release();
  }
}
