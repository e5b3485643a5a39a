/** @module The page's model and a head of a person's own -> the bytes of a one-file model that every part of onesheet reads. */
import { withHead } from '../../src/graph/browser.ts';
import { type ModelMetadata, writeMetadata } from '../../src/model/browser.ts';
import { version } from '../../src/version.ts';
import type { BrowserModel } from '../private/facts.ts';
import type { Taught } from './head.ts';

/** What a person taught. */
export interface Course {
  readonly name: string;
  readonly labels: readonly string[];
  /** SHA-256 of each poster's file with the labels that it was given, in any order. */
  readonly posters: readonly { readonly hash: string; readonly labels: readonly string[] }[];
}

export interface TaughtModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Name and the beginning of the file's hash. */
  readonly id: string;
  readonly metadata: ModelMetadata;
}

export async function sha256(data: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param base the model's file, of which the trunk is kept */
export async function taughtModel(
  base: Uint8Array<ArrayBuffer>,
  { id, resize, features }: Pick<BrowserModel, 'id' | 'resize' | 'features'>,
  { name, labels, posters }: Course,
  { head, policies, policyCurves, prevalence, likeliest, mostCommon }: Taught,
): Promise<TaughtModel> {
  if (!features) throw new RangeError('the model has no features that a head can read');
  const dataHash = await sha256(
    posters
      .map((poster) => `${poster.hash} ${poster.labels.join('|')}\n`)
      .sort()
      .join(''),
  );
  const metadata: ModelMetadata = {
    name,
    genres: [...labels],
    prevalence: [...prevalence],
    activation: 'sigmoid',
    resize,
    calibration: head.calibration,
    policies: [...policies],
    policyCurves,
    measures: {
      held_out_likeliest_right: likeliest.hits / likeliest.of,
      held_out_likeliest_right_low: likeliest.low,
      held_out_likeliest_right_high: likeliest.high,
      most_common_right: mostCommon.hits / mostCommon.of,
    },
    provenance: {
      recipe: 'taught in the page',
      seed: 1,
      epoch: 1,
      dataHash,
      // Every poster was held out once: there is no other split than the data's.
      splitHash: dataHash,
      trainingPosters: posters.length,
      validationPosters: 0,
      version,
      startedFrom: { source: id, sha256: await sha256(base) },
    },
  };
  const bytes = withHead(base, { features: features.name, ...head }, writeMetadata(metadata));
  return { bytes, id: `${name}@${(await sha256(bytes)).slice(0, 12)}`, metadata };
}
