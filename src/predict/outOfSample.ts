/** @module Files of predictions for posters that the weights were not trained on -> their labels and probabilities. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { knownMatrix, labelMatrix, type Poster } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { type Labels, matrixFromRows, type NamedScores } from '../evaluate/index.ts';
import { readWholeFile } from '../files.ts';
import { loadModel } from '../model/index.ts';
import { requireResultsOf, runFiles } from '../train/index.ts';

/** A validation poster of a run, with its genres that the model knows and `[genres]` probabilities. */
export interface ValidationPoster {
  readonly id: string;
  readonly genres: readonly string[];
  /** The genres of the model that are known of it; absent where all are. */
  readonly known?: readonly string[];
  readonly probabilities: readonly number[];
}

/** What a file says, and that its origin could not be checked where it could not. */
export interface Checked<Content> {
  readonly content: Content;
  readonly note: string | undefined;
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
 * @param model the id of the run's model; undefined where the run has none to compare with
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, TABLE_ROW for a line of another kind, DATASET_EMPTY,
 * RESULTS_FOREIGN for predictions of another model
 */
export async function readValidation(
  run: string,
  genres: readonly string[],
  model: string | undefined,
): Promise<Checked<readonly ValidationPoster[]>> {
  const path = join(run, runFiles.validation);
  const line = z.object({
    model: z.string().optional(),
    id: z.string(),
    genres: z.array(z.string()),
    known: z.array(z.string()).optional(),
    probabilities: z.array(probability).length(genres.length),
  });
  const rows = await readLines(
    path,
    'the predictions of the validation posters',
    'it is no prediction of this run',
    (value) => line.parse(value),
  );
  if (rows.length === 0) throw onesheetError('DATASET_EMPTY', path, 'a line a validation poster');
  const note = requireResultsOf(path, modelsOf(rows), model === undefined ? undefined : [model]);
  return { content: rows.map(({ model: _, ...row }) => row), note };
}

/** The models that lines name; undefined where one names none. */
function modelsOf(rows: readonly { readonly model?: string }[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const { model } of rows) {
    if (model === undefined) return undefined;
    // Means of several models name them all.
    for (const name of model.split(' ')) names.add(name);
  }
  return names;
}

/** What is true of posters, as far as it is known. */
export function labelsOf(
  posters: readonly Pick<Poster, 'genres' | 'known'>[],
  genres: readonly string[],
): Labels<Uint8Array> {
  return {
    rows: posters.length,
    columns: genres.length,
    data: labelMatrix(posters, genres),
    known: knownMatrix(posters, genres),
  };
}

/** Validation posters as labels and probabilities. */
export function validationScores(rows: readonly ValidationPoster[], genres: readonly string[]): NamedScores {
  return {
    ids: rows.map(({ id }) => id),
    yTrue: labelsOf(rows, genres),
    yScore: matrixFromRows(rows.map(({ probabilities }) => probabilities)),
  };
}

const predictionLine = z.object({
  model: z.string().optional(),
  id: z.string(),
  genres: z.array(z.object({ label: z.string(), probability })),
});

/**
 * Reads the predictions that `onesheet cross-validate` makes of training posters, each by a model that has not
 * seen it, beside the labels that the posters have now. Predictions of other posters are left aside. Where the folds'
 * runs stand beside the file, the predictions must be of their present models.
 *
 * @param genres that every line must have, in the order of the columns
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE; TABLE_ROW for a line that is no prediction of these
 * genres; DATASET_EMPTY when no line is of one of the posters; RESULTS_FOREIGN
 */
export async function readOutOfFold(
  path: string,
  posters: readonly Poster[],
  genres: readonly string[],
): Promise<Checked<NamedScores>> {
  const byId = new Map(posters.map((poster) => [poster.id, poster]));
  const rows = await readLines(
    path,
    'predictions that `onesheet cross-validate` writes',
    `expected a prediction of ${genres.join(', ')}`,
    (value) => {
      const { model, id, genres: predicted } = predictionLine.parse(value);
      const found = new Map(predicted.map(({ label, probability: p }) => [label, p]));
      if (found.size !== genres.length || genres.some((genre) => !found.has(genre))) throw new Error(id);
      return { model, id, probabilities: genres.map((genre) => found.get(genre)!) };
    },
  );
  const own = rows.filter(({ id }) => byId.has(id));
  if (own.length === 0) throw onesheetError('DATASET_EMPTY', path, 'a prediction of one of these posters');
  const content = {
    ids: own.map(({ id }) => id),
    yTrue: labelsOf(
      own.map(({ id }) => byId.get(id)!),
      genres,
    ),
    yScore: matrixFromRows(own.map(({ probabilities }) => probabilities)),
  };
  return { content, note: requireResultsOf(path, modelsOf(rows), await foldModels(dirname(path))) };
}

/** The ids of the models of the folds in a folder; undefined where it has none. */
async function foldModels(folder: string): Promise<string[] | undefined> {
  const names = (await readdir(folder)).filter((name) => /^fold-\d+$/.test(name));
  const models: string[] = [];
  for (const name of names) {
    const model = await loadModel(join(folder, name, runFiles.model)).catch((error: { code?: string }) => {
      if (error.code === 'FILE_MISSING') return undefined;
      throw error;
    });
    if (model) models.push(model.id);
  }
  return models.length === 0 ? undefined : models;
}
