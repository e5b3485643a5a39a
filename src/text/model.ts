/** @module What a linear model says of texts, weighed beside a network's logits <-> a file of its own. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import {
  applyCalibration,
  type Calibration,
  calibrationSchema,
  choosePolicy,
  defaultPolicyNames,
  fitPlatt,
  type Matrix,
  matrixFromRows,
  type Policy,
  policySchema,
} from '../evaluate/index.ts';
import { readWholeFile } from '../files.ts';
import type { Random } from '../random.ts';
import { decodeTensors, encodeTensors, type StoredTensor } from '../safetensors.ts';
import { countFeatures, type TextCounts } from './features.ts';
import { type LinearModel, linearLogits, trainLinear } from './linear.ts';
import { parseJson } from './lines.ts';

/** A linear model of texts and how it speaks beside a network. */
export interface TextModel {
  /** The network's genres, in its order. */
  readonly genres: readonly string[];
  readonly linear: LinearModel;
  /** Factor of the text's logits, less those of a poster without text, beside the network's. */
  readonly weight: number;
  /** From the sum of logits to probabilities. */
  readonly calibration: Calibration;
  /** Decision rules by name, chosen on validation posters; the first is the default. */
  readonly policies: readonly Policy[];
  /** Posters whose texts it learned from. */
  readonly posters: number;
}

/** Posters with texts; rows of all are in one order. */
export interface TextPosters {
  /** Lines of text of each poster. */
  readonly texts: readonly (readonly string[])[];
  /** 0 or 1, `[genres]` each. */
  readonly labels: readonly ArrayLike<number>[];
}

export interface FitOptions {
  readonly genres: readonly string[];
  readonly train: TextPosters;
  /** With the calibrated logits of a network that has not seen these posters, `[genres]` each. */
  readonly validation: TextPosters & { readonly logits: readonly ArrayLike<number>[] };
  /** Share of the training posters that have each genre, `[genres]`. */
  readonly prevalence: readonly number[];
  readonly random: Random;
}

export interface FittedTextModel {
  readonly model: TextModel;
  /** Of the validation posters, before the model learned their texts; fitted to them in weight and calibration only. */
  readonly probability: Matrix;
}

/** How much a text may count beside the picture. */
const weights = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Network's logits + weight (text's logits - those without a text), `[genres]`. */
function sum(network: ArrayLike<number>, text: ArrayLike<number>, bias: Float32Array, weight: number) {
  return Float64Array.from(bias, (without, g) => network[g]! + weight * (text[g]! - without));
}

function crossEntropy({ data: truth }: Matrix, { data: probability }: Matrix): number {
  let loss = 0;
  for (let i = 0; i < truth.length; i++)
    loss -= Math.log(truth[i] === 1 ? probability[i]! : 1 - probability[i]!);
  return loss / truth.length;
}

/**
 * Chooses on the validation posters how much the text counts, the calibration of both together, and the policies, by
 * a linear model of the training posters; the model that is returned then learns the validation posters' texts too.
 */
export function fitTextModel({ genres, train, validation, prevalence, random }: FitOptions): FittedTextModel {
  const counted = (posters: TextPosters): TextCounts[] => posters.texts.map(countFeatures);
  const [ofTrain, ofValidation] = [counted(train), counted(validation)];
  const chosenBy = trainLinear(ofTrain, train.labels, random.split('train'));
  const textLogits = ofValidation.map(linearLogits(chosenBy));
  const truth = matrixFromRows(validation.labels);
  const candidates = weights.map((weight) => {
    const rows = textLogits.map((text, i) => sum(validation.logits[i]!, text, chosenBy.bias, weight));
    const logits = matrixFromRows(rows);
    const calibration = fitPlatt(truth, logits);
    const probability = applyCalibration(calibration, logits);
    return { weight, calibration, probability, loss: crossEntropy(truth, probability) };
  });
  const best = candidates.reduce((a, b) => (b.loss < a.loss ? b : a));
  const texts = [...ofTrain, ...ofValidation];
  const model = {
    genres,
    linear: trainLinear(texts, [...train.labels, ...validation.labels], random.split('all')),
    weight: best.weight,
    calibration: best.calibration,
    policies: defaultPolicyNames.map((name) => choosePolicy(name, truth, best.probability, prevalence)),
    posters: texts.length,
  };
  return { model, probability: best.probability };
}

/**
 * Probabilities of the genres of posters, from both.
 *
 * @returns from the network's calibrated logits, `[genres]`, and the lines that stand on the poster, none if unknown
 */
export function besideText(
  model: TextModel,
): (logits: ArrayLike<number>, lines: readonly string[]) => Float32Array {
  const textLogits = linearLogits(model.linear);
  const { weight, calibration, linear } = model;
  return (logits, lines) =>
    Float32Array.from(
      sum(logits, textLogits(countFeatures(lines)), linear.bias, weight),
      (logit, g) => 1 / (1 + Math.exp(-(calibration.scale[g]! * logit + calibration.bias[g]!))),
    );
}

const factsSchema = z.strictObject({
  format: z.literal(1),
  genres: z.array(z.string().min(1)).min(1),
  weight: z.number(),
  calibration: calibrationSchema,
  policies: z.array(policySchema).min(1),
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
