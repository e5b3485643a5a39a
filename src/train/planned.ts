/** @module A run that is planned beside others, and posters -> the same run, begun or gone on with, here or on another machine. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { hasEnded, optionsOf, type Recipe, Run, runFiles } from '../run/index.ts';
import { version } from '../version.ts';
import { chooseData } from './data/choose.ts';
import type { PictureHashes } from './data/pictures.ts';
import { targetsHash } from './data/targets.ts';
import { initialWeightsHash } from './networks.ts';
import { type RunResult, resume, type TrainOptions, train } from './run.ts';
import { requireSameRun } from './sameRun.ts';

/** One of several runs, whole enough to be trained by whoever sees its files. */
export interface PlannedRun {
  readonly folder: string;
  /** With its minimum support. */
  readonly recipe: Recipe;
  readonly seed: number;
  /** File of the split. */
  readonly split: string;
  readonly splitHash: string;
}

/** What planned runs share: posters, and how they are computed. */
export type PlannedOptions = Omit<TrainOptions, 'recipe' | 'seed' | 'folder' | 'split' | 'minimumSupport'>;

/** Trains planned runs elsewhere; settles once all of them have ended, or no more can. */
export type TrainElsewhere = (runs: readonly PlannedRun[]) => Promise<'finished' | 'interrupted'>;

/** @throws {OnesheetError} FILE_UNREADABLE */
export function isEnded({ folder }: PlannedRun): Promise<boolean> {
  return hasEnded(join(folder, runFiles.summary));
}

/**
 * Whether it was begun.
 *
 * @throws {OnesheetError} RUN_OTHER for a run that was begun otherwise
 */
export async function isBegun(
  { folder, recipe, seed, splitHash }: PlannedRun,
  { device }: Pick<PlannedOptions, 'device'>,
): Promise<boolean> {
  if (!(await Run.isIn(folder))) return false;
  await requireSameRun(folder, { recipe, seed, device, splitHash });
  return true;
}

/**
 * Begins the run, or goes on with it.
 *
 * @throws {OnesheetError} as {@link train} and {@link resume}; RUN_OTHER
 */
export async function trainPlanned(run: PlannedRun, options: PlannedOptions): Promise<RunResult> {
  const { folder, recipe, seed, split } = run;
  if (await isBegun(run, options)) return resume({ ...options, folder });
  return train({ ...options, folder, recipe, minimumSupport: recipe.minimumSupport, seed, split });
}

/** What a run's result depends on, by names for people: a machine on which any of it differs must not train it. */
export type Foundations = Readonly<Record<string, string>>;

/** Hexadecimal digits of a hash that tell two contents apart and can still be read out. */
const digits = 12;

/**
 * What lies here, whatever the plan says.
 *
 * @throws {OnesheetError} as `chooseData`; for files that the recipe names and that cannot be read
 */
export async function foundationsOf(
  { recipe, split: file }: Pick<PlannedRun, 'recipe' | 'split'>,
  options: PlannedOptions,
  pictures: PictureHashes,
): Promise<Foundations> {
  const { dataset, split } = await chooseData({ ...options, recipe, split: file });
  const { distillation } = recipe;
  const learned = distillation?.unlabelled ? [...dataset.labelled, ...dataset.unlabelled] : dataset.labelled;
  const hashes = {
    data: dataset.hash,
    'set of pictures': await pictures.of(learned),
    split: split.hash,
    recipe: createHash('sha256')
      .update(JSON.stringify(optionsOf(recipe)))
      .digest('hex'),
    'file of weights': await initialWeightsHash(recipe),
    "teachers' file": distillation && (await targetsHash(distillation)),
  };
  const known = Object.entries(hashes).flatMap(([name, hash]) =>
    hash ? [[name, hash.slice(0, digits)]] : [],
  );
  return { version, ...Object.fromEntries(known) };
}
