/** @module The validation posters as a run's best model sees them <-> its `validation.jsonl`. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { matrixFromRows, type NamedScores } from '../evaluate/index.ts';
import { writeFileAtomically } from '../files.ts';
import { type Checked, requireResultsOf } from './belonging.ts';
import { labelsOf } from './labels.ts';
import { modelsOf, readLines } from './lines.ts';

/** A validation poster as the best model sees it, a line of `validation.jsonl`. */
export interface ValidationLine {
  /** The model that sees it so. */
  readonly model: string;
  readonly id: string;
  readonly genres: readonly string[];
  /** The genres of the model that are known of it; absent where all are. */
  readonly known?: readonly string[];
  readonly logits: readonly number[];
  readonly probabilities: readonly number[];
}

/** A validation poster of a run, with its genres that the model knows and `[genres]` probabilities. */
export interface ValidationPoster {
  readonly id: string;
  readonly genres: readonly string[];
  /** The genres of the model that are known of it; absent where all are. */
  readonly known?: readonly string[];
  readonly probabilities: readonly number[];
}

/** @throws {OnesheetError} FILE_UNWRITABLE */
export async function writeValidation(path: string, lines: readonly ValidationLine[]): Promise<void> {
  await writeFileAtomically(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
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
  path: string,
  genres: readonly string[],
  model: string | undefined,
): Promise<Checked<readonly ValidationPoster[]>> {
  const line = z.object({
    model: z.string().optional(),
    id: z.string(),
    genres: z.array(z.string()),
    known: z.array(z.string()).optional(),
    probabilities: z.array(z.number().min(0).max(1)).length(genres.length),
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

/** Validation posters as labels and probabilities. */
export function validationScores(rows: readonly ValidationPoster[], genres: readonly string[]): NamedScores {
  return {
    ids: rows.map(({ id }) => id),
    yTrue: labelsOf(rows, genres),
    yScore: matrixFromRows(rows.map(({ probabilities }) => probabilities)),
  };
}
