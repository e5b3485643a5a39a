/** @module Labelled posters and a recipe -> a run for each fold, and predictions of every poster by models that have not seen it. */
import { join } from 'node:path';
import { foldsOf, type Poster, postersOf, writeSplit } from '../dataset/index.ts';
import { writeFileAtomically } from '../files.ts';
import type { Lock } from '../lock.ts';
import {
  isFailed,
  openClassifier,
  type Prediction,
  predictStream,
  writtenOutcome,
} from '../predict/index.ts';
import { asOnlyWriter, foldFolder, outOfFoldFile } from '../run/index.ts';
import { chooseData } from './data/choose.ts';
import { isBegun, type PlannedRun, type TrainElsewhere, trainPlanned } from './planned.ts';
import type { RunResult, TrainOptions } from './run.ts';

export interface CrossValidationOptions extends Omit<TrainOptions, 'onEpoch' | 'onStep' | 'onStart'> {
  /** @default 3 */
  readonly folds?: number;
  /** Trains or resumes one fold's run; replaced by callers that show progress. */
  readonly runFold?: (work: (observer: Partial<TrainOptions>) => Promise<RunResult>) => Promise<RunResult>;
  /** Trains all folds in place of one after the other here; `runFold` is then not called. */
  readonly elsewhere?: TrainElsewhere;
  /** A fold begins or, as `predicting`, gives its predictions. */
  readonly onFold?: (fold: number, folds: number, what: 'training' | 'predicting') => void;
}

export interface CrossValidationResult {
  /** The file of predictions, one a line as `onesheet predict --format jsonl` writes them. */
  readonly predictions: string;
  readonly outcome: RunResult['outcome'];
  /** Posters predicted out of sample, and unlabelled ones predicted by all folds. */
  readonly labelled: number;
  readonly unlabelled: number;
}

/**
 * Trains one run for each fold of the training posters, in `fold-1`, `fold-2` and so on, and writes
 * `out-of-fold.jsonl`: for each training poster the prediction of the run that has not seen it, for each
 * unlabelled poster the mean of all. Called again on the same folder, it continues where it was interrupted.
 *
 * @throws {OnesheetError} as {@link train}; RUN_OTHER for a folder that was begun with another recipe, seed or split, or
 * other folds; OPTION_INVALID for a number of folds that does not fit
 */
export async function crossValidate(options: CrossValidationOptions): Promise<CrossValidationResult> {
  return asOnlyWriter(options.folder, 'cross-validation', (lock) => validateFolds(options, lock));
}

async function validateFolds(options: CrossValidationOptions, lock: Lock): Promise<CrossValidationResult> {
  const { folder, folds: count = 3, seed = 0, elsewhere, runFold = (work) => work({}) } = options;
  const { dataset, genres, minimumSupport, split } = await chooseData(options, 'groups');
  const recipe = { ...options.recipe, minimumSupport };
  const folds = foldsOf(dataset, split, genres, count);
  const path = join(folder, outOfFoldFile);
  const training = postersOf(dataset, split, 'train');
  const predictions: Prediction[] = [];
  const unlabelled = new Map<string, Prediction[]>();
  let outcome: RunResult['outcome'] = 'finished';
  const planned = folds.map(({ split: own }, i): PlannedRun => {
    const run = join(folder, foldFolder(i + 1));
    return { folder: run, recipe, seed, split: `${run}.csv`, splitHash: own.hash };
  });
  const write = async (i: number): Promise<void> => {
    const begun = await isBegun(planned[i]!, options);
    await lock.confirm();
    if (!begun) await writeSplit(planned[i]!.split, folds[i]!.split);
  };
  if (elsewhere) {
    for (const i of folds.keys()) await write(i);
    outcome = await elsewhere(planned);
    if (outcome === 'interrupted') return { predictions: path, outcome, labelled: 0, unlabelled: 0 };
  }
  for (const [i, fold] of folds.entries()) {
    const run = planned[i]!;
    if (!elsewhere) {
      options.onFold?.(i + 1, count, 'training');
      await write(i);
      ({ outcome } = await runFold((observer) => trainPlanned(run, { ...options, ...observer })));
      if (outcome === 'interrupted') return { predictions: path, outcome, labelled: 0, unlabelled: 0 };
    }
    options.onFold?.(i + 1, count, 'predicting');
    const held = training.filter(({ id }) => fold.held.has(id));
    for await (const prediction of predictionsOf(run.folder, held, options)) predictions.push(prediction);
    for await (const prediction of predictionsOf(run.folder, dataset.unlabelled, options)) {
      unlabelled.set(prediction.id, [...(unlabelled.get(prediction.id) ?? []), prediction]);
    }
  }
  await lock.confirm();
  predictions.push(...[...unlabelled.values()].map(meanOf));
  await writeFileAtomically(
    path,
    predictions.map((prediction) => `${JSON.stringify(writtenOutcome(prediction))}\n`).join(''),
  );
  return {
    predictions: path,
    outcome,
    labelled: predictions.length - unlabelled.size,
    unlabelled: unlabelled.size,
  };
}

async function* predictionsOf(
  run: string,
  posters: readonly Poster[],
  { threads, device }: CrossValidationOptions,
): AsyncGenerator<Prediction> {
  const classifier = await openClassifier(run, { threads, device });
  try {
    for await (const outcome of predictStream(classifier, posters)) if (!isFailed(outcome)) yield outcome;
  } finally {
    await classifier.release();
  }
}

/** Mean probability of each genre; decided where most of the models decided. */
function meanOf(predictions: readonly Prediction[]): Prediction {
  const [first] = predictions as [Prediction];
  const genres = first.genres.map(({ label }) => {
    const own = predictions.map((each) => each.genres.find((genre) => genre.label === label)!);
    return {
      label,
      probability: own.reduce((sum, { probability }) => sum + probability, 0) / own.length,
      decided: own.filter(({ decided }) => decided).length * 2 > own.length,
    };
  });
  return { ...first, genres, model: predictions.map(({ model }) => model).join(' ') };
}
