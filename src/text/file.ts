/** @module A model of texts <-> its file: safetensors that hold buckets and weights, no text. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { calibrationSchema, policyCurvesSchema, policySchema } from '../evaluate/index.ts';
import { readWholeFile } from '../files.ts';
import { decodeTensors, encodeTensors, type StoredTensor } from '../safetensors.ts';
import type { LinearModel } from './linear.ts';
import { parseJson } from './lines.ts';
import type { TextModel } from './model.ts';

const factsSchema = z.strictObject({
  format: z.literal(1),
  genres: z.array(z.string().min(1)).min(1),
  weight: z.number(),
  calibration: calibrationSchema,
  policies: z.array(policySchema).min(1),
  policyCurves: policyCurvesSchema.optional(),
  posters: z.int(),
});

const factsKey = 'onesheet.text';

/** Weights are kept as 8-bit integers, each genre's in steps of a 127th of its largest. */
function quantize({ weights: exact, bias }: LinearModel): { steps: Float32Array; weights: Int8Array } {
  const genres = bias.length;
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

/** The bytes of a text model's file, safetensors. */
export function encodeTextModel({ linear, ...facts }: TextModel): Uint8Array {
  const { steps, weights: small } = quantize(linear);
  const [features, genres] = [linear.buckets.length, facts.genres.length];
  const tensors = new Map<string, StoredTensor>([
    ['buckets', { shape: [features], data: linear.buckets }],
    ['rarity', { shape: [features], data: linear.rarity }],
    ['weights', { shape: [features, genres], data: small }],
    ['steps', { shape: [genres], data: steps }],
    ['bias', { shape: [genres], data: linear.bias }],
  ]);
  return encodeTensors(tensors, { [factsKey]: JSON.stringify({ format: 1, ...facts }) });
}

/**
 * @param genres of the network that it is to speak beside
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, TENSOR_FILE_DAMAGED or MODEL_FOREIGN
 */
export async function loadTextModel(path: string, genres: readonly string[]): Promise<TextModel> {
  const file = Buffer.from(await readWholeFile(path, 'a model of texts (.texts.safetensors)'));
  const { tensors, metadata } = decodeTensors(file, path);
  const refuse = (reason: string) => onesheetError('MODEL_FOREIGN', path, reason);
  const parsed = factsSchema.safeParse(parseJson(metadata[factsKey] ?? ''));
  if (!parsed.success) throw refuse('it does not say which genres its texts speak of, and how');
  const { format: _, ...facts } = parsed.data;
  if (facts.genres.join('|') !== genres.join('|')) throw refuse('its genres are not those of the network');
  const columns = genres.length;
  const perGenre = [
    facts.calibration.scale,
    ...facts.policies.flatMap((p) => (p.kind === 'top' ? [] : [p.thresholds])),
    ...(facts.policyCurves ? [facts.policyCurves.precision] : []),
  ];
  if (perGenre.some(({ length }) => length !== columns))
    throw refuse('its calibration and policies need one entry a genre');
  const take = <Data extends { readonly length: number }>(
    name: string,
    type: new (length: number) => Data,
    length: number,
  ): Data => {
    const data = tensors.get(name)?.data;
    if (data instanceof type && data.length === length) return data;
    throw refuse(`its tensor ${name} is missing or misshapen`);
  };
  const features = tensors.get('buckets')?.data.length ?? 0;
  const steps = take('steps', Float32Array, columns);
  const small = take('weights', Int8Array, features * columns);
  return {
    ...facts,
    linear: {
      buckets: take('buckets', Int32Array, features),
      rarity: take('rarity', Float32Array, features),
      weights: dequantize(small, steps),
      bias: take('bias', Float32Array, columns),
    },
  };
}
