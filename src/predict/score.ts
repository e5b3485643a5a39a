/** @module A model and labelled posters -> their labels and probabilities side by side, and what could not be read. */
import type { Poster } from '../dataset/index.ts';
import type { Matrix, NamedScores } from '../evaluate/index.ts';
import type { Classifier } from '../model/index.ts';
import type { PosterReader } from '../read/index.ts';
import { labelsOf } from '../run/index.ts';
import { isFailed } from './prediction.ts';
import { predictStream } from './stream.ts';
import type { PosterTexts } from './texts.ts';

export interface Scores extends NamedScores {
  /** Those that could be read, one a row. */
  readonly posters: readonly Poster[];
  /** Calibrated probabilities [posters, genres]. */
  readonly yScore: Matrix<Float32Array>;
  readonly failed: readonly { readonly id: string; readonly code: string; readonly message: string }[];
}

export interface ScoreOptions {
  /** What stands on the posters as text, if it is to be heard too. @default the pictures alone */
  readonly texts?: PosterTexts;
  /** Reads what stands on posters. @default nothing is read */
  readonly reader?: PosterReader;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Predicts posters by the same path as every prediction; those that cannot be read are named and left out. */
export async function score(
  classifier: Classifier,
  posters: readonly Poster[],
  { texts, reader, onProgress }: ScoreOptions = {},
): Promise<Scores> {
  const { genres } = classifier.model.metadata;
  const column = new Map(genres.map((genre, g) => [genre, g]));
  const readable: Poster[] = [];
  const failed: { id: string; code: string; message: string }[] = [];
  const rows: Float32Array[] = [];
  let at = 0;
  for await (const outcome of predictStream(classifier, posters, { texts, reader })) {
    const poster = posters[at++]!;
    if (isFailed(outcome)) failed.push({ id: poster.id, ...outcome.error });
    else {
      const row = new Float32Array(genres.length);
      for (const { label, probability } of outcome.genres) row[column.get(label)!] = probability;
      readable.push(poster);
      rows.push(row);
    }
    onProgress?.(at, posters.length);
  }
  const data = new Float32Array(rows.length * genres.length);
  rows.forEach((row, i) => {
    data.set(row, i * genres.length);
  });
  return {
    posters: readable,
    ids: readable.map(({ id }) => id),
    yTrue: labelsOf(readable, genres),
    yScore: { rows: rows.length, columns: genres.length, data },
    failed,
  };
}
