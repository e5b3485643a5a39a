/** @module A run's files -> the certainty that they belong together, or a sentence on the one that does not. */
import type { Split } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import type { ModelMetadata } from '../model/index.ts';
import type { RunConfig } from './config.ts';

/** What a file says, and that its origin could not be checked where it could not. */
export interface Checked<Content> {
  readonly content: Content;
  readonly note: string | undefined;
}

/** @throws {OnesheetError} SPLIT_ALTERED when the split is not the one that the run was trained with */
export function requireRunsSplit(path: string, { hash }: Split, { splitHash }: RunConfig): void {
  if (hash !== splitHash)
    throw onesheetError('SPLIT_ALTERED', path, hash.slice(0, 12), splitHash.slice(0, 12));
}

/**
 * Makes sure that a model of a run's folder learned from the run's training posters, before it is measured on others.
 *
 * @throws {OnesheetError} RUN_FOREIGN
 */
export function requireRunsModel(path: string, { provenance }: ModelMetadata, config: RunConfig): void {
  if (provenance.splitHash !== config.splitHash) throw onesheetError('RUN_FOREIGN', path);
}

/**
 * Makes sure that a file of predictions or measures is of the models that it stands beside.
 *
 * @param found the models that it names, by their ids; undefined where it names none, as in older runs
 * @param models the ids of the models that it stands beside; undefined where none do
 * @returns a sentence where that could not be checked
 * @throws {OnesheetError} RESULTS_FOREIGN
 */
export function requireResultsOf(
  path: string,
  found: Iterable<string> | undefined,
  models: readonly string[] | undefined,
): string | undefined {
  if (found === undefined)
    return `Whether ${path} belongs to the model could not be checked: it does not say which model made it.`;
  if (models === undefined)
    return `Whether ${path} belongs to its models could not be checked: they are not beside it.`;
  for (const id of found)
    if (!models.includes(id)) throw onesheetError('RESULTS_FOREIGN', path, id, models.join(', '));
  return undefined;
}
