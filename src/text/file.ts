/** @module A model of texts <-> its file: safetensors that hold hashes and weights, no text. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { calibrationSchema, policyCurvesSchema, policySchema } from '../evaluate/index.ts';
import { readWholeFile } from '../files.ts';
import { decodeTensors, encodeTensors, type StoredTensor } from '../safetensors.ts';
import type { FeatureTable, LinearModel } from './linear.ts';
import { parseJson } from './lines.ts';
import type { Fit, Head, TextModel } from './model.ts';

const howItJudges = {
  calibration: calibrationSchema,
  policies: z.array(policySchema).min(1),
  policyCurves: policyCurvesSchema.optional(),
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

const factsKey = 'onesheet.text';

/** Buckets of files of format 1. */
const oldModulus = 2 ** 18;

const heads: readonly Head[] = ['lines', 'titles'];

/** Weights are kept as 8-bit integers, each genre's in steps of a 127th of its largest. */
function quantize(exact: Float32Array, genres: number): { steps: Float32Array; weights: Int8Array } {
  const steps = new Float32Array(genres);
  exact.forEach((weight, i) => {
    steps[i % genres] = Math.max(steps[i % genres]!, Math.abs(weight) / 127);
  });
  return {
    steps,
    weights: Int8Array.from(exact, (weight, i) => Math.round(weight / (steps[i % genres]! || 1))),
  };
}

function dequantize(small: Int8Array, steps: Float32Array): Float32Array {
  const weights = new Float32Array(small.length);
  for (let i = 0; i < weights.length; i++) weights[i] = small[i]! * steps[i % steps.length]!;
  return weights;
}

function* tensorsOfTable(
  name: string,
  { keys, rarity, weights: exact }: FeatureTable,
  genres: number,
): Generator<[string, StoredTensor]> {
  const { steps, weights } = quantize(exact, genres);
  const step = rarity.reduce((most, value) => Math.max(most, value), 0) / 255;
  yield [`${name}.keys`, { shape: [keys.length], data: keys }];
  yield [
    `${name}.rarity`,
    { shape: [keys.length], data: Uint8Array.from(rarity, (r) => Math.round(r / (step || 1))) },
  ];
  yield [`${name}.rarity-step`, { shape: [1], data: Float32Array.of(step) }];
  yield [`${name}.weights`, { shape: [keys.length, genres], data: weights }];
  yield [`${name}.steps`, { shape: [genres], data: steps }];
}

/** The bytes of a text model's file, safetensors of format 2. */
export function encodeTextModel({ heads: models, ...facts }: TextModel): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  const modulus: Partial<Record<Head, number>> = {};
  for (const head of heads) {
    const model = models[head];
    if (model === undefined) continue;
    const genres = model.bias.length;
    for (const [name, tensor] of tensorsOfTable(head, model.features, genres)) tensors.set(name, tensor);
    if (model.meanings.keys.length > 0)
      for (const [name, tensor] of tensorsOfTable(`${head}.meanings`, model.meanings, genres))
        tensors.set(name, tensor);
    tensors.set(`${head}.bias`, { shape: [genres], data: model.bias });
    modulus[head] = model.modulus;
  }
  return encodeTensors(tensors, { [factsKey]: JSON.stringify({ format: 2, modulus, ...facts }) });
}

type Take = <Data extends { readonly length: number }>(
  name: string,
  type: new (length: number) => Data,
  length: number,
) => Data;

/**
 * @param genres of the network that it is to speak beside
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, TENSOR_FILE_DAMAGED or MODEL_FOREIGN
 */
export async function loadTextModel(path: string, genres: readonly string[]): Promise<TextModel> {
  const file = Buffer.from(await readWholeFile(path, 'a model of texts (.texts.safetensors)'));
  const { tensors, metadata } = decodeTensors(file, path);
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
