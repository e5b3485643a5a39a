/** @module What a run was begun with <-> its `config.json`. */
import { z } from 'zod';
import { genreNamesSchema } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { readWholeFile, writeFileAtomically } from '../files.ts';
import { devices } from '../graph/index.ts';
import { firstProblem, parseJson, runRecipeSchema } from './recipe.ts';

const runConfigSchema = z.strictObject({
  recipe: runRecipeSchema,
  /** Where the posters came from, as absolute paths; lists where several tables were joined. */
  data: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
  images: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
  genreNames: genreNamesSchema.optional(),
  dataHash: z.string(),
  splitHash: z.string(),
  genres: z.array(z.string()).min(1),
  /**
   * Each genre's share of the training posters that were drawn as the validation and test posters were: the prior of the
   * floors, and how often `balanced` gives it. Further posters of other origin do not count.
   */
  prevalence: z.array(z.number()),
  seed: z.number().int().min(0),
  /** SHA-256 of the file that the weights start from, initial weights or an ONNX network, where the recipe has one. */
  initialWeightsHash: z.string().optional(),
  /** SHA-256 of the files of predictions, where the recipe learns from some. */
  targetsHash: z.string().optional(),
  /** Threads of the engine. Results are the same bits only for the same count. */
  threads: z.number().int().min(1).max(256),
  /** Where its networks were computed; bits are promised for one device only. Without it, the CPU. */
  device: z.enum(devices).optional(),
  version: z.string(),
});
export type RunConfig = z.infer<typeof runConfigSchema>;

/** What is not said is the CPU, as where runs are from before there was a choice. */
export function deviceOtherThanCpu({ device }: RunConfig): RunConfig['device'] {
  return device === 'cpu' ? undefined : device;
}

/** @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE or RECIPE_INVALID with the field and what was expected */
export async function readRunConfig(path: string): Promise<RunConfig> {
  const text = (await readWholeFile(path, "a run's config.json")).toString();
  const result = runConfigSchema.safeParse(parseJson(text, path));
  if (!result.success) throw onesheetError('RECIPE_INVALID', path, firstProblem(result.error));
  return result.data;
}

/** @throws {OnesheetError} FILE_UNWRITABLE */
export async function writeRunConfig(path: string, config: RunConfig): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(config, null, 2)}\n`);
}
