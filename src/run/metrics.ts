/** @module What `onesheet evaluate` found <-> a run's `metrics.json`. */
import { z } from 'zod';
import type { SplitName } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { type Evaluation, floorNames, measureNames, type PosterErrors } from '../evaluate/index.ts';
import { readWholeFile, writeFileAtomically } from '../files.ts';

/** A poster that is labelled, but with nothing that the model knows. */
export interface UnlearnedPoster {
  readonly id: string;
  /** As it is labelled. */
  readonly genres: readonly string[];
}

/** What `onesheet evaluate --format json` prints; docs/measures.md describes it field by field. */
export interface EvaluationReport {
  /** Name and hash of the model. */
  readonly model: string;
  /** The table's name. */
  readonly data: string;
  /** The part of the run's own split, or `all` for other data. */
  readonly split: SplitName | 'all';
  /** Posters that could not be read and are not measured. */
  readonly failed: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  /** Genres of the data that the model does not know, with their posters; they are not measured. */
  readonly unknownGenres: Readonly<Record<string, number>>;
  /** Posters that have only genres that the model does not know; measured as posters without any that it knows. */
  readonly onlyUnlearned: readonly UnlearnedPoster[];
  /** What to know of these figures, one sentence each. */
  readonly notes: readonly string[];
  readonly evaluation: Evaluation;
  readonly errors: PosterErrors;
}

/** Of a report, what can be read again. */
export interface Metrics {
  /** Absent in files of before models were named. */
  readonly model?: string;
  readonly evaluation: Evaluation;
  /** Absent in files of before errors were named. */
  readonly errors?: PosterErrors;
}

const count = z.int().nonnegative();
const figure = z.number().nullable();
const interval = z.tuple([figure, figure]);
const names = z.array(z.string());

const genreSchema = z.object({
  genre: z.string(),
  /** Absent in files of before posters could be known in part. */
  known: count.optional(),
  support: count,
  predicted: count,
  frequencyRatio: figure,
  precision: figure,
  recall: figure,
  f1: figure,
  averagePrecision: figure,
  averagePrecisionInterval: interval,
  averagePrecisionFloor: figure,
  rocAuc: figure,
  expectedCalibrationError: figure,
  threshold: figure,
  prior: z.number(),
});

const evaluationSchema = z
  .object({
    posters: count,
    unknownPairs: count.default(0),
    genresPerPoster: z.number(),
    predictedPerPoster: z.number(),
    policy: z.string(),
    confidence: z.number(),
    resamples: count,
    mostCommonGenres: names,
    genresWithoutPositives: names,
    measures: z.record(
      z.enum(measureNames),
      z.object({ value: figure, interval, floors: z.record(z.enum(floorNames), figure) }),
    ),
    calibration: z.object({
      expectedCalibrationError: z.number(),
      bins: z.array(
        z.object({
          low: z.number(),
          high: z.number(),
          count,
          meanProbability: z.number(),
          positiveRate: z.number(),
        }),
      ),
    }),
    genres: z.array(genreSchema),
  })
  .transform((found): Evaluation => {
    const genres = found.genres.map((row) => ({ ...row, known: row.known ?? found.posters }));
    return { ...found, genres };
  });

const doubtedSchema = z.object({ id: z.string(), genres: names, genre: z.string(), probability: z.number() });

const errorsSchema = z.object({
  highestLosses: z.array(
    z.object({
      id: z.string(),
      genres: names,
      likeliest: z.array(z.object({ label: z.string(), probability: z.number() })),
      logLoss: z.number(),
    }),
  ),
  doubts: z
    .object({
      from: z.object({ measured: count, validation: count, outOfFold: count }),
      posters: count,
      labels: count,
      doubted: count,
      missing: z.array(doubtedSchema),
      wrong: z.array(doubtedSchema),
      genres: z.array(
        z.object({ genre: z.string(), without: count, missing: count, with: count, wrong: count }),
      ),
    })
    .nullable(),
});

const metricsSchema = z.object({
  model: z.string().optional(),
  evaluation: evaluationSchema,
  errors: errorsSchema.optional(),
});

/** @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE; TABLE_ROW, naming the field, for what is no such report */
export async function readMetrics(path: string): Promise<Metrics> {
  const text = (await readWholeFile(path, 'the measures that `onesheet evaluate` writes')).toString();
  const refuse = (reason: string) =>
    onesheetError('TABLE_ROW', path, 1, `it is not what \`onesheet evaluate\` writes (${reason})`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const result = metricsSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refuse(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}

/** @throws {OnesheetError} FILE_UNWRITABLE */
export async function writeMetrics(path: string, report: EvaluationReport): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(report, null, 2)}\n`);
}
