/** @module A model or a run, and labelled posters -> how good its predictions are. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DataSource,
  type Dataset,
  loadDataset,
  type Poster,
  postersOf,
  type SplitName,
} from '../dataset/index.ts';
import { OnesheetError, onesheetError } from '../errors.ts';
import { type Evaluation, evaluateProbabilities } from '../evaluate/index.ts';
import { writeFileAtomically } from '../files.ts';
import type { SessionOptions } from '../graph/index.ts';
import type { Classifier, Model } from '../model/index.ts';
import { Random } from '../random.ts';
import { type RunConfig, readRunData, requireRunsModel, runFiles } from '../train/index.ts';
import { notesOnMeasures, notesOnRows, type UnlearnedPoster, unlearnedPosters } from './evaluationNotes.ts';
import { labelsOf, readOutOfFold, readValidation, validationScores } from './outOfSample.ts';
import { findPosterErrors, type PosterErrors } from './posterErrors.ts';
import { modelPathOf, openClassifier, runOf } from './predict.ts';
import { isFailed, policyOf } from './prediction.ts';
import { predictStream } from './stream.ts';
import { openTexts, type PosterTexts } from './texts.ts';

export interface EvaluateOptions extends SessionOptions, DataSource {
  /** A model file, a run's folder or the name of an installed model. @default the installed default */
  readonly model?: string;
  /** Which posters of the run's own split are measured. @default 'test' */
  readonly split?: SplitName;
  /** Decision rule, by its name in the model. @default 'f1' */
  readonly policy?: string;
  /** Bootstrap resamples behind the intervals. @default 1000 */
  readonly resamples?: number;
  /** Predictions by `onesheet cross-validate`, so that labels of training posters are doubted too. */
  readonly outOfFold?: string;
  /** Texts of the posters, JSON lines of `{"id", "texts"}`, to be heard beside the pictures. @default none */
  readonly texts?: string;
  /** How many posters and labels of each kind are named as errors. @default 15 */
  readonly errors?: number;
  /** Told that `metrics.json` cannot be written, so that the measures are not lost. @default it is thrown */
  readonly onUnwritten?: (error: OnesheetError) => void;
  readonly onProgress?: (done: number, total: number) => void;
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

interface Chosen {
  readonly dataset: Dataset;
  readonly posters: readonly Poster[];
  readonly split: EvaluationReport['split'];
  /** Of the run whose posters they are. */
  readonly config: RunConfig | undefined;
}

/** A labelled table or folder; a run, and a model file in its folder, has its own. */
async function choosePosters(options: EvaluateOptions, labels: readonly string[]): Promise<Chosen> {
  const { model, data, images, genreNames, split = 'test' } = options;
  if (data !== undefined || images !== undefined) {
    const dataset = await loadDataset({ data, images, genreNames, labels });
    if (dataset.labelled.length === 0) throw onesheetError('SPLIT_EMPTY', dataset.name, 'evaluation');
    refuseForeignGenres(dataset, labels);
    return { dataset, posters: dataset.labelled, split: 'all', config: undefined };
  }
  const run = await runOf(model);
  if (run === undefined) {
    throw onesheetError(
      'OPTION_INVALID',
      'data',
      'a labelled table, since this model has none of its own',
      'none',
    );
  }
  const { config, dataset, split: own } = await readRunData(run);
  const posters = postersOf(dataset, own, split);
  if (posters.length === 0) throw onesheetError('SPLIT_EMPTY', dataset.name, split);
  return { dataset, posters, split, config };
}

function refuseForeignGenres({ name, genreCounts }: Dataset, labels: readonly string[]): void {
  const found = [...genreCounts.keys()];
  if (found.some((genre) => labels.includes(genre))) return;
  const shown = found.length > 5 ? [...found.slice(0, 5), '...'] : found;
  throw onesheetError('GENRES_FOREIGN', name, shown.join(', '), labels.join(', '));
}

/** Probabilities [readable posters, genres] in the order of the posters, and what could not be read. */
async function probabilitiesOf(
  classifier: Classifier,
  posters: readonly Poster[],
  texts: PosterTexts | undefined,
  onProgress: EvaluateOptions['onProgress'],
) {
  const { genres } = classifier.model.metadata;
  const column = new Map(genres.map((genre, g) => [genre, g]));
  const readable: Poster[] = [];
  const failed: { id: string; code: string; message: string }[] = [];
  const rows: Float32Array[] = [];
  let at = 0;
  for await (const outcome of predictStream(classifier, posters, { texts })) {
    const poster = posters[at++]!;
    if (isFailed(outcome)) failed.push({ id: poster.id, ...outcome.error });
    else {
      const row = new Float32Array(genres.length);
      for (const { label, probability } of outcome.genres) row[column.get(label)!] = probability;
      readable.push(poster);
      rows.push(row);
    }
    onProgress?.(at, posters.length);
  }
  const data = new Float32Array(rows.length * genres.length);
  rows.forEach((row, i) => {
    data.set(row, i * genres.length);
  });
  return { readable, failed, probabilities: { rows: rows.length, columns: genres.length, data } };
}

/** The validation posters of a run; none for a model file, and none while the run has not written them. */
async function validationOf(run: string, { metadata: { genres }, id }: Model, notes: string[]) {
  const written = await stat(join(run, runFiles.validation)).catch(() => undefined);
  if (!written) return undefined;
  const { content, note } = await readValidation(run, genres, id);
  if (note !== undefined) notes.push(note);
  return validationScores(content, genres);
}

/**
 * Measures a model on labelled posters: its run's own test split, or any other set. For a run and its own test split
 * the result is also written to its `metrics.json`.
 *
 * @throws {OnesheetError} for missing data, a split or a model that is not the run's, predictions of another model,
 * when no poster can be read, or FILE_UNWRITABLE
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationReport> {
  const classifier = await openClassifier(options.model, options);
  try {
    const { model } = classifier;
    const { dataset, posters, split, config } = await choosePosters(options, model.metadata.genres);
    const notes = [
      ...dataset.findings.notes,
      ...namesTaken(dataset, model.metadata.genres),
      ...(split === 'all' ? notesOnRows(dataset) : []),
    ];
    if (config) requireRunsModel(await modelPathOf(options.model), model.metadata, config);
    const texts =
      options.texts === undefined
        ? undefined
        : await openTexts(model, await modelPathOf(options.model), options.texts);
    const { metadata } = model;
    const predictor = texts?.predictor ?? model;
    const policy = policyOf(predictor, options.policy ?? 'f1');
    const { genres } = metadata;
    const outOfFold =
      options.outOfFold === undefined
        ? undefined
        : await readOutOfFold(options.outOfFold, dataset.labelled, genres);
    if (outOfFold?.note !== undefined) notes.push(outOfFold.note);
    const { readable, failed, probabilities } = await probabilitiesOf(
      classifier,
      posters,
      texts,
      options.onProgress,
    );
    if (readable.length === 0) throw onesheetError('SPLIT_EMPTY', dataset.name, split);
    const yTrue = labelsOf(readable, genres);
    if (yTrue.known?.includes(1) === false)
      throw onesheetError(
        'DATASET_EMPTY',
        dataset.name,
        "posters of which any of the model's genres is known",
      );
    const evaluation = evaluateProbabilities(yTrue, probabilities, {
      genres,
      thresholds: policy,
      trainPrevalence: metadata.prevalence,
      resamples: options.resamples,
      random: Random.fromSeed(0).split('bootstrap'),
    });
    const unlearned = unlearnedPosters(readable, genres);
    notes.push(...notesOnMeasures(readable.length, failed.length, unlearned, policy, genres));
    const measured = { ids: readable.map((poster) => poster.id), yTrue, yScore: probabilities };
    const { dataHash, calibratedBy } = metadata.provenance;
    const isTrained =
      split === 'train' ||
      (split === 'validation' && calibratedBy !== undefined) ||
      (split === 'all' && dataset.hash === dataHash);
    const validation =
      split === 'test' && options.model !== undefined
        ? await validationOf(options.model, model, notes)
        : undefined;
    const blameless = new Set(unlearnedPosters(dataset.labelled, genres).map(({ id }) => id));
    const errors = findPosterErrors(
      genres,
      { measured, isTrained, validation, outOfFold: outOfFold?.content, blameless },
      options.errors,
    );
    const report = {
      model: predictor.id,
      data: dataset.name,
      split,
      failed,
      unknownGenres: unknownGenres(readable, genres),
      onlyUnlearned: unlearned,
      notes,
      evaluation,
      errors,
    };
    // Measures of another model of the folder, or with texts, would pass for those of the run's best.
    if (split === 'test' && texts === undefined && (await stat(options.model!)).isDirectory()) {
      const text = `${JSON.stringify(report, null, 2)}\n`;
      await writeFileAtomically(join(options.model!, runFiles.metrics), text).catch((error: unknown) => {
        if (!(error instanceof OnesheetError) || options.onUnwritten === undefined) throw error;
        options.onUnwritten(error);
      });
    }
    return report;
  } finally {
    await classifier.release();
  }
}

/** Genres of the table that the model calls otherwise. */
function namesTaken({ findings }: Dataset, labels: readonly string[]): string[] {
  return findings.spellings.flatMap(({ genre, names }) => {
    const others = names.filter(({ name }) => name !== genre).map(({ name }) => name);
    return labels.includes(genre) ? [`${others.join(', ')} in the table is the model's ${genre}`] : [];
  });
}

function unknownGenres(posters: readonly Poster[], known: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { genres = [] } of posters) {
    for (const genre of genres) if (!known.includes(genre)) counts[genre] = (counts[genre] ?? 0) + 1;
  }
  return counts;
}
