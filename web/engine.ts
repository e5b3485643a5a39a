/** @module What the page asks of a model, wherever it runs: genres of a poster, and where on it a genre shows. */
import { z } from 'zod';
import { policySchema } from '../src/evaluate/browser.ts';
import type { Grid } from '../src/explain/browser.ts';
import type { PixelSize } from '../src/image/browser.ts';
import type { Predictor } from '../src/predict/browser.ts';

/** Where posters are read: in this browser, or by the service that served the page. */
export type Mode = 'private' | 'service';

/** The fields of a model's metadata that every engine needs. */
export const predictorFields = {
  id: z.string(),
  name: z.string(),
  genres: z.array(z.string()).min(1),
  policies: z.array(policySchema).min(1),
};

export interface PosterFile {
  readonly kind: 'file';
  readonly name: string;
  readonly blob: Blob;
}

/** A poster that the service fetches; the page never has its picture. */
export interface PosterAddress {
  readonly kind: 'address';
  readonly name: string;
  readonly url: string;
}

export type PosterSource = PosterFile | PosterAddress;

export interface ExplainOptions {
  readonly signal: AbortSignal;
  /** Called with what is done and what there is to do, for engines that can tell. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface Engine {
  readonly mode: Mode;
  readonly model: Predictor;
  /** Posters that are worth asking for at a time. */
  readonly concurrency: number;
  /**
   * @returns calibrated probabilities, [genres], in the model's order
   * @throws {Failure} for a poster that cannot be read
   */
  predict(poster: PosterSource): Promise<Float32Array>;
  /**
   * @param genre its column in the model
   * @param size of the poster as it is shown, in pixels
   * @returns the map in the poster's geometry at that size; above 0, a pixel speaks for the genre
   */
  explain(poster: PosterFile, genre: number, size: PixelSize, options: ExplainOptions): Promise<Grid>;
}

/** What went wrong with one poster: a code of onesheet's errors or of the page's own, and a sentence. */
export class Failure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
  }
}
