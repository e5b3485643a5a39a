/** @module Files of predictions for posters that the weights were not trained on -> their labels and probabilities. */
import { join } from 'node:path';
import { z } from 'zod';
import { labelMatrix, type Poster } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { matrixFromRows, type NamedScores } from '../evaluate/index.ts';
import { readWholeFile } from '../files.ts';
import { runFiles } from '../train/index.ts';

/** A validation poster of a run, with its genres that the model knows and `[genres]` probabilities. */
export interface ValidationPoster {
  readonly id: string;
  readonly genres: readonly string[];
  readonly probabilities: readonly number[];
}

const probability = z.number().min(0).max(1);

/** The lines of a file, one object each. */
async function readLines<T>(path: string, purpose: string, problem: string, parse: (value: unknown) => T) {
  const text = (await readWholeFile(path, purpose)).toString();
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [parse(JSON.parse(line))];
    } catch {
      throw onesheetError('TABLE_ROW', path, i + 1, problem);
    }
  });
}

/**
 * Reads a run's `validation.jsonl`.
 *
 * @param genres of the run's model, in order
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, TABLE_ROW for a line of another kind, DATASET_EMPTY
 */
export async function readValidation(run: string, genres: readonly string[]): Promise<ValidationPoster[]> {
  const path = join(run, runFiles.validation);
  const line = z.object({
    id: z.string(),
    genres: z.array(z.string()),
    probabilities: z.array(probability).length(genres.length),
  });
  const rows = await readLines(
    path,
    'the predictions of the validation posters',
    'it is no prediction of this run',
    (value) => line.parse(value),
  );
  if (rows.length === 0) throw onesheetError('DATASET_EMPTY', path, 'a line a validation poster');
  return rows;
}

/** Validation posters as labels and probabilities. */
export function validationScores(rows: readonly ValidationPoster[], genres: readonly string[]): NamedScores {
  return {
    ids: rows.map(({ id }) => id),
    yTrue: matrixFromRows(rows.map((row) => genres.map((genre) => Number(row.genres.includes(genre))))),
    yScore: matrixFromRows(rows.map(({ probabilities }) => probabilities)),
  };
}

const predictionLine = z.object({
  id: z.string(),
  genres: z.array(z.object({ label: z.string(), probability })),
});

/**
 * Reads the predictions that `onesheet cross-validate` makes of training posters, each by a model that has not
 * seen it, beside the labels that the posters have now. Predictions of other posters are left aside.
 *
 * @param genres that every line must have, in the order of the columns
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE; TABLE_ROW for a line that is no prediction of these
 * genres; DATASET_EMPTY when no line is of one of the posters
 */
export async function readOutOfFold(
  path: string,
  posters: readonly Poster[],
  genres: readonly string[],
): Promise<NamedScores> {
  const byId = new Map(posters.map((poster) => [poster.id, poster]));
  const rows = await readLines(
    path,
    'predictions that `onesheet cross-validate` writes',
    `expected a prediction of ${genres.join(', ')}`,
    (value) => {
      const { id, genres: predicted } = predictionLine.parse(value);
      const found = new Map(predicted.map(({ label, probability: p }) => [label, p]));
      if (found.size !== genres.length || genres.some((genre) => !found.has(genre))) throw new Error(id);
      return { id, probabilities: genres.map((genre) => found.get(genre)!) };
    },
  );
  const own = rows.filter(({ id }) => byId.has(id));
  if (own.length === 0) throw onesheetError('DATASET_EMPTY', path, 'a prediction of one of these posters');
  const data = labelMatrix(
    own.map(({ id }) => byId.get(id)!),
    genres,
  );
  return {
    ids: own.map(({ id }) => id),
    yTrue: { rows: own.length, columns: genres.length, data },
    yScore: matrixFromRows(own.map(({ probabilities }) => probabilities)),
  };
}
