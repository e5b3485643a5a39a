/** @module What a service is built with -> checked settings with their defaults. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { deviceChoices } from '../graph/index.ts';
import { defaultImageLimits, networksOf } from '../image/index.ts';

/** Every number that shapes a service, with its unit, its default and its reason. */
export const settingsSchema = z.strictObject({
  /**
   * Threads with a session and a copy of the weights each. By default there are as many as the engine has threads, at
   * most 8, and on the CPU one more with all of these for a poster that comes alone.
   */
  workers: z.int().min(1).max(64).optional(),
  /** Threads of the engine: inside each worker where `workers` is given, else in all. By default one a core. */
  threads: z.int().min(1).max(256).optional(),
  /** Where workers compute; `auto` takes the fastest that computes rightly. */
  device: z.enum(deviceChoices).default('cpu'),
  /** Posters that go through a worker's network at a time; by default 8 for one worker, and 2 for several, which share caches. */
  maximumBatch: z.int().min(1).max(256).optional(),
  /**
   * How long an idle worker waits for a batch to fill, in milliseconds; by default 4, about the time of one poster, and 1
   * where there are several workers.
   */
  batchDelay: z.number().min(0).max(1000).optional(),
  /** Posters that may be in work or waiting; beyond that the answer is 503. Each holds its pixels in memory. */
  queueLimit: z.int().min(1).max(100_000).default(128),
  /** Within how many seconds a prediction is answered, or given up. */
  deadline: z.number().min(0.05).max(600).default(5),
  /** Explanations that may be in work or waiting. */
  explanationQueueLimit: z.int().min(1).max(10_000).default(16),
  /** The same for explanations, of which `rise` and `occlusion` take seconds. */
  explanationDeadline: z.number().min(0.05).max(600).default(30),
  /** Whether posters are read where a request asks for it; that takes a thread and some 200 MB of memory. */
  reading: z.boolean().default(false),
  /** Seconds to finish what was begun once the service is told to stop; what is left is answered with 503. */
  drain: z.number().min(0).max(3600).default(6),
  /** Posters in one request. */
  maximumPosters: z.int().min(1).max(10_000).default(64),
  /** Bytes of one poster. */
  maximumPosterBytes: z
    .int()
    .min(1024)
    .max(2 ** 30)
    .default(16 * 2 ** 20),
  /** Bytes of one request's body. */
  maximumRequestBytes: z
    .int()
    .min(1024)
    .max(2 ** 30)
    .default(64 * 2 ** 20),
  /** Bytes of a body of JSON, whose parsing holds up everything else: about ten milliseconds a megabyte. */
  maximumJsonBytes: z
    .int()
    .min(1024)
    .max(2 ** 30)
    .default(8 * 2 ** 20),
  /** Bytes of all bodies that are held at a time; beyond that the answer is 503. */
  maximumBufferedBytes: z
    .int()
    .min(1024)
    .default(512 * 2 ** 20),
  /** Width times height of one poster. */
  maximumPixels: z.int().min(1).default(defaultImageLimits.maximumPixels),
  /** Seconds that decoding or fetching one poster may take. */
  posterSeconds: z.int().min(1).max(3600).default(defaultImageLimits.timeoutSeconds),
  /** Seconds within which a request must have arrived in full. */
  requestSeconds: z.int().min(1).max(3600).default(30),
  /** Connections that may be open at a time. */
  maximumConnections: z.int().min(1).default(1024),
  /** Requests a minute from one address to the routes that compute, or with a wrong token; 0 sets no limit. */
  rateLimit: z.int().min(0).default(0),
  /** Proxies in front of the service whose X-Forwarded-For header is believed. */
  trustedProxies: z.int().min(0).max(10).default(0),
  /** Bearer tokens, any of which opens everything but the health checks and the page; none opens everything. */
  tokens: z.array(z.string().min(16, 'a token of at least 16 characters')).readonly().default([]),
  /** Origins whose pages may call the service, such as https://example.org, or * for all. */
  origins: z.array(z.string().min(1)).readonly().default([]),
  /** Whether posters may be named by URL. */
  fetching: z.boolean().default(false),
  /** Networks that are fetched from although they are not public, such as 10.1.0.0/16. */
  networks: z.array(z.string()).readonly().default([]),
  /** Requests that one host of posters gets in a second, at most. */
  fetchRate: z.int().min(1).max(100_000).default(20),
  /** A built page that is served at /; without one the service has routes only. */
  pageFolder: z.string().optional(),
});
export type Settings = Readonly<z.infer<typeof settingsSchema>>;

/** @throws {OnesheetError} OPTION_INVALID that names the setting, or the network that is none */
export function completeSettings(settings: z.input<typeof settingsSchema>): Settings {
  const result = settingsSchema.safeParse(settings);
  if (result.success) {
    networksOf(result.data.networks);
    return result.data;
  }
  const [issue] = result.error.issues;
  const name = issue?.path.map(String).join('.') ?? '';
  const value: unknown = issue?.path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    settings,
  );
  const received = name.startsWith('tokens') ? 'another' : (JSON.stringify(value) ?? 'nothing');
  throw onesheetError('OPTION_INVALID', name || 'settings', issue?.message ?? 'settings', received);
}
