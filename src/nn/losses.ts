/** @module Logits, label vectors and what is known of them -> a scalar loss in the graph. */
import { z } from 'zod';
import { float32, operators as op, type Value } from '../graph/index.ts';

const classWeights = {
  /** Weight of each genre's term: `balanced` makes rare genres count as much as frequent ones. */
  classWeights: z.enum(['none', 'balanced']).default('none'),
};

export const lossOptionsSchema = z.discriminatedUnion('loss', [
  z.strictObject({
    loss: z.literal('binary-cross-entropy'),
    /** Moves the targets this far from 0 and 1 towards 1/2. */
    labelSmoothing: z.number().min(0).max(0.5).default(0),
    ...classWeights,
  }),
  z.strictObject({ loss: z.literal('categorical-cross-entropy'), ...classWeights }),
  z.strictObject({ loss: z.literal('focal'), gamma: z.number().min(0).max(10).default(2), ...classWeights }),
  z.strictObject({
    loss: z.literal('asymmetric'),
    gammaPositive: z.number().min(0).max(10).default(0),
    gammaNegative: z.number().min(0).max(10).default(4),
    /** Negatives below this probability are ignored. */
    margin: z.number().min(0).max(0.5).default(0.05),
    ...classWeights,
  }),
]);
export type LossOptions = z.infer<typeof lossOptionsSchema>;

/** How logits become probabilities: categorical cross-entropy lets the genres compete, all others do not. */
export function activationOf(options: LossOptions): 'sigmoid' | 'softmax' {
  return options.loss === 'categorical-cross-entropy' ? 'softmax' : 'sigmoid';
}

/** Inverse frequencies scaled to a mean of 1; `prevalence` is each genre's share of the training posters. */
export function balancedWeights(prevalence: readonly number[]): number[] {
  const inverse = prevalence.map((share) => 1 / Math.max(share, 1e-6));
  const mean = inverse.reduce((sum, value) => sum + value, 0) / inverse.length;
  return inverse.map((value) => value / mean);
}

/** log(1 + exp(x)), whose derivative is the sigmoid: -log sigmoid(z) = softplus(-z). */
const softplus = op.softplus;

function binaryCrossEntropy(logits: Value, labels: Value, smoothing: number): Value {
  const targets = smoothing === 0 ? labels : op.add(op.multiply(labels, 1 - smoothing), smoothing / 2);
  return op.subtract(softplus(logits), op.multiply(targets, logits));
}

/** Lin et al. 2017, eq. 4, without alpha: -(1 - p_t)^gamma log p_t. */
function focal(logits: Value, labels: Value, gamma: number): Value {
  const signed = op.multiply(logits, op.subtract(1, op.multiply(labels, 2))); // p_t = sigmoid(-signed)
  return op.multiply(op.exp(op.multiply(softplus(op.negate(signed)), -gamma)), softplus(signed));
}

/** Ridnik et al. 2021, eq. 7: positives and negatives are focused apart, and easy negatives are shifted away. */
function asymmetric(
  logits: Value,
  labels: Value,
  options: Extract<LossOptions, { loss: 'asymmetric' }>,
): Value {
  const probability = op.sigmoid(logits);
  const focus = (base: Value, gamma: number, term: Value): Value =>
    gamma === 0 ? term : op.multiply(op.power(op.maximum(base, 1e-8), gamma), term);
  const positive = focus(op.subtract(1, probability), options.gammaPositive, softplus(op.negate(logits)));
  const shifted = op.maximum(op.subtract(probability, options.margin), 0);
  const negative = focus(
    shifted,
    options.gammaNegative,
    op.negate(op.log(op.maximum(op.subtract(1, shifted), 1e-8))),
  );
  return op.add(op.multiply(labels, positive), op.multiply(op.subtract(1, labels), negative));
}

/**
 * A loss that treats each genre by itself is the mean over the pairs of which something is known,
 * `sum known_ig weight_g term_ig / max(1, sum known_ig)`. Categorical cross-entropy lets those genres of a poster compete
 * that are known of it: its softmax is over them alone, and the mean is over the posters of which any is known. So
 * unknown pairs, and posters of nothing else, have no gradient, and a batch of nothing else has loss 0.
 *
 * @param logits [batch, genres]
 * @param labels [batch, genres], 0 or 1, or between when posters are mixed
 * @param weights [genres], by which the terms of each genre are multiplied
 * @param known [batch, genres], 1 where something is known and 0 where not; undefined where everything is
 * @returns the mean over posters, and over genres for the losses that treat each genre by itself
 */
export function buildLoss(
  logits: Value,
  labels: Value,
  options: LossOptions,
  weights: readonly number[] | undefined,
  known?: Value,
): Value {
  const weigh = (terms: Value): Value =>
    weights ? op.multiply(terms, logits.graph.constant(float32(weights, [1, weights.length]))) : terms;
  const meanOfPairs = (terms: Value): Value => meanWhere(weigh(terms), known, [0, 1]);
  switch (options.loss) {
    case 'binary-cross-entropy':
      return meanOfPairs(binaryCrossEntropy(logits, labels, options.labelSmoothing));
    case 'focal':
      return meanOfPairs(focal(logits, labels, options.gamma));
    case 'asymmetric':
      return meanOfPairs(asymmetric(logits, labels, options));
    case 'categorical-cross-entropy': {
      // The label vector, normalized to a distribution; a poster without labels adds nothing.
      const own = known ? op.multiply(labels, known) : labels;
      const total = op.maximum(op.reduceSum(own, [1], true), 1);
      const competing = known ? op.add(op.multiply(logits, known), farBelow(known)) : logits;
      const logProbability = op.subtract(competing, logSumExp(competing));
      const terms = op.multiply(op.divide(own, total), logProbability);
      const posters = known && op.reduceMax(known, [1]);
      return op.negate(meanWhere(op.reduceSum(weigh(terms), [1]), posters, [0]));
    }
  }
}

/** The mean of the terms where `known` is 1, and 0 where it is 1 nowhere; of all terms without it. */
function meanWhere(terms: Value, known: Value | undefined, axes: readonly number[]): Value {
  if (known === undefined) return op.reduceMean(terms, axes);
  return op.divide(op.reduceSum(op.multiply(terms, known), axes), op.maximum(op.reduceSum(known, axes), 1));
}

/** What takes a genre out of a softmax: 0 where it is known, else far below every logit. */
function farBelow(known: Value): Value {
  return op.multiply(op.subtract(known, 1), 1e9);
}

/**
 * By how much the loss of a batch counts in the mean over several: over how many pairs (for categorical cross-entropy,
 * posters) {@link buildLoss} is the mean.
 *
 * @param known 0 or 1, `[size, genres]`, as the batch has it
 */
export function lossWeight(
  options: LossOptions,
  { known, size }: { readonly known?: Float32Array; readonly size: number },
): number {
  if (known === undefined) return size;
  if (activationOf(options) === 'sigmoid') return known.reduce((sum, one) => sum + one, 0);
  const genres = known.length / size;
  return Array.from({ length: size }, (_, row) =>
    known.subarray(row * genres, (row + 1) * genres).includes(1),
  ).filter(Boolean).length;
}

function logSumExp(logits: Value): Value {
  const highest = op.reduceMax(logits, [1], true);
  return op.add(op.log(op.reduceSum(op.exp(op.subtract(logits, highest)), [1], true)), highest);
}
