/** @module A model or a run, and labelled posters -> how good its predictions are. */
import { stat } from 'node:fs/promises';
import { type DataSource, type Dataset, loadDataset, type Poster, type SplitName } from '../dataset/index.ts';
import { OnesheetError, onesheetError } from '../errors.ts';
import { evaluateProbabilities, findPosterErrors } from '../evaluate/index.ts';
import type { ComputeOptions } from '../graph/index.ts';
import type { Model } from '../model/index.ts';
import { Random } from '../random.ts';
import type { PosterReader } from '../read/index.ts';
import {
  type EvaluationReport,
  type Run,
  readOutOfFold,
  requireRunsModel,
  validationScores,
  writeMetrics,
} from '../run/index.ts';
import { notesOnMeasures, notesOnRows, unlearnedPosters } from './evaluationNotes.ts';
import { sayHeard } from './heard.ts';
import { modelPathOf, openClassifier, openPosterReader } from './predict.ts';
import { policyOf } from './prediction.ts';
import { runOf } from './runOf.ts';
import { score } from './score.ts';
import { openTexts, type TextSources } from './texts.ts';

export interface EvaluateOptions extends ComputeOptions, DataSource, TextSources {
  /** A model file, a run's folder or the name of an installed model. @default the installed default */
  readonly model?: string;
  /** Which posters of the run's own split are measured. @default 'test' */
  readonly split?: SplitName;
  /** Decision rule, by its name in the model. @default 'f1' */
  readonly policy?: string;
  /** Whether what stands on the posters is read and heard too. @default false */
  readonly read?: boolean;
  /** Bootstrap resamples behind the intervals. @default 1000 */
  readonly resamples?: number;
  /** Predictions by `onesheet cross-validate`, so that labels of training posters are doubted too. */
  readonly outOfFold?: string;
  /** How many posters and labels of each kind are named as errors. @default 15 */
  readonly errors?: number;
  /** Told that `metrics.json` cannot be written, so that the measures are not lost. @default it is thrown */
  readonly onUnwritten?: (error: OnesheetError) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

interface Chosen {
  readonly dataset: Dataset;
  readonly posters: readonly Poster[];
  readonly split: EvaluationReport['split'];
  /** Of the run whose posters they are. */
  readonly run: Run | undefined;
}

/** A labelled table or folder; a run, and a model file in its folder, has its own. */
async function choosePosters(options: EvaluateOptions, labels: readonly string[]): Promise<Chosen> {
  const { model, data, images, genreNames, split = 'test' } = options;
  if (data !== undefined || images !== undefined) {
    const dataset = await loadDataset({ data, images, genreNames, labels });
    if (dataset.labelled.length === 0) throw onesheetError('SPLIT_EMPTY', dataset.name, 'evaluation');
    refuseForeignGenres(dataset, labels);
    return { dataset, posters: dataset.labelled, split: 'all', run: undefined };
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
  const { dataset } = await run.data();
  const posters = await run.posters(split);
  if (posters.length === 0) throw onesheetError('SPLIT_EMPTY', dataset.name, split);
  return { dataset, posters, split, run };
}

function refuseForeignGenres({ name, genreCounts }: Dataset, labels: readonly string[]): void {
  const found = [...genreCounts.keys()];
  if (found.some((genre) => labels.includes(genre))) return;
  const shown = found.length > 5 ? [...found.slice(0, 5), '...'] : found;
  throw onesheetError('GENRES_FOREIGN', name, shown.join(', '), labels.join(', '));
}

/** The validation posters of a run; none while the run has not written them. */
async function validationOf(run: Run, { id }: Model, notes: string[]) {
  const written = await stat(run.path('validation')).catch(() => undefined);
  if (!written) return undefined;
  const { content, note } = await run.validation(id);
  if (note !== undefined) notes.push(note);
  return validationScores(content, run.config.genres);
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
  let reader: PosterReader | undefined;
  try {
    const { model } = classifier;
    const { dataset, posters, split, run } = await choosePosters(options, model.metadata.genres);
    const notes = [
      ...dataset.findings.notes,
      ...namesTaken(dataset, model.metadata.genres),
      ...(split === 'all' ? notesOnRows(dataset) : []),
    ];
    if (run) requireRunsModel(await modelPathOf(options.model), model.metadata, run.config);
    const isHeard = options.read || options.texts !== undefined || options.titles !== undefined;
    const texts = isHeard ? await openTexts(model, await modelPathOf(options.model), options) : undefined;
    reader = options.read ? await openPosterReader(options) : undefined;
    const { metadata } = model;
    const predictor = texts?.predictor ?? model;
    const policy = policyOf(predictor, options.policy ?? 'f1');
    const { genres } = metadata;
    const outOfFold =
      options.outOfFold === undefined
        ? undefined
        : await readOutOfFold(options.outOfFold, dataset.labelled, genres);
    if (outOfFold?.note !== undefined) notes.push(outOfFold.note);
    const { onProgress } = options;
    const measured = await score(classifier, posters, { texts, reader, policy: policy.name, onProgress });
    const { posters: readable, yTrue, yScore, failed } = measured;
    if (readable.length === 0) throw onesheetError('SPLIT_EMPTY', dataset.name, split);
    for (const count of texts?.counts() ?? []) notes.push(sayHeard(count, readable.length));
    notes.push(...(texts?.notes ?? []));
    if (yTrue.known?.includes(1) === false)
      throw onesheetError(
        'DATASET_EMPTY',
        dataset.name,
        "posters of which any of the model's genres is known",
      );
    const evaluation = evaluateProbabilities(yTrue, yScore, {
      genres,
      thresholds: policy,
      decisions: measured.yPred,
      trainPrevalence: metadata.prevalence,
      resamples: options.resamples,
      random: Random.fromSeed(0).split('bootstrap'),
    });
    const unlearned = unlearnedPosters(readable, genres);
    notes.push(...notesOnMeasures(readable.length, failed.length, unlearned, policy, genres));
    const { dataHash, calibratedBy } = metadata.provenance;
    const isTrained =
      split === 'train' ||
      (split === 'validation' && calibratedBy !== undefined) ||
      (split === 'all' && dataset.hash === dataHash);
    // Another model of the folder sees validation posters otherwise than the run's best.
    const best = split === 'test' && run?.folder === options.model ? run : undefined;
    const validation = best && (await validationOf(best, model, notes));
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
    // Nor would measures with texts be those of the run's best.
    if (best && texts === undefined) {
      await writeMetrics(best.path('metrics'), report).catch((error: unknown) => {
        if (!(error instanceof OnesheetError) || options.onUnwritten === undefined) throw error;
        options.onUnwritten(error);
      });
    }
    return report;
  } finally {
    await reader?.release();
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
