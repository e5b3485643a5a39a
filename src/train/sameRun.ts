/** @module A run that was begun, and how it would be begun now -> nothing, or a sentence on what differs. */
import { isDeepStrictEqual } from 'node:util';
import { onesheetError } from '../errors.ts';
import { type DeviceChoice, findDevice } from '../graph/index.ts';
import { optionsOf, type Recipe, Run } from '../run/index.ts';

/** What decides on a run's result, beside its data. */
export interface RunIdentity {
  readonly recipe: Recipe;
  /** @default 0 */
  readonly seed?: number;
  readonly device?: DeviceChoice;
  readonly splitHash: string;
}

/** @throws {OnesheetError} RUN_OTHER for a run that was begun otherwise */
export async function requireSameRun(
  folder: string,
  { recipe, seed = 0, device, splitHash }: RunIdentity,
): Promise<void> {
  const { config: begun } = await Run.open(folder);
  const differs = [
    ['recipe', !isDeepStrictEqual(optionsOf(begun.recipe), optionsOf(recipe))],
    ['seed', begun.seed !== seed],
    ['device', (begun.device ?? 'cpu') !== (await findDevice(device))],
    ['split', begun.splitHash !== splitHash],
  ].flatMap(([what, isOther]) => (isOther ? [what as string] : []));
  if (differs.length > 0) throw onesheetError('RUN_OTHER', folder, differs.join(' and '));
}
