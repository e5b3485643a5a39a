/** @module A run's folder -> everything that a report can be made of, and sentences on what is missing. */
import { stat } from 'node:fs/promises';
import {
  type Audit,
  auditDataset,
  type DataSource,
  type Dataset,
  type Poster,
  postersOf,
  type Split,
} from '../dataset/index.ts';
import { OnesheetError } from '../errors.ts';
import {
  type Evaluation,
  evaluateProbabilities,
  findPosterErrors,
  type Policy,
  type PosterErrors,
} from '../evaluate/index.ts';
import type { Graph } from '../graph/index.ts';
import type { ModelMetadata } from '../model/index.ts';
import { openClassifier } from '../predict/index.ts';
import { Random } from '../random.ts';
import {
  type HistoryRow,
  type Machine,
  type Metrics,
  Run,
  type RunConfig,
  requireResultsOf,
  type TimingsRow,
} from '../run/index.ts';
import { predictPosters, type ScoredPosters, scoredOf } from './scored.ts';
import { type Tongue, tongueOf } from './words/tongue.ts';

export interface MaterialOptions {
  /** Where the posters are now, when they have been moved. @default what the run's config.json says */
  readonly data?: DataSource['data'];
  readonly images?: DataSource['images'];
  /** Threads of the engine. @default all that the machine has */
  readonly threads?: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

export interface RunMaterial {
  /** As it was given, for people and for the command that repeats the run. */
  readonly folder: string;
  readonly config: RunConfig;
  readonly history: readonly HistoryRow[];
  /** Of each epoch how long it took; none without `timings.csv`. */
  readonly times: readonly TimingsRow[];
  /** Training and validation together, all epochs; undefined without `timings.csv`. */
  readonly seconds?: number;
  /** On which it was trained, where the run says so. */
  readonly machine?: Machine;
  readonly model?: { readonly id: string; readonly metadata: ModelMetadata; readonly bytes: number };
  /** The model's network; undefined where it has none that can be read back. */
  readonly graph?: Graph;
  readonly split?: Split;
  readonly audit?: Audit;
  readonly validation?: ScoredPosters;
  readonly test?: ScoredPosters;
  readonly evaluation?: Evaluation;
  /** Whether the evaluation was read from `metrics.json` or made for this report. */
  readonly evaluatedNow: boolean;
  /** As written by `onesheet evaluate`, or found for this report in the predictions at hand. */
  readonly errors?: PosterErrors;
  /** Every poster that is still there, by id. */
  readonly posters: ReadonlyMap<string, Poster>;
  /** What is missing, one sentence each. */
  readonly missing: readonly string[];
}

/**
 * Reads a run. Only `config.json` must be there: what else is missing or damaged is named in `missing`, and
 * the rest is read.
 *
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE or RECIPE_INVALID for `config.json`
 */
export async function gatherMaterial(
  folder: string,
  options: MaterialOptions = {},
  { missing: words }: Tongue = tongueOf('en'),
): Promise<RunMaterial> {
  const missing: string[] = [];
  const attempt = attempts(missing);
  const run = await Run.open(folder);
  const { config } = run;
  const rows = (await attempt(words.curves, () => run.history())) ?? [];
  if (rows.length === 0) missing.push(words.noCurves);
  const times = (await attempt(words.times, () => run.timings())) ?? [];
  const model = await attempt(words.model, () => run.model());
  const graph = model && (await attempt(words.network, async () => model.graph));
  const machine = await attempt(words.machine, () => run.machine());
  const policy = model?.metadata.policies.find(({ name }) => name === 'f1');
  const split = await attempt(words.split, () => run.split());
  const dataset = await attempt(words.posters, () => run.dataset(options));
  const posters = new Map(dataset?.labelled.map((poster) => [poster.id, poster]));
  const audit =
    dataset && (await auditDataset(dataset, { minimumSupport: config.recipe.minimumSupport, decode: false }));
  if (dataset && dataset.hash !== config.dataHash) missing.push(sayChanged(dataset, split, words));
  const validation = await attempt(words.validation, async () => {
    const { content, note } = await run.validation(model?.id);
    if (note !== undefined) missing.push(note);
    const found = content.map((row) => ({ ...row, poster: posters.get(row.id) }));
    return scoredOf('validation', config.genres, found, policy, []);
  });

  let test: ScoredPosters | undefined;
  if (model && dataset && split) {
    const chosen = postersOf(dataset, split, 'test');
    if (chosen.length === 0) missing.push(words.noTest);
    else {
      const classifier = await openClassifier(folder, { threads: options.threads });
      const onProgress = (done: number, total: number) => options.onProgress?.('predicting', done, total);
      test = await predictPosters(classifier, chosen, { policy: policy?.name, onProgress }).finally(() =>
        classifier.release(),
      );
      const { failed } = test;
      if (failed.length > 0) missing.push(words.unreadable(failed.length, chosen.length, failed[0]!));
      if (test.yTrue.known?.includes(1) === false) missing.push(words.nothingKnown);
      if (test.posters.length === 0 || test.yTrue.known?.includes(1) === false) test = undefined;
    }
  }
  const hasMetrics = (await stat(run.path('metrics')).catch(() => undefined)) !== undefined;
  const instead = test ? words.measuresMade : words.measures;
  const written =
    hasMetrics || !test ? await attempt(instead, () => metricsOf(run, model?.id, missing)) : undefined;
  const evaluation = written?.evaluation ?? (test && model && measure(test, model.metadata, policy));
  return {
    folder,
    config,
    history: rows,
    times,
    machine,
    seconds:
      times.length === 0
        ? undefined
        : times.reduce((sum, t) => sum + t.training_seconds + t.validation_seconds, 0),
    model: model && { id: model.id, metadata: model.metadata, bytes: model.bytes.length },
    graph,
    split,
    audit,
    validation,
    test,
    evaluation,
    evaluatedNow: written === undefined && evaluation !== undefined,
    errors: written?.errors ?? errorsOf(validation, test),
    posters,
    missing,
  };
}

/** Runs what may fail for reasons of the folder, and keeps the reason as a sentence. */
function attempts(missing: string[]) {
  return async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OnesheetError)) throw error;
      missing.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
}

function sayChanged(dataset: Dataset, split: Split | undefined, words: Tongue['missing']): string {
  const ids = new Set(dataset.labelled.map(({ id }) => id));
  const gone = [...(split?.assignment.keys() ?? [])].filter((id) => !ids.has(id)).length;
  if (gone > 0) return words.gone(gone, split!.assignment.size, dataset.name);
  return words.changed(dataset.name);
}

/** What can be said without `metrics.json`. */
function errorsOf(validation: ScoredPosters | undefined, test: ScoredPosters | undefined) {
  const measured = test ?? validation;
  if (!measured) return undefined;
  return findPosterErrors(measured.genres, {
    measured,
    isTrained: false,
    validation: test && validation,
    blameless: new Set(
      [test, validation].flatMap((each) => [...(each?.unlearned ?? [])].map((row) => each!.ids[row]!)),
    ),
  });
}

/** What `onesheet evaluate` wrote, unless it is of another model than the run's present one. */
async function metricsOf(run: Run, modelId: string | undefined, missing: string[]): Promise<Metrics> {
  const metrics = await run.metrics();
  const named = metrics.model === undefined ? undefined : [metrics.model];
  const note = requireResultsOf(run.path('metrics'), named, modelId === undefined ? undefined : [modelId]);
  if (note !== undefined) missing.push(note);
  return metrics;
}

function measure(test: ScoredPosters, metadata: ModelMetadata, policy: Policy | undefined): Evaluation {
  return evaluateProbabilities(test.yTrue, test.yScore, {
    genres: metadata.genres,
    thresholds: policy ?? metadata.genres.map(() => 0.5),
    trainPrevalence: metadata.prevalence,
    random: Random.fromSeed(0).split('bootstrap'),
  });
}
