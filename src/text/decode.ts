/** @module The tensors and texts of a file of a model of texts -> that model, or why it is none. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { calibrationSchema, policyCurvesField, policySchema } from '../evaluate/browser.ts';
import type { LaidTensors } from '../tensors.ts';
import { parseJson } from './json.ts';
import type { FeatureTable, LinearModel } from './linear.ts';
import type { Fit, Head, TextModel } from './model.ts';

const howItJudges = {
  calibration: calibrationSchema,
  policies: z.array(policySchema).min(1),
  policyCurves: policyCurvesField.optional(),
};

const fitSchema = z.strictObject({
  terms: z
    .array(
      z.strictObject({
        head: z.enum(['lines', 'titles']),
        of: z.enum(['lines', 'title', 'all']),
        weight: z.number(),
      }),
    )
    .min(1),
  ...howItJudges,
});

const genresSchema = z.array(z.string().min(1)).min(1);
const modulusSchema = z
  .int()
  .min(1)
  .max(2 ** 32);

const factsSchema = z.strictObject({
  format: z.literal(2),
  genres: genresSchema,
  fits: z
    .strictObject({ title: fitSchema.optional(), lines: fitSchema.optional(), both: fitSchema.optional() })
    .refine((fits) => Object.keys(fits).length > 0, 'at least one combination'),
  /** What hashes are taken modulo, by head. */
  modulus: z.strictObject({ lines: modulusSchema.optional(), titles: modulusSchema.optional() }),
  posters: z.int(),
  films: z.int(),
});

/** Of lines alone, without word vectors; titles were heard as lines. */
const oldFactsSchema = z.strictObject({
  format: z.literal(1),
  genres: genresSchema,
  weight: z.number(),
  ...howItJudges,
  posters: z.int(),
});

export const factsKey = 'onesheet.text';

/** Buckets of files of format 1. */
const oldModulus = 2 ** 18;

export const heads: readonly Head[] = ['lines', 'titles'];

function dequantize(small: Int8Array, steps: Float32Array): Float32Array {
  const weights = new Float32Array(small.length);
  for (let i = 0; i < weights.length; i++) weights[i] = small[i]! * steps[i % steps.length]!;
  return weights;
}

type Take = <Data extends { readonly length: number }>(
  name: string,
  type: new (length: number) => Data,
  length: number,
) => Data;

/**
 * @param genres of the network that it is to speak beside
 * @throws {OnesheetError} MODEL_FOREIGN with what is wrong; `path` is only named there
 */
export function decodeTextModel(
  { tensors, metadata }: Pick<LaidTensors, 'tensors' | 'metadata'>,
  path: string,
  genres: readonly string[],
): TextModel {
  const refuse = (reason: string) => onesheetError('MODEL_FOREIGN', path, reason);
  const parsed = z.union([factsSchema, oldFactsSchema]).safeParse(parseJson(metadata[factsKey] ?? ''));
  if (!parsed.success) throw refuse('it does not say which genres its texts speak of, and how');
  if (parsed.data.genres.join('|') !== genres.join('|'))
    throw refuse('its genres are not those of the network');
  const lengthOf = (name: string) => tensors.get(name)?.data.length ?? 0;
  const take: Take = (name, type, length) => {
    const data = tensors.get(name)?.data;
    if (data instanceof type && data.length === length) return data;
    throw refuse(`its tensor ${name} is missing or misshapen`);
  };
  const model =
    parsed.data.format === 1 ? oldModel(parsed.data, take, lengthOf) : newModel(parsed.data, take, lengthOf);
  const fits = Object.values(model.fits);
  if (fits.some((fit) => perGenre(fit).some(({ length }) => length !== genres.length)))
    throw refuse('its calibration and policies need one entry a genre');
  if (fits.some(({ terms }) => terms.some(({ head }) => model.heads[head] === undefined)))
    throw refuse('it lacks a part that it judges by');
  return model;
}

function perGenre({ calibration, policies, policyCurves }: Fit): { readonly length: number }[] {
  return [
    calibration.scale,
    ...policies.flatMap((p) => (p.kind === 'top' ? [] : [p.thresholds])),
    ...(policyCurves ? [policyCurves.precision] : []),
  ];
}

function newModel(
  { format: _, modulus, ...facts }: z.infer<typeof factsSchema>,
  take: Take,
  lengthOf: (name: string) => number,
): TextModel {
  const genres = facts.genres.length;
  const table = (name: string): FeatureTable => {
    const features = lengthOf(`${name}.keys`);
    if (features === 0) return noFeatures;
    const [step] = take(`${name}.rarity-step`, Float32Array, 1);
    const weights = take(`${name}.weights`, Int8Array, features * genres);
    return {
      keys: take(`${name}.keys`, Uint32Array, features),
      rarity: Float32Array.from(take(`${name}.rarity`, Uint8Array, features), (r) => r * step!),
      weights: dequantize(weights, take(`${name}.steps`, Float32Array, genres)),
    };
  };
  const models: Partial<Record<Head, LinearModel>> = {};
  for (const head of heads) {
    if (modulus[head] === undefined) continue;
    const bias = take(`${head}.bias`, Float32Array, genres);
    models[head] = {
      modulus: modulus[head],
      features: table(head),
      meanings: table(`${head}.meanings`),
      bias,
    };
  }
  return { ...facts, heads: models };
}

const noFeatures: FeatureTable = {
  keys: new Uint32Array(),
  rarity: new Float32Array(),
  weights: new Float32Array(),
};

function oldModel(
  { genres, weight, calibration, policies, policyCurves, posters }: z.infer<typeof oldFactsSchema>,
  take: Take,
  lengthOf: (name: string) => number,
): TextModel {
  const features = lengthOf('buckets');
  const steps = take('steps', Float32Array, genres.length);
  const lines: LinearModel = {
    modulus: oldModulus,
    features: {
      keys: Uint32Array.from(take('buckets', Int32Array, features)),
      rarity: take('rarity', Float32Array, features),
      weights: dequantize(take('weights', Int8Array, features * genres.length), steps),
    },
    meanings: noFeatures,
    bias: take('bias', Float32Array, genres.length),
  };
  const fit = {
    terms: [{ head: 'lines', of: 'lines', weight }],
    calibration,
    policies,
    policyCurves,
  } as const;
  return { genres, heads: { lines }, fits: { lines: fit }, posters, films: 0 };
}
