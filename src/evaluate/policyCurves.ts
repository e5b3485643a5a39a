/** @module Validation labels and probabilities -> the thresholds of every precision and every recall, in a few kilobytes. */
import { z } from 'zod';
import { recallThresholds } from './conformal.ts';
import type { Labels, Matrix } from './matrix.ts';
import { rankGenre } from './ranked.ts';
import { never } from './thresholds.ts';

const threshold = z.number().min(0);

/** Precisions and recalls are kept in steps of a thousandth. */
const steps = 1000;

/** A share in thousandths; 0.29 * 1000 is a little more than 290. */
function thousandths(share: number): number {
  return Number((share * steps).toFixed(6));
}

export const policyCurvesSchema = z.strictObject({
  /**
   * For each genre its steps, `[genres][steps][threshold, precision]`: from the lowest threshold up, those at which
   * precision on the validation posters is by a thousandth higher than at every lower one.
   */
  precision: z.array(z.array(z.tuple([threshold, z.number().min(0).max(1)])).max(100_000)),
  /** Thresholds, one for all genres, for a recall of 1/1000, 2/1000, ... 999/1000. */
  recall: z.array(threshold).length(steps - 1),
});

/** What a model keeps so that `precision=P` and `recall=R` can be asked for any number. */
export type PolicyCurves = z.infer<typeof policyCurvesSchema>;

function isList(value: unknown, isPart: (part: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isPart);
}

function isThreshold(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function isStep(value: unknown): boolean {
  return isList(value, isThreshold) && (value as number[]).length === 2 && (value as number[])[1]! <= 1;
}

function arePolicyCurves(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  const { precision, recall } = value as Record<string, unknown>;
  const isGenre = (genre: unknown): boolean =>
    isList(genre, isStep) && (genre as unknown[]).length <= 100_000;
  return (
    isList(precision, isGenre) && isList(recall, isThreshold) && (recall as unknown[]).length === steps - 1
  );
}

/**
 * What {@link policyCurvesSchema} takes, checked as a whole: by its schema the thousands of steps of a model cost a cold
 * prediction as much as loading the engine.
 */
export const policyCurvesField = z.custom<PolicyCurves>(
  arePolicyCurves,
  `expected steps of threshold and precision for each genre, and ${steps - 1} thresholds of recall`,
);

/** With fewer proposals than this, a precision on validation is luck rather than evidence. */
const minimumProposals = 10;

/** From the lowest threshold up, those at which one genre's precision is higher than at every lower one: pairs of both. */
export function precisionSteps(yTrue: Labels, yScore: Matrix, genre: number): [number, number][] {
  const ranked = rankGenre(yTrue, yScore, genre);
  const reached: [number, number][] = [];
  for (let i = 0, hits = 0; i < ranked.score.length; i++) {
    hits += ranked.positive[i]!;
    if (ranked.closes[i] === 1 && i + 1 >= minimumProposals) reached.push([ranked.score[i]!, hits / (i + 1)]);
  }
  return rising(reached.reverse());
}

function rising(reached: readonly [number, number][]): [number, number][] {
  let best = 0;
  return reached.filter(([, precision]) => {
    const isHigher = precision > best;
    if (isHigher) best = precision;
    return isHigher;
  });
}

/**
 * For each genre the lowest threshold at which, on these posters, at least `precision` of at least
 * {@link minimumProposals} proposals are right; {@link never} where there is none.
 */
export function precisionThresholds(
  stepsOfGenres: readonly (readonly (readonly [number, number])[])[],
  precision: number,
): number[] {
  return stepsOfGenres.map((genre) => genre.find(([, reached]) => reached >= precision)?.[0] ?? never);
}

/** The threshold of a recall; between two that are kept, that of the higher one, so that the guarantee holds. */
export function recallThresholdOf({ recall: thresholds }: PolicyCurves, recall: number): number {
  const step = Math.ceil(thousandths(recall));
  return step < steps ? thresholds[step - 1]! : 0;
}

/** Seven digits, not above the exact threshold: nothing that the exact one decides is missing. */
function roundedDown(exact: number): number {
  const digits = Number(exact.toPrecision(7));
  return digits <= exact ? digits : Number((exact * (1 - 2e-7)).toPrecision(7));
}

/**
 * yTrue: 0 or 1, yScore: calibrated probabilities, `[posters, genres]`.
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1 or scores outside [0, 1]
 */
export function policyCurvesOf(yTrue: Labels, yScore: Matrix): PolicyCurves {
  const recalls = Array.from({ length: steps - 1 }, (_, i) => (i + 1) / steps);
  const precisionOf = (genre: number): [number, number][] =>
    rising(
      precisionSteps(yTrue, yScore, genre).map(([score, precision]): [number, number] => [
        roundedDown(score),
        Math.floor(thousandths(precision)) / steps,
      ]),
    );
  return {
    recall: recallThresholds(yTrue, yScore, recalls).map(roundedDown),
    precision: Array.from({ length: yTrue.columns }, (_, genre) => precisionOf(genre)),
  };
}
