/** @module A model's path -> the run that the model belongs to. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Run } from '../run/index.ts';

/**
 * The run in the folder itself, or in that of the model's file.
 *
 * @throws {OnesheetError} as `Run.open`
 */
export async function runOf(model: string | undefined): Promise<Run | undefined> {
  const found = model === undefined ? undefined : await stat(model).catch(() => undefined);
  if (model === undefined || found === undefined) return undefined;
  if (found.isDirectory()) return Run.open(model);
  return (await Run.isIn(dirname(model))) ? Run.open(dirname(model)) : undefined;
}
