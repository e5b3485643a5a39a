/** @module The HTTP service that served the page -> an engine that sends posters to it. */
import { z } from 'zod';
import { type Policy, parsePolicyName, policyCurvesSchema } from '../src/evaluate/browser.ts';
import type { Grid } from '../src/explain/browser.ts';
import type { PixelSize } from '../src/image/browser.ts';
import {
  type Engine,
  Failure,
  type Hearing,
  type Hears,
  type PosterFile,
  type PosterSource,
  predictorFields,
  type Told,
  type WorkOptions,
} from './engine.ts';
import { models } from './host.ts';
import { texts } from './texts.ts';

/** A policy as the service names it: what its name says already may be left out. */
const servedPolicySchema = z
  .object({
    name: z.string(),
    kind: z.enum(['threshold', 'top']),
    thresholds: z.array(z.number()).optional(),
    fallback: z.enum(['top-1', 'none']).optional(),
  })
  .transform(({ name, kind, thresholds, fallback }): Policy => {
    const request = parsePolicyName(name);
    if (request.kind === 'top') return { name, kind: 'top', k: request.k, fallback: 'none' };
    const usual = request.kind === 'precision' ? 'none' : 'top-1';
    if (kind === 'top' || !thresholds) throw new Error(`${name} has no thresholds`);
    return { name, kind, thresholds, fallback: fallback ?? usual };
  });

const modelsSchema = z.object({
  models: z
    .array(
      z.object({
        ...predictorFields,
        policies: z.array(servedPolicySchema).min(1),
        default: z.boolean().optional(),
      }),
    )
    .min(1),
  /** Whether the service fetches posters from addresses. */
  fetching: z.boolean(),
  /** Whether it hears titles and texts beside the picture, and reads them; older versions do not tell. */
  hearing: z.boolean().default(false),
  reading: z.boolean().default(false),
});

const heardSchema = z.object({
  predictions: z
    .array(
      z.object({
        model: z.string(),
        genres: z.array(z.object({ label: z.string(), probability: z.number() })),
        texts: z.array(z.string()).default([]),
        words: z
          .array(
            z.object({
              genre: z.string(),
              picture: z.number(),
              words: z.array(z.object({ text: z.string(), logit: z.number() })),
            }),
          )
          .default([]),
        rules: z
          .object({
            policies: z.array(servedPolicySchema).min(1),
            policyCurves: policyCurvesSchema.optional(),
          })
          .optional(),
      }),
    )
    .length(1),
});

const problemSchema = z.object({ code: z.string().optional(), detail: z.string() });

const predictionsSchema = z.object({
  predictions: z
    .array(
      z.union([
        z.object({ genres: z.array(z.object({ label: z.string(), probability: z.number() })) }),
        z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
      ]),
    )
    .length(1),
});

const explanationSchema = z.object({
  map: z.object({ height: z.int().positive(), width: z.int().positive(), values: z.array(z.number()) }),
});

/** Answers that ask to come back later. */
const busy = new Set([429, 503]);
const attempts = 4;

function address(path: string): URL {
  return new URL(path, document.baseURI);
}

export class ServiceEngine implements Engine {
  readonly mode = 'service';
  readonly model: Engine['model'];
  /** More would only wait in the service's queue instead of here. */
  readonly concurrency = 4;
  /** The service draws each map on its own scale. */
  readonly oneScale = false;
  readonly fetching: boolean;
  readonly hears?: Hears;

  private constructor(
    model: Engine['model'],
    { fetching, hearing, reading }: Pick<z.infer<typeof modelsSchema>, 'fetching' | 'hearing' | 'reading'>,
  ) {
    this.model = model;
    this.fetching = fetching;
    if (hearing) this.hears = { reading, bytes: 0 };
  }

  /** The service behind the page, or why there is none to use: a plain static host, or one that asks for a token. */
  static async find(): Promise<ServiceEngine | 'static' | 'locked'> {
    const response = await models;
    if (response?.status === 401) return 'locked';
    if (!response?.ok) return 'static';
    const answer = modelsSchema.safeParse(await response.json().catch(() => undefined));
    if (!answer.success) return 'static';
    const { models: served } = answer.data;
    const chosen = served.find((each) => each.default) ?? served[0]!;
    return new ServiceEngine({ id: chosen.id, metadata: chosen }, answer.data);
  }

  async predict(poster: PosterSource): Promise<Float32Array> {
    const body = poster.kind === 'file' ? formOf(poster) : JSON.stringify({ urls: [poster.url] });
    const answer = await post('v1/predict', body, predictionsSchema);
    const [prediction] = answer.predictions;
    if ('error' in prediction!) throw new Failure(prediction.error.code, prediction.error.message);
    return this.#inOrder(prediction!.genres);
  }

  async hear(
    poster: PosterFile,
    told: Told | undefined,
    { signal }: Pick<WorkOptions, 'signal'>,
  ): Promise<Hearing> {
    const { title = '', lines } = told ?? {};
    const fields = {
      words: 'true',
      ...(lines ? { texts: lines.join('\n') } : { read: 'true' }),
      ...(title !== '' && { title }),
    };
    const answer = await post('v1/predict', formOf(poster, fields), heardSchema, signal);
    const { model, genres, texts: read, words, rules } = answer.predictions[0]!;
    const spoken = new Map(words.map(({ genre, ...rest }) => [genre, rest]));
    return {
      model,
      title,
      lines: lines ?? read,
      probabilities: this.#inOrder(genres),
      rules: rules ?? this.model.metadata,
      spoken: this.model.metadata.genres.map((genre) => spoken.get(genre) ?? { picture: 0, words: [] }),
    };
  }

  /** Probabilities as the model orders its genres. */
  #inOrder(genres: readonly { readonly label: string; readonly probability: number }[]): Float32Array {
    const known = new Map(genres.map(({ label, probability }) => [label, probability]));
    return Float32Array.from(this.model.metadata.genres, (genre) => known.get(genre) ?? 0);
  }

  async explain(
    poster: PosterFile,
    genre: number,
    _size: PixelSize,
    options: WorkOptions,
  ): Promise<ReadonlyMap<number, Grid>> {
    const form = formOf(poster, { genre: this.model.metadata.genres[genre]! });
    const { map } = await post('v1/explain', form, explanationSchema, options.signal);
    return new Map([[genre, { ...map, values: Float32Array.from(map.values) }]]);
  }
}

async function post<T>(
  path: string,
  body: FormData | string,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T> {
  const response = await patiently(path, body, signal);
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw failureOf(response.status, answer);
  const checked = schema.safeParse(answer);
  if (!checked.success) throw new Failure('UNEXPECTED', texts.errors.strangeAnswer);
  return checked.data;
}

/** Fields come first, so that a service knows them before it reads the file. */
function formOf({ name, blob }: PosterFile, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', blob, name);
  return form;
}

/** Posts, and comes back when the service says that it is busy. */
async function patiently(path: string, body: FormData | string, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (typeof body === 'string') headers['content-type'] = 'application/json';
  for (let attempt = 1; ; attempt++) {
    const request = { method: 'POST', body, headers, ...(signal && { signal }) };
    const response = await fetch(address(path), request).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new Failure('SERVICE_UNREACHABLE', texts.errors.unreachable);
    });
    if (!busy.has(response.status) || attempt === attempts) return response;
    const seconds = Number(response.headers.get('retry-after')) || attempt;
    await new Promise((resolve) => setTimeout(resolve, Math.min(30, seconds) * 1000));
    signal?.throwIfAborted();
  }
}

function failureOf(status: number, answer: unknown): Failure {
  const problem = problemSchema.safeParse(answer);
  if (problem.success) return new Failure(problem.data.code ?? `HTTP_${status}`, problem.data.detail);
  return new Failure(`HTTP_${status}`, texts.errors.status(status));
}
