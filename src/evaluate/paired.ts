/** @module Two models' answers for the same posters -> by how much their measures differ, and how sure that is. */
import {
  type BootstrapOptions,
  completeOptions,
  type Interval,
  percentileInterval,
  resample,
} from './bootstrap.ts';
import type { Labels, Matrix } from './matrix.ts';
import { type MeasureName, measureNames, prepareMeasures } from './measures.ts';
import { countOnce } from './ranked.ts';

/** One model's answers. */
export interface ScoredDecisions {
  /** Probabilities in [0, 1], `[posters, genres]`. */
  readonly yScore: Matrix;
  /** Decisions, 0 or 1, `[posters, genres]`. */
  readonly yPred: Matrix;
}

/** Second less first. */
export interface MeasureDifference {
  readonly difference: number;
  /** Percentile bootstrap interval of the difference. */
  readonly interval: Interval;
  /** Whether the interval excludes 0. */
  readonly exceedsNoise: boolean;
}

/**
 * The paired bootstrap (Efron & Tibshirani 1993): every resample of the posters measures both models, so what
 * makes posters easy or hard for both cancels out. It covers the choice of posters, not that of the training
 * seed; and of twenty measures one will exceed a 95% interval by chance.
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes and as `bootstrapMeasures`.
 */
export function compareMeasures(
  yTrue: Labels,
  first: ScoredDecisions,
  second: ScoredDecisions,
  options: BootstrapOptions,
): Record<MeasureName, MeasureDifference> {
  const { resamples, confidence, random } = completeOptions(options);
  const [measureFirst, measureSecond] = [first, second].map(({ yScore, yPred }) =>
    prepareMeasures(yTrue, yScore, yPred),
  ) as [ReturnType<typeof prepareMeasures>, ReturnType<typeof prepareMeasures>];
  const differencesOf = (counts: Float64Array): Record<MeasureName, number> => {
    const [one, other] = [measureFirst(counts).measures, measureSecond(counts).measures];
    return Object.fromEntries(measureNames.map((name) => [name, other[name] - one[name]])) as never;
  };
  const observed = differencesOf(countOnce(yTrue.rows));
  const draws = Array.from({ length: resamples }, () => differencesOf(resample(yTrue.rows, random)));
  const entries = measureNames.map((name) => {
    const interval = percentileInterval(
      draws.map((draw) => draw[name]),
      confidence,
    );
    const exceedsNoise = interval[0] > 0 || interval[1] < 0;
    return [name, { difference: observed[name], interval, exceedsNoise }] as const;
  });
  return Object.fromEntries(entries) as Record<MeasureName, MeasureDifference>;
}
