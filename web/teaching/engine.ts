/** @module The private engine and a head of a person's own -> an engine that gives that person's genres. */

import type { PixelSize } from '../../src/image/browser.ts';
import type { ModelMetadata } from '../../src/model/browser.ts';
import type { Engine, PageModel, PosterFile, PosterSource, WorkOptions } from '../engine.ts';
import type { PrivateEngine } from '../private/engine.ts';
import type { TaughtHead } from './head.ts';

export class TaughtEngine implements Engine {
  readonly mode = 'private';
  readonly concurrency = 1;
  readonly oneScale = true;
  readonly model: PageModel;
  readonly #network: PrivateEngine;
  readonly #head: TaughtHead;

  constructor(network: PrivateEngine, head: TaughtHead, id: string, metadata: ModelMetadata) {
    this.model = { id, metadata };
    this.#network = network;
    this.#head = head;
  }

  predict(poster: PosterSource): Promise<Float32Array> {
    return this.#network.predict(poster, this.#head);
  }

  explain(poster: PosterFile, genre: number, size: PixelSize, options: WorkOptions) {
    return this.#network.explain(poster, genre, size, options, this.#head);
  }
}
