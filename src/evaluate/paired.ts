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
import { type Counts, countOnce } from './ranked.ts';

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

/** The answers of one model, or of the same training with several seeds. */
export type SeededDecisions = ScoredDecisions | readonly ScoredDecisions[];

function listOf(decisions: SeededDecisions): readonly ScoredDecisions[] {
  return 'yScore' in decisions ? [decisions] : decisions;
}

/**
 * The paired bootstrap (Efron & Tibshirani 1993): every resample of the posters measures both models, so what
 * makes posters easy or hard for both cancels out. Of twenty measures one will exceed a 95% interval by chance.
 *
 * Of trainings with several seeds the means are compared, and every resample draws among the seeds of each anew, so
 * that the interval covers their choice, too. With one seed each it covers the choice of posters alone.
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes and as `bootstrapMeasures`.
 */
export function compareMeasures(
  yTrue: Labels,
  first: SeededDecisions,
  second: SeededDecisions,
  options: BootstrapOptions,
): Record<MeasureName, MeasureDifference> {
  const { resamples, confidence, random } = completeOptions(options);
  const [measureFirst, measureSecond] = [first, second].map((each) =>
    listOf(each).map(({ yScore, yPred }) => prepareMeasures(yTrue, yScore, yPred)),
  ) as [Measuring[], Measuring[]];
  const everyOne = (of: readonly Measuring[]) => [...of.keys()];
  const anew = (of: readonly Measuring[]) =>
    of.length === 1 ? [0] : of.map(() => random.integer(of.length));
  const differencesOf = (
    counts: Counts,
    [ones, others]: readonly [readonly number[], readonly number[]],
  ): Record<MeasureName, number> => {
    const [one, other] = [meansOf(measureFirst, ones, counts), meansOf(measureSecond, others, counts)];
    return Object.fromEntries(measureNames.map((name) => [name, other(name) - one(name)])) as never;
  };
  const observed = differencesOf(countOnce(yTrue.rows), [everyOne(measureFirst), everyOne(measureSecond)]);
  const draws = Array.from({ length: resamples }, () =>
    differencesOf(resample(yTrue.rows, random), [anew(measureFirst), anew(measureSecond)]),
  );
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

type Measuring = ReturnType<typeof prepareMeasures>;

/** The mean of each measure over the chosen models, where some may be chosen several times. */
function meansOf(
  models: readonly Measuring[],
  chosen: readonly number[],
  counts: Counts,
): (name: MeasureName) => number {
  const once = new Map([...new Set(chosen)].map((model) => [model, models[model]!(counts).measures]));
  return (name) => chosen.reduce((sum, model) => sum + once.get(model)![name], 0) / chosen.length;
}
