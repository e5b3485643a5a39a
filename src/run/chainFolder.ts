/** @module A chain's folder <-> what it was begun with, and how far each of its steps came. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type DataSource, genreNamesSchema } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { exists, readWholeFile, writeFileAtomically } from '../files.ts';
import { type Device, devices } from '../graph/index.ts';
import { type Chain, storedChainSchema } from './chainRecipe.ts';
import { parseJson } from './recipe.ts';

/** The files of a chain's folder, beside its split and the folders and predictions of its steps. */
const chainFiles = { config: 'chain.json', steps: 'steps.json' } as const;

const paths = z.union([z.string(), z.array(z.string()).readonly()]).optional();
const configSchema = z.strictObject({
  chain: storedChainSchema,
  data: paths,
  images: paths,
  genreNames: genreNamesSchema.optional(),
  seed: z.number().int().min(0),
  threads: z.number().int().min(1).max(256),
  device: z.enum(devices).default('cpu'),
  minimumSupport: z.number().int().min(1),
});
/** What a chain was begun with. */
export type ChainConfig = z.infer<typeof configSchema>;

const identitySchema = z.strictObject({
  data: z.string(),
  split: z.string(),
  genres: z.string(),
  seed: z.number(),
  threads: z.number(),
  device: z.enum(devices).default('cpu'),
  /** Hash of the options that it trains by. */
  recipe: z.string(),
  /** Hash of what it learns from, or of the model that is refitted. */
  predictions: z.string(),
});
/** What must be the same for a step to go on or be skipped. */
export type StepIdentity = z.infer<typeof identitySchema>;

const recordsSchema = z.record(
  z.string(),
  z.strictObject({
    identity: identitySchema,
    /** SHA-256 of the file that the finished step left. */
    result: z.string().optional(),
    /** SHA-256 of what its model predicted, where others learn from it. */
    predictions: z.string().optional(),
  }),
);
type Records = z.infer<typeof recordsSchema>;

function parsed<Content>(schema: z.ZodType<Content>, text: string, path: string): Content {
  const result = schema.safeParse(parseJson(text, path));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw onesheetError('RECIPE_INVALID', path, `${issue?.path.join('.')}: ${issue?.message}`);
}

/** Whether a folder holds a chain rather than a run. */
export async function isChainFolder(folder: string): Promise<boolean> {
  return exists(join(folder, chainFiles.config));
}

/** @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE or RECIPE_INVALID, naming the field */
export async function readChainConfig(folder: string): Promise<ChainConfig> {
  const path = join(folder, chainFiles.config);
  return parsed(configSchema, (await readWholeFile(path, "a chain's chain.json")).toString(), path);
}

/** Writes what it takes to go on from any folder. */
export async function writeChainConfig(
  folder: string,
  {
    chain,
    data,
    images,
    genreNames,
    seed,
    threads,
    device,
    minimumSupport,
  }: DataSource & { chain: Chain; seed: number; threads: number; device: Device; minimumSupport: number },
): Promise<void> {
  const absolute = (given: DataSource['data']) =>
    typeof given === 'string' ? resolve(given) : given?.map((path) => resolve(path));
  const config = {
    chain,
    data: absolute(data),
    images: absolute(images),
    genreNames,
    seed,
    threads,
    device,
    minimumSupport,
  };
  await writeFileAtomically(join(folder, chainFiles.config), `${JSON.stringify(config, null, 2)}\n`);
}

/** How far the steps of a chain came, on disk at any time. */
export class StepRecords {
  readonly #path: string;
  #records: Records;

  private constructor(path: string, records: Records) {
    this.#path = path;
    this.#records = records;
  }

  /** @throws {OnesheetError} RECIPE_INVALID for a file of another kind */
  static async open(folder: string): Promise<StepRecords> {
    const path = join(folder, chainFiles.steps);
    if (!(await exists(path))) return new StepRecords(path, {});
    return new StepRecords(
      path,
      parsed(recordsSchema, (await readWholeFile(path, "a chain's steps.json")).toString(), path),
    );
  }

  get isEmpty(): boolean {
    return Object.keys(this.#records).length === 0;
  }

  get(step: string): Records[string] | undefined {
    return this.#records[step];
  }

  /** In what a step would now be another than the one that was begun. */
  differences(step: string, identity: StepIdentity): string[] {
    const begun = this.#records[step]!.identity;
    const keys = Object.keys(identity) as (keyof StepIdentity)[];
    return keys.filter((key) => begun[key] !== identity[key]);
  }

  async write(step: string, record: Records[string]): Promise<void> {
    this.#records = { ...this.#records, [step]: record };
    await writeFileAtomically(this.#path, `${JSON.stringify(this.#records, null, 2)}\n`);
  }
}
