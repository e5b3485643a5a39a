/** @module Labels, probabilities, thresholds and training frequencies -> one documented object with every figure beside its floors. */
import { type BootstrapOptions, bootstrapMeasures, type Interval } from './bootstrap.ts';
import { confusionOf, ratio } from './confusion.ts';
import { type FloorName, floorNames, floors, mostCommonGenres } from './floors.ts';
import { type Labels, type Matrix, requirePerGenre, requireProbabilities } from './matrix.ts';
import { type MeasureName, measureNames } from './measures.ts';
import { applyPolicy, type Policy } from './policies.ts';
import { rocAucScore, withoutPositives } from './ranking.ts';
import { expectedCalibrationError, type ReliabilityBin, reliabilityDiagram } from './reliability.ts';

export interface EvaluationOptions extends BootstrapOptions {
  /** The genres' names, in the order of the columns. */
  readonly genres: readonly string[];
  /**
   * How probabilities become decisions: one threshold a genre, with the top-1 fallback, or a policy. Either
   * must have been chosen on other posters (validation).
   */
  readonly thresholds: readonly number[] | Policy;
  /** 0 or 1 for each poster and genre, where the policy's thresholds are not the same for all posters. @default its decisions */
  readonly decisions?: Matrix;
  /** The share of training posters with each genre, of those of which it is known, in [0, 1]: what the floors know. */
  readonly trainPrevalence: readonly number[];
}

/** One headline measure. A number that is not defined on these posters is null. */
export interface Measure {
  /** The model's figure. */
  readonly value: number | null;
  /** Its percentile bootstrap interval over posters. */
  readonly interval: readonly [low: number | null, high: number | null];
  /** The same measure of the answers that need no picture. */
  readonly floors: Readonly<Record<FloorName, number | null>>;
}

/**
 * One genre, on the posters of which it is known. A number that is not defined on these posters is null; where it is known
 * of none, every measure is.
 */
export interface GenreEvaluation {
  readonly genre: string;
  /** Of how many posters it is known whether they have the genre; all others are left out. */
  readonly known: number;
  /** How many posters truly have the genre. */
  readonly support: number;
  /** How many of the posters of which it is known were given the genre. */
  readonly predicted: number;
  /** `predicted / support`: 1 when the genre is said about as often as it is true; null without support. */
  readonly frequencyRatio: number | null;
  /** Of the posters given the genre, the share that has it; 0 when none was given it. */
  readonly precision: number | null;
  /** Of the posters with the genre, the share that was given it; 0 without support. */
  readonly recall: number | null;
  /** Harmonic mean of precision and recall. */
  readonly f1: number | null;
  /** Average precision; 0 without support. */
  readonly averagePrecision: number | null;
  /** Percentile bootstrap interval of the average precision. */
  readonly averagePrecisionInterval: readonly [low: number | null, high: number | null];
  /** The average precision of any constant score: the share of these posters with the genre. */
  readonly averagePrecisionFloor: number | null;
  /** Area under the ROC curve; null when all posters or none have the genre. */
  readonly rocAuc: number | null;
  /** Expected calibration error over this genre's own 15 bins of equal width. */
  readonly expectedCalibrationError: number | null;
  /** From this probability on the genre is given; above 1: never; null when the policy has no threshold. */
  readonly threshold: number | null;
  /** The share of training posters with the genre, of those of which it is known. */
  readonly prior: number;
}

/** Everything that was measured on one set of labelled posters; plain data, written as JSON. */
export interface Evaluation {
  /** How many posters were measured. */
  readonly posters: number;
  /** Poster-genre pairs of which nothing is known: they are left out of everything that was measured. */
  readonly unknownPairs: number;
  /** Mean number of true genres a poster, as far as they are known. */
  readonly genresPerPoster: number;
  /** Mean number of genres given a poster, of those that are known of it. */
  readonly predictedPerPoster: number;
  /** The name of the policy that made the decisions; `thresholds` when plain thresholds were given. */
  readonly policy: string;
  /** Share of resamples within each interval. */
  readonly confidence: number;
  /** How many resamples the intervals come from. */
  readonly resamples: number;
  /** The genres that the floor `mostCommon` gives every poster. */
  readonly mostCommonGenres: readonly string[];
  /** Genres that no poster here has: each counts as 0 in the macro measures (but not in macro ROC AUC). */
  readonly genresWithoutPositives: readonly string[];
  /** The headline measures by name. */
  readonly measures: Readonly<Record<MeasureName, Measure>>;
  /** How far the probabilities can be believed, over all known poster-genre pairs. */
  readonly calibration: {
    /** Over 15 bins of equal width. */
    readonly expectedCalibrationError: number;
    /** The reliability diagram: bins of equal width that hold any pair. */
    readonly bins: readonly ReliabilityBin[];
  };
  /** One row a genre, in the order of the columns. */
  readonly genres: readonly GenreEvaluation[];
}

/** JSON knows no NaN. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function intervalOrNull([low, high]: Interval): readonly [number | null, number | null] {
  return [orNull(low), orNull(high)];
}

/**
 * Measures probabilities against labels: every headline measure with its bootstrap interval and its floors, one
 * row a genre, and calibration. `docs/measures.md` describes the object field by field.
 *
 * yTrue: 0 or 1, yScore: calibrated probabilities in [0, 1], `[posters, genres]`. Pairs of which nothing is known are left
 * out of every figure, the floors' too, and counted.
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1, scores outside
 * [0, 1], or names, thresholds or frequencies that are not one a genre.
 */
export function evaluateProbabilities(yTrue: Labels, yScore: Matrix, options: EvaluationOptions): Evaluation {
  const { genres, thresholds, trainPrevalence, resamples = 1000, confidence = 0.95, random } = options;
  const { rows, columns } = yTrue;
  requireProbabilities(yTrue, yScore);
  requirePerGenre('genres', genres, columns);
  const floorMeasures = floors(trainPrevalence, yTrue);
  const policy: Policy =
    'kind' in thresholds
      ? thresholds
      : { name: 'thresholds', kind: 'threshold', thresholds: [...thresholds], fallback: 'top-1' };
  const yPred = options.decisions ?? applyPolicy(policy, yScore);
  const model = bootstrapMeasures(yTrue, yScore, yPred, { resamples, confidence, random });
  const measureOf = (name: MeasureName): Measure => ({
    value: orNull(model.measures[name]),
    interval: intervalOrNull(model.intervals[name]),
    floors: Object.fromEntries(
      floorNames.map((floor) => [floor, orNull(floorMeasures[floor].measures[name])]),
    ) as Record<FloorName, number | null>,
  });

  const { truePositives, predicted, support, known } = confusionOf(yTrue, yPred, 'none');
  const rocAuc = rocAucScore(yTrue, yScore, { average: 'none' });
  const calibrationErrors = expectedCalibrationError(yTrue, yScore, { average: 'none' });
  const share = (hits: number, of: number, g: number) => (known[g] === 0 ? null : ratio(hits, of, 0));
  const genreOf = (genre: string, g: number): GenreEvaluation => ({
    genre,
    known: known[g]!,
    support: support[g]!,
    predicted: predicted[g]!,
    frequencyRatio: orNull(predicted[g]! / support[g]!),
    precision: share(truePositives[g]!, predicted[g]!, g),
    recall: share(truePositives[g]!, support[g]!, g),
    f1: share(2 * truePositives[g]!, predicted[g]! + support[g]!, g),
    averagePrecision: orNull(model.averagePrecision[g]!),
    averagePrecisionInterval: intervalOrNull(model.averagePrecisionIntervals[g]!),
    averagePrecisionFloor: orNull(support[g]! / known[g]!),
    rocAuc: orNull(rocAuc[g]!),
    expectedCalibrationError: orNull(calibrationErrors[g]!),
    threshold: policy.kind === 'threshold' ? policy.thresholds[g]! : null,
    prior: trainPrevalence[g]!,
  });
  const sum = (counts: Float64Array) => counts.reduce((all, count) => all + count, 0);

  return {
    posters: rows,
    unknownPairs: rows * columns - sum(known),
    genresPerPoster: sum(support) / rows,
    predictedPerPoster: sum(predicted) / rows,
    policy: policy.name,
    confidence,
    resamples,
    mostCommonGenres: mostCommonGenres(trainPrevalence).map((genre) => genres[genre]!),
    genresWithoutPositives: withoutPositives(yTrue).map((genre) => genres[genre]!),
    measures: Object.fromEntries(measureNames.map((name) => [name, measureOf(name)])) as Record<
      MeasureName,
      Measure
    >,
    calibration: {
      expectedCalibrationError: expectedCalibrationError(yTrue, yScore),
      bins: reliabilityDiagram(yTrue, yScore),
    },
    genres: genres.map(genreOf),
  };
}
