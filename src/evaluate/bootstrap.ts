/** @module A statistic of posters -> its percentile bootstrap interval over resampled posters. */
import { onesheetError } from '../errors.ts';
import type { Random } from '../random.ts';
import type { Labels, Matrix } from './matrix.ts';
import { type Measured, type MeasureName, measureNames, prepareMeasures } from './measures.ts';
import { type Counts, countOnce } from './ranked.ts';

/** Lower and upper end; NaN when the statistic was not defined on any resample. */
export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  /**
   * How many times the posters are drawn again.
   *
   * @default 1000
   */
  readonly resamples?: number;
  /**
   * Share of resamples within the interval.
   *
   * @default 0.95
   */
  readonly confidence?: number;
  /** Draws the posters; the same generator gives the same interval. */
  readonly random: Random;
}

/** The options that were left out, filled in and checked. */
export function completeOptions({ resamples = 1000, confidence = 0.95, random }: BootstrapOptions) {
  if (!Number.isInteger(resamples) || resamples < 1)
    throw onesheetError('OPTION_INVALID', 'resamples', 'a positive integer', String(resamples));
  if (!(confidence > 0 && confidence < 1))
    throw onesheetError('OPTION_INVALID', 'confidence', 'a number between 0 and 1', String(confidence));
  return { resamples, confidence, random };
}

/** `rows` draws with replacement out of `rows` posters, as multiplicities. */
export function resample(rows: number, random: Random): Counts {
  const counts = new Float64Array(rows);
  for (let draw = 0; draw < rows; draw++) counts[random.integer(rows)]!++;
  return counts;
}

/** The ends between which the middle `confidence` of the defined values lies, interpolated linearly. */
export function percentileInterval(values: ArrayLike<number>, confidence: number): Interval {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const at = (fraction: number) => {
    const position = fraction * (sorted.length - 1);
    const below = sorted[Math.floor(position)];
    return below! + (position % 1) * (sorted[Math.ceil(position)]! - below!);
  };
  if (sorted.length === 0) return [Number.NaN, Number.NaN];
  return [at((1 - confidence) / 2), at((1 + confidence) / 2)];
}

/**
 * The percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13) of a statistic of posters: posters,
 * not poster-genre pairs, are drawn with replacement, since the genres of one poster are not independent.
 *
 * It tells how far the figure would move with other posters of the same kind. It does not tell how far it
 * would move with another training seed.
 *
 * @param statistic from the multiplicity of each poster, `[rows]`, to a number; resamples on which it is NaN
 * are left out.
 * @param rows how many posters there are.
 *
 * @example
 * // Every resample of equal values has their mean.
 * const mean = (counts) => counts.reduce((sum, count) => sum + count * 7, 0) / 4;
 * bootstrapInterval(mean, 4, { random: Random.fromSeed(1) }); // [7, 7]
 *
 * @throws {OnesheetError} OPTION_INVALID for resamples or rows that are no positive integer or a confidence
 * outside (0, 1).
 */
export function bootstrapInterval(
  statistic: (counts: Counts) => number,
  rows: number,
  options: BootstrapOptions,
): Interval {
  const { resamples, confidence, random } = completeOptions(options);
  if (!Number.isInteger(rows) || rows < 1)
    throw onesheetError('OPTION_INVALID', 'rows', 'a positive integer', String(rows));
  const values = Float64Array.from({ length: resamples }, () => statistic(resample(rows, random)));
  return percentileInterval(values, confidence);
}

export interface BootstrappedMeasures extends Measured {
  readonly intervals: Record<MeasureName, Interval>;
  /** Of each genre's average precision, `[genres]`. */
  readonly averagePrecisionIntervals: readonly Interval[];
}

/**
 * All headline measures of the posters as they are, each with its percentile bootstrap interval from the same
 * resamples. Scores are sorted once; a resample only changes the multiplicities.
 *
 * yTrue and yPred: 0 or 1, yScore: probabilities in [0, 1], `[posters, genres]`.
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels or decisions other than 0 and 1, scores
 * outside [0, 1] or options as in {@link bootstrapInterval}.
 */
export function bootstrapMeasures(
  yTrue: Labels,
  yScore: Matrix,
  yPred: Matrix,
  options: BootstrapOptions,
): BootstrappedMeasures {
  const { resamples, confidence, random } = completeOptions(options);
  const measure = prepareMeasures(yTrue, yScore, yPred);
  const draws = Array.from({ length: resamples }, () => measure(resample(yTrue.rows, random)));
  const intervalOf = (value: (draw: Measured) => number) => percentileInterval(draws.map(value), confidence);
  return {
    ...measure(countOnce(yTrue.rows)),
    intervals: Object.fromEntries(
      measureNames.map((name) => [name, intervalOf((draw) => draw.measures[name])]),
    ) as Record<MeasureName, Interval>,
    averagePrecisionIntervals: Array.from({ length: yTrue.columns }, (_, genre) =>
      intervalOf((draw) => draw.averagePrecision[genre]!),
    ),
  };
}
