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
  /** What the policy decides, 0 or 1, [posters, genres]. */
  readonly yPred: Matrix<Uint8Array>;
  readonly failed: readonly { readonly id: string; readonly code: string; readonly message: string }[];
}

export interface ScoreOptions {
  /** What stands on the posters as text, if it is to be heard too. @default the pictures alone */
  readonly texts?: PosterTexts;
  /** Reads what stands on posters. @default nothing is read */
  readonly reader?: PosterReader;
  /** Decision rule, by its name in the model. @default the model's first */
  readonly policy?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Predicts posters by the same path as every prediction; those that cannot be read are named and left out. */
export async function score(
  classifier: Classifier,
  posters: readonly Poster[],
  { texts, reader, policy, onProgress }: ScoreOptions = {},
): Promise<Scores> {
  const { genres } = classifier.model.metadata;
  const column = new Map(genres.map((genre, g) => [genre, g]));
  const readable: Poster[] = [];
  const failed: { id: string; code: string; message: string }[] = [];
  const rows: Float32Array[] = [];
  const decisions: Uint8Array[] = [];
  let at = 0;
  for await (const outcome of predictStream(classifier, posters, { texts, reader, policy })) {
    const poster = posters[at++]!;
    if (isFailed(outcome)) failed.push({ id: poster.id, ...outcome.error });
    else {
      const row = new Float32Array(genres.length);
      const given = new Uint8Array(genres.length);
      for (const { label, probability, decided } of outcome.genres) {
        row[column.get(label)!] = probability;
        given[column.get(label)!] = Number(decided);
      }
      readable.push(poster);
      rows.push(row);
      decisions.push(given);
    }
    onProgress?.(at, posters.length);
  }
  const data = new Float32Array(rows.length * genres.length);
  const decided = new Uint8Array(data.length);
  rows.forEach((row, i) => {
    data.set(row, i * genres.length);
    decided.set(decisions[i]!, i * genres.length);
  });
  return {
    posters: readable,
    ids: readable.map(({ id }) => id),
    yTrue: labelsOf(readable, genres),
    yScore: { rows: rows.length, columns: genres.length, data },
    yPred: { rows: rows.length, columns: genres.length, data: decided },
    failed,
  };
}
