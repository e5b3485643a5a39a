/** @module A row of probabilities and a decision rule -> the prediction that every part of onesheet gives. */

import { OnesheetError } from '../errors.ts';
import { applyPolicy, findPolicy, type Policy, type PolicyStore } from '../evaluate/index.ts';

export interface GenrePrediction {
  readonly label: string;
  /** Calibrated, from 0 to 1; with five decimals where it is written. */
  readonly probability: number;
  /** Whether the policy proposes the genre. */
  readonly decided: boolean;
}

export interface Prediction {
  readonly id: string;
  /** Path, URL or name of the picture. */
  readonly source: string;
  /** All genres of the model, the likeliest first. */
  readonly genres: readonly GenrePrediction[];
  /** Name and hash of the model: `cnn-rnn@0123456789ab`. */
  readonly model: string;
  /** Lines of text on the poster that were heard, where posters are read. */
  readonly texts?: readonly string[];
}

export interface FailedPrediction {
  readonly id: string;
  readonly source: string;
  readonly error: { readonly code: string; readonly message: string };
}

export type PredictionOutcome = Prediction | FailedPrediction;

export function isFailed(outcome: PredictionOutcome): outcome is FailedPrediction {
  return 'error' in outcome;
}

/** What a prediction needs to know of its model; a `Model` is one, and so is what a browser knows of it. */
export interface Predictor {
  /** Name and the beginning of the hash. */
  readonly id: string;
  readonly metadata: PolicyStore;
}

/**
 * The policy of a model by its name; the model's first when no name is given.
 *
 * @throws {OnesheetError} OPTION_INVALID with what the model can be asked for
 */
export function policyOf(model: Predictor, name: string | undefined): Policy {
  return findPolicy(model.metadata, name);
}

/** @param probabilities of one poster, [genres] */
export function predictionOf(
  model: Predictor,
  policy: Policy,
  poster: { readonly id: string; readonly source: string },
  probabilities: Float32Array,
): Prediction {
  const { genres } = model.metadata;
  const decided = applyPolicy(policy, { rows: 1, columns: genres.length, data: probabilities }).data;
  const rows = genres.map((label, g) => ({
    label,
    probability: probabilities[g]!,
    decided: decided[g] === 1,
  }));
  rows.sort((a, b) => b.probability - a.probability);
  return { ...poster, genres: rows, model: model.id };
}

/** Decimals of a probability that is written: a network's own noise between machines begins about there. */
const decimals = 5;

/** A probability or another score of a network as JSON and CSV hold it. */
export function roundProbability(probability: number): number {
  return Number(probability.toFixed(decimals));
}

/** A prediction as JSON and CSV hold it: what was decided was decided by the exact probabilities. */
export function writtenOutcome<Outcome extends PredictionOutcome>(outcome: Outcome): Outcome {
  if (isFailed(outcome)) return outcome;
  const genres = outcome.genres.map((genre) => ({
    ...genre,
    probability: roundProbability(genre.probability),
  }));
  return { ...outcome, genres };
}

/** @throws whatever is no {@link OnesheetError}: that is a bug, not a bad picture */
export function failureOf(
  poster: { readonly id: string; readonly source: string },
  error: unknown,
): FailedPrediction {
  if (!(error instanceof OnesheetError)) throw error;
  return { ...poster, error: { code: error.code, message: error.message } };
}
