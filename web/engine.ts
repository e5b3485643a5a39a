/** @module What the page asks of a model, wherever it runs: genres of a poster, and where on it a genre shows. */
import { z } from 'zod';
import { type PolicyStore, policyCurvesSchema, policySchema } from '../src/evaluate/browser.ts';
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
  policyCurves: policyCurvesSchema.optional(),
  /** Each genre's share of the training posters, `[genres]`; services of older versions do not tell it. */
  prevalence: z.array(z.number()).optional(),
};

/** What the page knows of a model. */
export interface PageModel extends Predictor {
  readonly metadata: Predictor['metadata'] & { readonly prevalence?: readonly number[] | undefined };
}

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

/** What a person says that is known of a poster beside its picture. */
export interface Told {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A word that is heard, or the picture: how strongly it speaks for a genre, or below 0 against it. */
export interface Spoken {
  readonly text: string;
  readonly logit: number;
}

/** How a poster is judged by its picture and what stands on it. */
export interface Hearing extends Told {
  /** Name and hash of the model that judged. */
  readonly model: string;
  /** [genres] */
  readonly probabilities: Float32Array;
  /** The decision rules that were chosen for what is heard. */
  readonly rules: Pick<PolicyStore, 'policies' | 'policyCurves'>;
  /** By genre: the picture's part, and the words that say most, the strongest first. */
  readonly spoken: readonly { readonly picture: number; readonly words: readonly Spoken[] }[];
}

export interface Hears {
  /** Whether it reads what stands on posters; else it hears what is typed. */
  readonly reading: boolean;
  /** What this machine loads before the first poster is heard, in bytes. */
  readonly bytes: number;
}

/** Of work that takes a while. */
export interface WorkOptions {
  readonly signal: AbortSignal;
  /** Called with what is done and what there is to do, for engines that can tell. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface Engine {
  readonly mode: Mode;
  readonly model: PageModel;
  /** Posters that are worth asking for at a time. */
  readonly concurrency: number;
  /** Whether the maps of a poster's genres have one unit, so that they can be drawn on one scale. */
  readonly oneScale: boolean;
  /**
   * @returns calibrated probabilities, [genres], in the model's order
   * @throws {Failure} for a poster that cannot be read
   */
  predict(poster: PosterSource): Promise<Float32Array>;
  /**
   * @param genre its column in the model
   * @param size of the maps, in the poster's proportions
   * @returns the genre's map, and those of others that came of the same work, by their columns; above 0, a place speaks
   * for the genre
   */
  explain(
    poster: PosterFile,
    genre: number,
    size: PixelSize,
    options: WorkOptions,
  ): Promise<ReadonlyMap<number, Grid>>;
  /** What it hears of posters beside their pictures; missing where that is nothing. */
  readonly hears?: Hears | undefined;
  /**
   * @param told what is heard; without it the poster is read
   * @param options of which progress is told in bytes, while what is needed arrives
   * @throws {Failure} for a poster that cannot be read
   */
  hear?(poster: PosterFile, told: Told | undefined, options: WorkOptions): Promise<Hearing>;
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
