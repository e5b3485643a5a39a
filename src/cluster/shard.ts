/** @module Some posters in a row <-> a file on a shared folder, named by what it holds; what came of them <-> a file beside it, written once. */
import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { reasonOf, writeFileAtomically } from '../files.ts';
import { type PosterToPredict, type PredictionOutcome, writtenOutcome } from '../predict/index.ts';
import type { JobKind } from './queue.ts';

const shardSchema = z.strictObject({
  /** Id of the catalogue's description. */
  catalogue: z.string(),
});

export type ShardJob = Readonly<z.infer<typeof shardSchema>>;

/** Jobs of shards, each under the id of its shard. */
export const shardJobs: JobKind<ShardJob> = { name: 'predict', schema: shardSchema, attempts: 5 };

const posterSchema = z.strictObject({
  id: z.string(),
  names: z.array(z.string()).optional(),
  texts: z.array(z.string()).optional(),
  title: z.string().optional(),
  originalTitle: z.string().optional(),
  year: z.number().optional(),
  fetch: z.boolean().optional(),
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('file'), path: z.string() }),
    z.strictObject({ kind: z.literal('url'), url: z.string() }),
    /** A picture that a table itself holds, in base64. */
    z.strictObject({ kind: z.literal('bytes'), name: z.string(), bytes: z.string() }),
  ]),
});

const markSchema = z.strictObject({
  /** Id of the catalogue's description. */
  catalogue: z.string(),
  /** One of its pictures, by which a worker sees whether it has the same ones. */
  picture: z.strictObject({ path: z.string(), hash: z.string() }).optional(),
});

/** What a coordinator leaves in its folder for workers. */
export type Mark = Readonly<z.infer<typeof markSchema>>;

const outcomeSchema = z.looseObject({ id: z.string(), source: z.string() });

/** A shard's posters as its file has them. */
export interface Shard {
  readonly id: string;
  readonly count: number;
  readonly text: string;
}

/** The id follows from the catalogue and the posters alone, so that the same shard is found again by whoever cuts it. */
export function shardOf(catalogue: string, posters: readonly PosterToPredict[]): Shard {
  const text = posters.map((poster) => `${JSON.stringify(writtenPoster(poster))}\n`).join('');
  const id = createHash('sha256').update(`${catalogue}\0${text}`).digest('hex').slice(0, 32);
  return { id, count: posters.length, text };
}

function writtenPoster({ source, ...rest }: PosterToPredict): z.input<typeof posterSchema> {
  const { id, names, texts, title, originalTitle, year, fetch } = rest;
  const heard = { id, names: copied(names), texts: copied(texts), title, originalTitle, year, fetch };
  if (source.kind !== 'bytes') return { ...heard, source };
  return { ...heard, source: { ...source, bytes: Buffer.from(source.bytes).toString('base64') } };
}

function copied(list: readonly string[] | undefined): string[] | undefined {
  return list === undefined ? undefined : [...list];
}

/** The folder in which a catalogue's shards lie. */
export class ShardFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws {OnesheetError} FILE_UNWRITABLE */
  async write({ id, text }: Shard): Promise<void> {
    await writeFileAtomically(this.#posters(id), text);
  }

  /** @returns undefined for a shard that is no longer wanted @throws {OnesheetError} FILE_UNREADABLE */
  async posters(id: string): Promise<PosterToPredict[] | undefined> {
    const lines = await this.#lines(this.#posters(id));
    return lines?.map((line): PosterToPredict => {
      const { source, ...rest } = posterSchema.parse(JSON.parse(line));
      if (source.kind !== 'bytes') return { ...rest, source };
      return { ...rest, source: { ...source, bytes: Buffer.from(source.bytes, 'base64') } };
    });
  }

  async isDone(id: string): Promise<boolean> {
    return stat(this.#outcomes(id)).then(
      () => true,
      () => false,
    );
  }

  /** Either the whole of it is there or nothing. @throws {OnesheetError} FILE_UNWRITABLE */
  async writeOutcomes(id: string, outcomes: readonly PredictionOutcome[]): Promise<void> {
    const text = outcomes.map((outcome) => `${JSON.stringify(writtenOutcome(outcome))}\n`).join('');
    await writeFileAtomically(this.#outcomes(id), text);
  }

  /** @returns undefined where there are none, or not those of so many posters */
  async outcomes({ id, count }: Pick<Shard, 'id' | 'count'>): Promise<PredictionOutcome[] | undefined> {
    const lines = await this.#lines(this.#outcomes(id));
    if (lines?.length !== count) return undefined;
    return lines.map((line) => outcomeSchema.parse(JSON.parse(line)) as unknown as PredictionOutcome);
  }

  /** What was not yet begun is then passed over by whoever comes to it. */
  async remove(id: string): Promise<void> {
    await Promise.all([this.#posters(id), this.#outcomes(id)].map((path) => rm(path, { force: true })));
  }

  async clear(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  /** @throws {OnesheetError} FILE_UNWRITABLE */
  async mark(mark: Mark): Promise<void> {
    await writeFileAtomically(this.#mark, `${JSON.stringify(mark)}\n`);
  }

  /** @returns undefined where no coordinator has left any, as in another folder at the same path @throws {OnesheetError} FILE_UNREADABLE */
  async marked(): Promise<Mark | undefined> {
    const lines = await this.#lines(this.#mark);
    return lines === undefined ? undefined : markSchema.parse(JSON.parse(lines.join('')));
  }

  get #mark(): string {
    return join(this.path, 'catalogue.json');
  }

  #posters(id: string): string {
    return join(this.path, `${id}.posters.jsonl`);
  }

  #outcomes(id: string): string {
    return join(this.path, `${id}.outcomes.jsonl`);
  }

  async #lines(path: string): Promise<string[] | undefined> {
    try {
      return (await readFile(path, 'utf8')).split('\n').slice(0, -1);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw onesheetError('FILE_UNREADABLE', path, reasonOf(error));
    }
  }
}
