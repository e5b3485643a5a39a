/** @module Validation logits and labels -> scale and bias of each genre that make probabilities believable. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import {
  knownOfGenre,
  knownPairs,
  type Labels,
  type Matrix,
  requirePerGenre,
  requireScores,
  valuesAt,
} from './matrix.ts';

/** How a logit becomes a probability: `p = sigmoid(scale[g] * logit + bias[g])` for genre g. Plain data. */
export const calibrationSchema = z
  .strictObject({
    /** Factor of each genre's logit, above 0; temperature scaling is `1 / temperature` for every genre. */
    scale: z.array(z.number().positive()),
    /** Added to each genre's scaled logit; 0 for temperature scaling. */
    bias: z.array(z.number()),
  })
  .refine(({ scale, bias }) => scale.length === bias.length, 'scale and bias must be of one length');

export type Calibration = z.infer<typeof calibrationSchema>;

/** A scale stays above this, so that calibration never turns the order of a genre's posters around. */
const minimumScale = 0.05;

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** ln(1 + e^x) - y x: binary cross-entropy on a logit, without overflow. */
function crossEntropy(truth: number, logit: number): number {
  return Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - truth * logit;
}

interface Fit {
  readonly scale: number;
  readonly bias: number;
}

interface FitOptions {
  /** Weight of `((scale - 1)^2 + bias^2) / 2` beside the summed cross-entropy. */
  readonly penalty: number;
  readonly freeScale: boolean;
  readonly freeBias: boolean;
}

/**
 * Newton's method with step halving on the convex sum of cross-entropies over pairs of a truth and a logit,
 * plus the penalty; parameters that are not free stay put.
 */
function newton(
  yTrue: Float64Array,
  logits: Float64Array,
  from: Fit,
  { penalty, freeScale, freeBias }: FitOptions,
): Fit {
  const lossAt = ({ scale, bias }: Fit): number => {
    let loss = (penalty / 2) * ((scale - 1) ** 2 + bias ** 2);
    for (let i = 0; i < logits.length; i++) loss += crossEntropy(yTrue[i]!, scale * logits[i]! + bias);
    return loss;
  };
  let fit = from;
  let loss = lossAt(fit);
  for (let iteration = 0; iteration < 100; iteration++) {
    let gradientScale = penalty * (fit.scale - 1);
    let gradientBias = penalty * fit.bias;
    let [scaleScale, scaleBias, biasBias] = [penalty, 0, penalty];
    for (let i = 0; i < logits.length; i++) {
      const probability = sigmoid(fit.scale * logits[i]! + fit.bias);
      const error = probability - yTrue[i]!;
      const curvature = probability * (1 - probability);
      gradientScale += error * logits[i]!;
      gradientBias += error;
      scaleScale += curvature * logits[i]! * logits[i]!;
      scaleBias += curvature * logits[i]!;
      biasBias += curvature;
    }
    if (!freeScale) [gradientScale, scaleScale, scaleBias] = [0, 1, 0];
    if (!freeBias) [gradientBias, biasBias, scaleBias] = [0, 1, 0];
    const determinant = scaleScale * biasBias - scaleBias * scaleBias;
    if (!(determinant > 1e-12)) break; // all logits alike or saturated: nothing more to learn
    const stepScale = (biasBias * gradientScale - scaleBias * gradientBias) / determinant;
    const stepBias = (scaleScale * gradientBias - scaleBias * gradientScale) / determinant;
    const decrease = gradientScale * stepScale + gradientBias * stepBias;
    let size = 1;
    let next = fit;
    let nextLoss = loss;
    for (; size > 1e-6; size /= 2) {
      next = { scale: fit.scale - size * stepScale, bias: fit.bias - size * stepBias };
      nextLoss = lossAt(next);
      if (nextLoss <= loss - 1e-4 * size * decrease) break;
    }
    if (!(nextLoss < loss)) break;
    [fit, loss] = [next, nextLoss];
    if (decrease < 1e-14) break;
  }
  return fit;
}

/** The calibration that changes nothing: `p = sigmoid(logit)`. */
export function identityCalibration(genres: number): Calibration {
  return { scale: Array<number>(genres).fill(1), bias: Array<number>(genres).fill(0) };
}

/**
 * Temperature scaling (Guo et al. 2017): one factor 1/T for all genres that minimizes the cross-entropy
 * over all known poster-genre pairs of validation. One number from thousands of pairs cannot overfit, but it
 * cannot mend a genre that is predicted too often either.
 *
 * yTrue: 0 or 1, logits: finite, `[posters, genres]`, both of posters that the network was not trained on.
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1 or logits not finite.
 */
export function fitTemperature(yTrue: Labels, logits: Matrix): Calibration {
  requireScores(yTrue, logits, 'logits');
  const options = { penalty: 0, freeScale: true, freeBias: false };
  const pairs = knownPairs(yTrue);
  const [truth, values] = [valuesAt(yTrue.data, pairs), valuesAt(logits.data, pairs)];
  const { scale } = newton(truth, values, { scale: 1, bias: 0 }, options);
  const { columns } = yTrue;
  return {
    scale: Array<number>(columns).fill(Math.max(scale, minimumScale)),
    bias: Array<number>(columns).fill(0),
  };
}

export interface PlattOptions {
  /**
   * Weight of the pull towards the identity: a Gaussian prior of variance `1 / regularization` on scale and
   * bias. A genre with a handful of positives is barely moved, one with hundreds follows its data.
   *
   * @default 1
   */
  readonly regularization?: number;
}

/**
 * Platt scaling (Platt 1999) of each genre: scale a and bias b that minimize
 * `sum_i cross-entropy(y_i, a z_i + b) + regularization / 2 * ((a - 1)^2 + b^2)` over the validation posters
 * of which the genre is known; without any, the identity. Scales below 0.05 are held there, so that the order of posters within a genre, and with it average
 * precision, never changes.
 *
 * yTrue: 0 or 1, logits: finite, `[posters, genres]`, both of posters that the network was not trained on.
 *
 * @throws {OnesheetError} OPTION_INVALID for a regularization that is not above 0, different shapes, labels
 * other than 0 and 1 or logits not finite.
 */
export function fitPlatt(
  yTrue: Labels,
  logits: Matrix,
  { regularization = 1 }: PlattOptions = {},
): Calibration {
  requireScores(yTrue, logits, 'logits');
  if (!(regularization > 0))
    throw onesheetError('OPTION_INVALID', 'regularization', 'a number above 0', String(regularization));
  const { columns } = yTrue;
  const calibration = identityCalibration(columns);
  for (let genre = 0; genre < columns; genre++) {
    const pairs = knownOfGenre(yTrue, genre);
    const [truth, values] = [valuesAt(yTrue.data, pairs), valuesAt(logits.data, pairs)];
    const solve = (from: Fit, freeScale: boolean) =>
      newton(truth, values, from, { penalty: regularization, freeScale, freeBias: true });
    let fit = solve({ scale: 1, bias: 0 }, true);
    if (fit.scale < minimumScale) fit = solve({ scale: minimumScale, bias: 0 }, false);
    calibration.scale[genre] = fit.scale;
    calibration.bias[genre] = fit.bias;
  }
  return calibration;
}

/**
 * Calibrated probabilities in (0, 1), `[posters, genres]`, of logits of the same shape.
 *
 * @example
 * const calibration = { scale: [2], bias: [-2] };
 * applyCalibration(calibration, matrixFromRows([[1]])).data; // [0.5]
 *
 * @throws {OnesheetError} OPTION_INVALID unless the calibration has one scale and bias for each genre.
 */
export function applyCalibration(calibration: Calibration, logits: Matrix): Matrix<Float64Array> {
  const { rows, columns } = logits;
  requirePerGenre('calibration.scale', calibration.scale, columns);
  requirePerGenre('calibration.bias', calibration.bias, columns);
  const data = Float64Array.from(logits.data, (logit, i) =>
    sigmoid(calibration.scale[i % columns]! * logit + calibration.bias[i % columns]!),
  );
  return { rows, columns, data };
}
