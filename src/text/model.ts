/** @module Texts with labels and a network's probabilities -> a model that weighs both, and what it says of a poster. */
import {
  applyCalibration,
  type Calibration,
  choosePolicy,
  defaultPolicyNames,
  fitPlatt,
  type Labels,
  type Matrix,
  matrixFromRows,
  type Policy,
  type PolicyCurves,
  policyCurvesOf,
} from '../evaluate/index.ts';
import type { Random } from '../random.ts';
import { countFeatures, type TextCounts } from './features.ts';
import type { Heard } from './heard.ts';
import { type LinearModel, linearLogits, trainLinear } from './linear.ts';

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
  /** What any precision and recall can be made from; a model written before this was kept has none. */
  readonly policyCurves?: PolicyCurves;
  /** Posters whose texts it learned from. */
  readonly posters: number;
}

/** Posters with texts; rows of all are in one order. */
export interface TextPosters {
  /** Lines of text of each poster. */
  readonly texts: readonly (readonly string[])[];
  /** 0 or 1, `[genres]` each. */
  readonly labels: readonly ArrayLike<number>[];
  /** 0 where nothing is known of a label, `[genres]` each. @default everything is known */
  readonly known?: readonly ArrayLike<number>[];
}

export interface FitOptions {
  readonly genres: readonly string[];
  readonly train: TextPosters;
  /** With the probabilities by a network that has not seen these posters, `[genres]` each. */
  readonly validation: TextPosters & { readonly probabilities: readonly ArrayLike<number>[] };
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

/** A network's certainty counts up to here, so that its logits are finite. */
const leastProbability = 1e-7;

function logitOf(probability: number): number {
  const bounded = Math.min(Math.max(probability, leastProbability), 1 - leastProbability);
  return Math.log(bounded / (1 - bounded));
}

/** Logits of the network + weight (logits of the text - those without a text), `[genres]`. */
function sum(network: ArrayLike<number>, text: ArrayLike<number>, bias: Float32Array, weight: number) {
  return Float64Array.from(bias, (without, g) => logitOf(network[g]!) + weight * (text[g]! - without));
}

function crossEntropy({ data: truth, known }: Labels, { data: probability }: Matrix): number {
  let [loss, pairs] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (known?.[i] === 0) continue;
    loss -= Math.log(truth[i] === 1 ? probability[i]! : 1 - probability[i]!);
    pairs += 1;
  }
  return loss / pairs;
}

function truthOf({ labels, known }: TextPosters): Labels {
  return { ...matrixFromRows(labels), known: known && Uint8Array.from(matrixFromRows(known).data) };
}

/** What is known of the posters of both; undefined where that is everything. */
function knownOf(first: TextPosters, second: TextPosters): TextPosters['known'] {
  if (!first.known && !second.known) return undefined;
  const rowsOf = ({ labels, known }: TextPosters) =>
    known ?? labels.map(({ length }) => new Uint8Array(length).fill(1));
  return [...rowsOf(first), ...rowsOf(second)];
}

/**
 * Chooses on the validation posters how much the text counts, the calibration of both together, and the policies, by
 * a linear model of the training posters; the model that is returned then learns the validation posters' texts too.
 */
export function fitTextModel({ genres, train, validation, prevalence, random }: FitOptions): FittedTextModel {
  const counted = (posters: TextPosters): TextCounts[] => posters.texts.map(countFeatures);
  const [ofTrain, ofValidation] = [counted(train), counted(validation)];
  const chosenBy = trainLinear(ofTrain, train.labels, random.split('train'), train.known);
  const textLogits = ofValidation.map(linearLogits(chosenBy));
  const truth = truthOf(validation);
  const candidates = weights.map((weight) => {
    const rows = textLogits.map((text, i) => sum(validation.probabilities[i]!, text, chosenBy.bias, weight));
    const logits = matrixFromRows(rows);
    const calibration = fitPlatt(truth, logits);
    const probability = applyCalibration(calibration, logits);
    return { weight, calibration, probability, loss: crossEntropy(truth, probability) };
  });
  const best = candidates.reduce((a, b) => (b.loss < a.loss ? b : a));
  const texts = [...ofTrain, ...ofValidation];
  const model = {
    genres,
    linear: trainLinear(
      texts,
      [...train.labels, ...validation.labels],
      random.split('all'),
      knownOf(train, validation),
    ),
    weight: best.weight,
    calibration: best.calibration,
    policies: defaultPolicyNames.map((name) => choosePolicy(name, truth, best.probability, prevalence)),
    policyCurves: policyCurvesOf(truth, best.probability),
    posters: texts.length,
  };
  return { model, probability: best.probability };
}

/**
 * Probabilities of the genres of posters, from both.
 *
 * @returns from what is heard of a poster and the network's probabilities, `[genres]`
 */
export function besideText(model: TextModel): (heard: Heard, network: ArrayLike<number>) => Float32Array {
  const textLogits = linearLogits(model.linear);
  const { weight, calibration, linear } = model;
  return ({ lines = [], title = '', originalTitle = '' }, network) =>
    Float32Array.from(
      sum(network, textLogits(countFeatures([title, originalTitle, ...lines])), linear.bias, weight),
      (logit, g) => 1 / (1 + Math.exp(-(calibration.scale[g]! * logit + calibration.bias[g]!))),
    );
}
