/** @module Recipes, a number of seeds and labelled posters -> a run for each of both, one after the other, on one split. */
import { join } from 'node:path';
import { writeSplit } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { exists } from '../files.ts';
import { asOnlyWriter, type Recipe, runFiles } from '../run/index.ts';
import { chooseData } from './data/choose.ts';
import { isBegun, isEnded, type PlannedRun, type TrainElsewhere, trainPlanned } from './planned.ts';
import type { RunResult, TrainOptions } from './run.ts';

export interface SweepOptions
  extends Omit<TrainOptions, 'recipe' | 'seed' | 'onEpoch' | 'onStep' | 'onStart'> {
  /** Of different names, by which their runs are called. */
  readonly recipes: readonly Recipe[];
  /** Runs of each recipe; their seeds are 0, 1, 2 and so on. @default 3 */
  readonly seeds?: number;
  /** Trains or resumes one run; replaced by callers that show progress. */
  readonly runOne?: (
    recipe: Recipe,
    work: (observer: Partial<TrainOptions>) => Promise<RunResult>,
  ) => Promise<RunResult>;
  /** Trains all runs in place of one after the other here; `runOne` and `onRun` are then not called. */
  readonly elsewhere?: TrainElsewhere;
  readonly onRun?: (place: SweepPlace, what: 'begins' | 'goes on' | 'was finished before') => void;
}

export interface SweepPlace {
  /** From 1. */
  readonly at: number;
  readonly of: number;
  readonly recipe: string;
  readonly seed: number;
}

export interface SweepResult {
  readonly outcome: 'finished' | 'interrupted';
  /** Folders of the runs that came to their end, all seeds of a recipe together. */
  readonly runs: readonly string[];
  readonly of: number;
}

/**
 * Trains every recipe with every seed into `<folder>/<recipe>-<seed>`, all on the split in `<folder>/split.csv`. The first
 * seed of all recipes comes first, so that a sweep that is cut short compares all of them. Called again on the same
 * folder it goes on where it was interrupted; what was finished is left as it is. With more seeds or recipes it grows.
 *
 * @throws {OnesheetError} as {@link train}; OPTION_INVALID for recipes of one name; RUN_OTHER for a run that was begun with
 * another recipe, device or split; FOLDER_LOCKED
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const names = options.recipes.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw onesheetError('OPTION_INVALID', 'recipes', 'recipes of different names', `${twice} twice`);
  return asOnlyWriter(options.folder, 'sweep', async (lock) => {
    const { recipes, seeds = 3, folder, runOne = (_, work) => work({}) } = options;
    const splitFile = join(folder, runFiles.split);
    const given = options.split ?? ((await exists(splitFile)) ? splitFile : undefined);
    const chosen = await chooseData({ ...options, recipe: {}, split: given });
    await lock.confirm();
    await writeSplit(splitFile, chosen.split);
    const of = recipes.length * seeds;
    const planned = Array.from({ length: of }, (_, place): PlannedRun => {
      const recipe = recipes[place % recipes.length]!;
      const seed = Math.floor(place / recipes.length);
      const minimumSupport = options.minimumSupport ?? recipe.minimumSupport ?? chosen.minimumSupport;
      return {
        folder: join(folder, `${recipe.name}-${seed}`),
        recipe: { ...recipe, minimumSupport },
        seed,
        split: splitFile,
        splitHash: chosen.split.hash,
      };
    });
    const ended: string[] = [];
    if (options.elsewhere) {
      const outcome = await options.elsewhere(planned);
      for (const run of planned) if (await isEnded(run)) ended.push(run.folder);
      if (outcome === 'interrupted') return { outcome, runs: ended, of };
    } else
      for (const [place, run] of planned.entries()) {
        const { folder: own, recipe, seed } = run;
        const begun = await isBegun(run, options);
        const isDone = begun && (await isEnded(run));
        options.onRun?.(
          { at: place + 1, of, recipe: recipe.name, seed },
          isDone ? 'was finished before' : begun ? 'goes on' : 'begins',
        );
        if (!isDone) {
          await lock.confirm();
          const { outcome } = await runOne(recipe, (observer) =>
            trainPlanned(run, { ...options, ...observer }),
          );
          if (outcome === 'interrupted') return { outcome, runs: ended, of };
        }
        ended.push(own);
      }
    const ordered = recipes.flatMap((_, at) => ended.filter((_run, place) => place % recipes.length === at));
    return { outcome: 'finished', runs: ordered, of };
  });
}
