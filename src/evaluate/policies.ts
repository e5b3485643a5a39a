/** @module A policy's name and validation probabilities -> plain data that turns probabilities into decisions. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { balancedThresholds } from './balanced.ts';
import { recallThreshold } from './conformal.ts';
import { confusionOf, ratio } from './confusion.ts';
import { expectedF1Thresholds } from './expectedF1.ts';
import { type Labels, type Matrix, requirePerGenre, requireProbabilities } from './matrix.ts';
import { precisionSteps, precisionThresholds } from './policyCurves.ts';
import { decide } from './thresholds.ts';

const thresholdPolicySchema = z.strictObject({
  /** As {@link parsePolicyName} reads it, e.g. `precision=0.8`. */
  name: z.string(),
  kind: z.literal('threshold'),
  /** A genre is decided when its probability is at least this; above 1 it never is. `[genres]` */
  thresholds: z.array(z.number().min(0)),
  /** What a poster gets that reaches no threshold: its likeliest genre, or nothing. */
  fallback: z.enum(['top-1', 'none']),
});

const topPolicySchema = z.strictObject({
  /** As {@link parsePolicyName} reads it, e.g. `top=3`. */
  name: z.string(),
  kind: z.literal('top'),
  /** The k likeliest genres of each poster are decided. */
  k: z.int().positive(),
  /** A poster always gets k genres, so there is nothing to fall back to. */
  fallback: z.literal('none'),
});

/** A rule from probabilities to decisions, as model files store it. */
export const policySchema = z.discriminatedUnion('kind', [thresholdPolicySchema, topPolicySchema]);

export type Policy = z.infer<typeof policySchema>;

/** What a policy's name asks for. */
export type PolicyRequest =
  | { readonly kind: 'top'; readonly k: number }
  | { readonly kind: 'f1' | 'balanced' }
  | { readonly kind: 'precision' | 'recall'; readonly value: number };

/** The policies that a model file carries unless others are asked for; the first decides unless another is asked for. */
export const defaultPolicyNames = ['balanced', 'f1', 'top=3', 'precision=0.8', 'recall=0.9'] as const;

const expectedName = 'one of top=K, f1, balanced, precision=P, recall=R (K a positive integer, 0 < P, R < 1)';

/**
 * Reads `top=3`, `f1`, `balanced`, `precision=0.8` or `recall=0.9`.
 *
 * @example
 * parsePolicyName('precision=0.8').value; // 0.8
 *
 * @throws {OnesheetError} OPTION_INVALID for any other name or number.
 */
export function parsePolicyName(name: string): PolicyRequest {
  const request = readPolicyName(name);
  if (request) return request;
  throw onesheetError('OPTION_INVALID', 'policy', expectedName, name);
}

/** {@link parsePolicyName}, with `undefined` for any other name. */
export function readPolicyName(name: string): PolicyRequest | undefined {
  const [, kind, digits] = name.match(/^([a-z0-9]+)(?:=(\d+(?:\.\d+)?|\.\d+))?$/) ?? [];
  const value = Number(digits);
  if ((kind === 'f1' || kind === 'balanced') && digits === undefined) return { kind };
  if (kind === 'top' && Number.isInteger(value) && value > 0) return { kind, k: value };
  if ((kind === 'precision' || kind === 'recall') && value > 0 && value < 1) return { kind, value };
  return undefined;
}

/** Of the posters of which a genre is known, the share that has it, `[genres]`; 0 where it is known of none. */
function prevalenceOf(yTrue: Labels): number[] {
  const { support, known } = confusionOf(yTrue, yTrue, 'none');
  return Array.from(support, (count, genre) => ratio(count, known[genre]!, 0));
}

/**
 * A policy chosen on validation posters; measure it on others.
 *
 * - `top=K`: the K likeliest genres of every poster; nothing is learned.
 * - `f1`: the thresholds of the greatest expected F1, macro and micro together ({@link expectedF1Thresholds}); top-1
 *   fallback.
 * - `balanced`: every genre is decided for as large a share of posters as have it, the top-1 fallback included
 *   ({@link balancedThresholds}).
 * - `precision=P`: a genre is decided from the lowest probability at which at least P of its proposals (ten or
 *   more) were right, and never if there is none. No fallback: the model abstains. P was reached on
 *   validation; being chosen as reached, it will be a little lower elsewhere.
 * - `recall=R`: one threshold for all genres such that a new poster's expected share of missed genres is at
 *   most 1 - R ({@link recallThreshold}, with the guarantee and its assumptions); top-1 fallback, which can
 *   only add genres.
 *
 * yTrue: 0 or 1, yScore: calibrated probabilities, `[posters, genres]`. Pairs of which nothing is known are no evidence:
 * they are neither proposals that were right or wrong nor genres that were missed. `f1` and `balanced` read the
 * probabilities of all pairs, since they are of the kind that will be decided.
 *
 * @param prevalence share of posters that have each genre, `[genres]`; best that of the training posters, who are more than the
 * validation posters. By default that of `yTrue`
 * @throws {OnesheetError} OPTION_INVALID for an unknown name, different shapes, labels other than 0 and 1 or
 * scores outside [0, 1].
 */
export function choosePolicy(
  name: string,
  yTrue: Labels,
  yScore: Matrix,
  prevalence: readonly number[] = prevalenceOf(yTrue),
): Policy {
  const request = parsePolicyName(name);
  requireProbabilities(yTrue, yScore);
  requirePerGenre('prevalence', prevalence, yTrue.columns);
  switch (request.kind) {
    case 'top':
      return { name, kind: 'top', k: request.k, fallback: 'none' };
    case 'f1':
      return { name, kind: 'threshold', thresholds: expectedF1Thresholds(yScore), fallback: 'top-1' };
    case 'balanced':
      return {
        name,
        kind: 'threshold',
        thresholds: balancedThresholds(yTrue, yScore, prevalence),
        fallback: 'top-1',
      };
    case 'precision':
      return {
        name,
        kind: 'threshold',
        thresholds: precisionThresholds(
          Array.from({ length: yTrue.columns }, (_, genre) => precisionSteps(yTrue, yScore, genre)),
          request.value,
        ),
        fallback: 'none',
      };
    case 'recall':
      return {
        name,
        kind: 'threshold',
        thresholds: Array<number>(yTrue.columns).fill(recallThreshold(yTrue, yScore, request.value)),
        fallback: 'top-1',
      };
  }
}

function decideTop(yScore: Matrix, k: number): Matrix<Uint8Array> {
  const { rows, columns } = yScore;
  const data = new Uint8Array(rows * columns);
  const genres = Array.from({ length: columns }, (_, c) => c);
  for (let r = 0; r < rows; r++) {
    const start = r * columns;
    const order = genres.toSorted((a, b) => yScore.data[start + b]! - yScore.data[start + a]!);
    for (const genre of order.slice(0, k)) data[start + genre] = 1;
  }
  return { rows, columns, data };
}

/**
 * Decisions, 0 or 1, `[posters, genres]`, of probabilities of the same shape. Of genres tied at the k-th place
 * of `top=K` the first columns are taken.
 *
 * @example
 * applyPolicy({ name: 'top=1', kind: 'top', k: 1, fallback: 'none' }, matrixFromRows([[0.2, 0.4]])).data; // [0, 1]
 *
 * @throws {OnesheetError} OPTION_INVALID for a threshold policy without one threshold for each genre.
 */
export function applyPolicy(policy: Policy, yScore: Matrix): Matrix<Uint8Array> {
  return policy.kind === 'top'
    ? decideTop(yScore, policy.k)
    : decide(yScore, policy.thresholds, { fallback: policy.fallback });
}

/** The genres whose threshold no probability reaches. */
export function genresNeverGiven(policy: Policy, genres: readonly string[]): string[] {
  return policy.kind === 'top' ? [] : genres.filter((_, g) => policy.thresholds[g]! > 1);
}

/** For people: which genres a policy never gives; undefined where it may give all. */
export function sayNeverGiven(policy: Policy, genres: readonly string[]): string | undefined {
  const never = genresNeverGiven(policy, genres);
  if (never.length === 0) return undefined;
  const exception = policy.fallback === 'top-1' ? ', unless a poster gets no other genre' : '';
  return `The policy ${policy.name} never gives ${never.join(', ')}${exception}: its thresholds for them are above every probability.`;
}
