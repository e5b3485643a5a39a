/** @module What a cluster is to predict: model, options, folders <-> its description in Redis, found by the hash of all of it. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { version } from '../version.ts';
import { prefix } from './queue.ts';

const catalogueSchema = z.strictObject({
  /** What records depend on, by the names of options; a worker with anything else is refused. */
  begun: z.record(z.string(), z.string()),
  /** A path from the root, or the name of an installed model; the default one where it is missing. */
  model: z.string().optional(),
  policy: z.string().optional(),
  batchSize: z.int().positive().optional(),
  threads: z.int().positive(),
  texts: z.string().optional(),
  titles: z.string().optional(),
  read: z.boolean(),
  /** How posters that are named by URLs are fetched, if they are. */
  fetch: z.strictObject({ networks: z.array(z.string()), rate: z.int().positive().optional() }).optional(),
  /** Relative paths of posters are relative to this folder. */
  folder: z.string(),
  /** Where shards and what comes of them lie, on every machine. */
  shards: z.string(),
});

export type Catalogue = Readonly<z.infer<typeof catalogueSchema>>;

function idOfCatalogue(catalogue: Catalogue): string {
  return createHash('sha256').update(JSON.stringify(catalogue)).digest('hex').slice(0, 16);
}

/** How far a coordinator has got, for those who ask. */
const standingSchema = z.strictObject({
  output: z.string(),
  model: z.string(),
  host: z.string(),
  pid: z.int(),
  /** Posters that are in the output or among its failures. */
  done: z.int(),
  failed: z.int(),
  /** Posters of the whole input, where they could be counted. */
  total: z.int().optional(),
  state: z.enum(['running', 'finished', 'stopped']),
  /** By the coordinator's clock. */
  seen: z.string(),
});
export type Standing = Readonly<z.infer<typeof standingSchema>>;

const workerSchema = z.strictObject({
  host: z.string(),
  pid: z.int(),
  version: z.string(),
  /** The model of the catalogue that it last worked on. */
  model: z.string().optional(),
  shards: z.int(),
  posters: z.int(),
  /** Folder of the run that it trains. */
  run: z.string().optional(),
  /** Runs that it trained, where it trains. */
  runs: z.int().optional(),
  seen: z.string(),
});
export type WorkerStanding = Readonly<z.infer<typeof workerSchema>>;

/** Seconds for which a worker that says nothing more is still listed. */
const remembered = 60;

const keyOf = (what: string, id: string): string => `${prefix}:${what}:${id}`;

/** Seconds for which what is finished or was left alone is kept. */
const kept = 30 * 24 * 3600;

/** Seconds without a word after which a coordinator no longer counts as running. */
const silence = 15;

export async function saveCatalogue(redis: Redis, catalogue: Catalogue): Promise<string> {
  const id = idOfCatalogue(catalogue);
  await redis.set(keyOf('catalogue', id), JSON.stringify(catalogue), 'EX', kept);
  return id;
}

/** @returns undefined for one that Redis no longer knows */
export async function readCatalogue(redis: Redis, id: string): Promise<Catalogue | undefined> {
  const text = await redis.get(keyOf('catalogue', id));
  return text === null ? undefined : catalogueSchema.parse(JSON.parse(text));
}

export async function saveStanding(redis: Redis, id: string, standing: Standing): Promise<void> {
  await redis.set(keyOf('standing', id), JSON.stringify(standing), 'EX', kept);
}

/** Whether its coordinator is at work, by the server's own clock. */
export async function isRunning(redis: Redis, id: string): Promise<boolean> {
  const key = keyOf('standing', id);
  const [text, left] = [await redis.get(key), await redis.ttl(key)];
  const standing = text === null ? undefined : standingSchema.safeParse(JSON.parse(text));
  return standing?.data?.state === 'running' && left > kept - silence;
}

export async function saveWorker(
  redis: Redis,
  id: string,
  standing: Omit<WorkerStanding, 'version' | 'seen'>,
): Promise<void> {
  const text = JSON.stringify({ ...standing, version, seen: new Date().toISOString() });
  await redis.set(keyOf('worker', id), text, 'EX', remembered);
}

export async function removeWorker(redis: Redis, id: string): Promise<void> {
  await redis.del(keyOf('worker', id));
}

export async function readStandings(redis: Redis): Promise<readonly Standing[]> {
  return readAll(redis, 'standing', standingSchema);
}

export async function readWorkers(redis: Redis): Promise<readonly WorkerStanding[]> {
  return readAll(redis, 'worker', workerSchema);
}

/** Those of other versions that cannot be understood are left out. */
async function readAll<Value>(redis: Redis, what: string, schema: z.ZodType<Value>): Promise<Value[]> {
  const found: Value[] = [];
  for await (const keys of redis.scanStream({ match: keyOf(what, '*'), count: 500 })) {
    for (const key of (keys as string[]).sort()) {
      const text = await redis.get(key);
      const value = text === null ? undefined : schema.safeParse(JSON.parse(text));
      if (value?.success) found.push(value.data);
    }
  }
  return found;
}
