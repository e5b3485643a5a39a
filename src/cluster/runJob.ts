/** @module A planned run and where its posters are <-> a job on the queue, which any machine with the same files can do. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { genreNamesSchema } from '../dataset/index.ts';
import { deviceChoices } from '../graph/index.ts';
import { parseRecipe } from '../run/index.ts';
import type { Foundations, PlannedOptions, PlannedRun } from '../train/index.ts';
import type { JobKind } from './queue.ts';

const paths = z.union([z.string(), z.array(z.string()).readonly()]).optional();

const runJobSchema = z.strictObject({
  /** What the recipe names by relative paths is relative to this folder. */
  cwd: z.string(),
  folder: z.string(),
  recipe: z.looseObject({ name: z.string() }),
  seed: z.int().min(0),
  split: z.string(),
  splitHash: z.string(),
  data: paths,
  images: paths,
  genreNames: genreNamesSchema.optional(),
  threads: z.int().positive(),
  device: z.enum(deviceChoices).optional(),
  cache: z.string().optional(),
  /** What the result depends on; a worker with anything else is refused. */
  foundations: z.record(z.string(), z.string()),
});

export type RunJob = Readonly<z.infer<typeof runJobSchema>>;

/** Jobs of runs. Their queue is not that of shards, which take seconds where a run may take a day. */
export const runJobs: JobKind<RunJob> = { name: 'train', schema: runJobSchema, attempts: 3 };

/** What is shared by the runs of one call. */
export interface SharedOptions
  extends Pick<PlannedOptions, 'data' | 'images' | 'genreNames' | 'device' | 'cache'> {
  /** Threads of each worker's engine; the same count gives the same bits. */
  readonly threads: number;
}

function absolute(path: SharedOptions['data']): string | string[] | undefined {
  if (path === undefined) return undefined;
  return typeof path === 'string' ? resolve(path) : path.map((each) => resolve(each));
}

export function runJobOf(run: PlannedRun, foundations: Foundations, options: SharedOptions): RunJob {
  const { data, images, genreNames, threads, device, cache } = options;
  return {
    ...run,
    cwd: process.cwd(),
    folder: resolve(run.folder),
    recipe: run.recipe,
    split: resolve(run.split),
    data: absolute(data),
    images: absolute(images),
    genreNames,
    threads,
    device,
    cache: cache === undefined ? undefined : resolve(cache),
    foundations,
  };
}

/** @throws {OnesheetError} RECIPE_INVALID */
export function plannedRunOf(job: RunJob): { readonly run: PlannedRun; readonly options: PlannedOptions } {
  const { cwd: _, foundations: __, folder, recipe, seed, split, splitHash, ...options } = job;
  const parsed = parseRecipe(recipe, recipe.name);
  return { run: { folder, recipe: parsed, seed, split, splitHash }, options };
}

/** The same for the same run, whoever plans it and when. */
export function idOfRun(job: RunJob): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('hex').slice(0, 32);
}
