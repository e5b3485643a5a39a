/** @module Posters and a file of predictions by models that have not seen them -> their labels and probabilities. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Poster } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { matrixFromRows, type NamedScores } from '../evaluate/index.ts';
import { loadModel } from '../model/index.ts';
import { type Checked, requireResultsOf } from './belonging.ts';
import { runFiles } from './files.ts';
import { labelsOf } from './labels.ts';
import { modelsOf, readLines } from './lines.ts';

/** What cross-validation predicts of its posters, in its folder. */
export const outOfFoldFile = 'out-of-fold.jsonl';

/** The folder of a fold's run, in that of the cross-validation; folds are counted from 1. */
export function foldFolder(fold: number): string {
  return `fold-${fold}`;
}

const predictionLine = z.object({
  model: z.string().optional(),
  id: z.string(),
  genres: z.array(z.object({ label: z.string(), probability: z.number().min(0).max(1) })),
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
