/** @module A recipe and posters -> a run: a folder that holds all of a training and survives its death. */
import { join, resolve } from 'node:path';
import {
  type DataSource,
  knownMatrix,
  labelMatrix,
  type Poster,
  postersOf,
  selectGenres,
  writeSplit,
} from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import {
  availableThreads,
  type DeviceChoice,
  findDevice,
  type Graph,
  type SessionOptions,
} from '../graph/index.ts';
import type { Lock } from '../lock.ts';
import {
  asOnlyWriter,
  parseRecipe,
  type Recipe,
  Run,
  type RunConfig,
  runFiles,
  writeRunConfig,
} from '../run/index.ts';
import { version } from '../version.ts';
import { type ChosenData, chooseData, type DataWishes } from './data/choose.ts';
import { findingsOf, type RunFindings } from './data/findings.ts';
import type { TrainingSource } from './data/gather.ts';
import { targetsHash } from './data/targets.ts';
import { labelsOfRows } from './measures.ts';
import { initialWeightsHash } from './networks.ts';
import { packBestModel } from './record/best.ts';
import { identityOf } from './record/checkpoint.ts';
import { RunFolder } from './record/folder.ts';
import { type ProgressObserver, type RecordingOptions, recordingHooks } from './record/hooks.ts';
import { RunSummary } from './record/summary.ts';
import { openEventFile } from './record/tensorboard.ts';
import { type EpochReport, Training, type TrainingOutcome } from './training.ts';

/** What a run tells while it goes on. */
export interface TrainObserver extends ProgressObserver {
  readonly onStart?: (facts: RunFacts) => void;
}

export interface RunFacts {
  readonly folder: string;
  readonly config: RunConfig;
  readonly findings: RunFindings;
  /**
   * Poster-genre pairs of training and validation posters of which nothing is known: their labels are left out. A training
   * poster that other models predicted learns what these say of them.
   */
  readonly unknownPairs: number;
  readonly posters: Readonly<Record<'train' | 'validation' | 'test', number>>;
  readonly parameters: number;
  /** Epochs and steps already done by the run that is resumed. */
  readonly resumedFrom: { readonly epoch: number; readonly step: number } | undefined;
}

interface CommonOptions extends TrainObserver, RecordingOptions {
  /** The run's folder; made when missing. */
  readonly folder: string;
  /** Folder for hashes and pixels, so that the next run with the same posters need not decode. @default none */
  readonly cache?: string;
  /** Is told of each session, after its first run, which operators ran where. */
  readonly onPlacement?: SessionOptions['onPlacement'];
}

export interface TrainOptions extends CommonOptions, DataWishes {
  readonly recipe: Recipe;
  /** Seed of weights, order, augmentation and dropout. @default 0 */
  readonly seed?: number;
  /** Threads of the engine; the same count gives the same bits. @default all that the machine has */
  readonly threads?: number;
  /** Where the networks are computed; bits are the same on one device only. @default 'cpu' */
  readonly device?: DeviceChoice;
}

export interface RunResult {
  readonly folder: string;
  readonly outcome: TrainingOutcome;
  readonly epochs: number;
  readonly best: { readonly epoch: number; readonly value: number } | null;
  readonly measure: string;
  /** What a user should know of the run, one sentence each; with more in its `summary.json`. */
  readonly notes: readonly string[];
}

/**
 * Trains a network on labelled posters and leaves a run behind.
 *
 * @throws {OnesheetError} for unreadable data, a recipe that does not fit, a folder that already holds a run or has
 * another writer, or a loss that is no number
 */
export async function train(options: TrainOptions): Promise<RunResult> {
  await refuseExistingRun(options.folder);
  return asOnlyWriter(options.folder, 'training', (lock) => trainAnew(options, lock));
}

async function trainAnew(options: TrainOptions, lock: Lock): Promise<RunResult> {
  const { folder, seed = 0, threads = availableThreads } = options;
  // Another process may have begun it since it was looked at without the lock.
  await refuseExistingRun(folder);
  const device = await findDevice(options.device);
  options.onPreparation?.('reading the table', 0, 0);
  const { data, images, genreNames } = options;
  const { dataset, split, joined, genres, minimumSupport, ...chosen } = await chooseData(options);
  // Parsed once more, so that its hash is that of what a resumed run reads.
  const recipe = parseRecipe({ ...options.recipe, minimumSupport }, options.recipe.name);
  const trained = postersOf(dataset, split, 'train');
  const drawn = trained.filter(({ id }) => !joined.has(id));
  const shares = prevalenceOf(trained, genres);
  // A genre that only further posters have keeps their share.
  const prevalence = prevalenceOf(drawn, genres).map((share, g) => share || shares[g]!);
  const config: RunConfig = {
    recipe,
    data: absolute(data),
    images: absolute(images),
    genreNames,
    dataHash: dataset.hash,
    splitHash: split.hash,
    genres: [...genres],
    prevalence,
    seed,
    initialWeightsHash: await initialWeightsHash(recipe),
    targetsHash: recipe.distillation && (await targetsHash(recipe.distillation)),
    threads,
    device,
    version,
  };
  await lock.confirm();
  await writeSplit(join(folder, runFiles.split), split);
  await writeRunConfig(join(folder, runFiles.config), config);
  return runTraining({ config, dataset, split }, options, lock, chosen, false);
}

/**
 * Continues a run from its last checkpoint, to the same bits as if it had never stopped.
 *
 * @throws {OnesheetError} when the data, the split or the checkpoint are not the run's own, or the folder has
 * another writer
 */
export async function resume(options: CommonOptions): Promise<RunResult> {
  // Before a folder is made for a run that is not there.
  await Run.open(options.folder);
  return asOnlyWriter(options.folder, 'training', (lock) => goOn(options, lock));
}

async function goOn(options: CommonOptions, lock: Lock): Promise<RunResult> {
  options.onPreparation?.('reading the table', 0, 0);
  const run = await Run.open(options.folder);
  const { config } = run;
  const { dataset, split } = await run.data();
  const { dropped } = selectGenres(dataset, { minimumSupport: config.recipe.minimumSupport });
  return runTraining({ config, dataset, split }, options, lock, { dropped, notes: [] }, true);
}

/** A run is resumed and evaluated from any folder. */
function absolute(paths: DataSource['data']): string | string[] | undefined {
  if (paths === undefined) return undefined;
  return typeof paths === 'string' ? resolve(paths) : paths.map((path) => resolve(path));
}

async function refuseExistingRun(folder: string): Promise<void> {
  if (await Run.isIn(folder)) throw onesheetError('RUN_EXISTS', folder);
}

/** Each genre's share of the posters of which it is known; 0 where it is known of none. */
function prevalenceOf(posters: readonly Poster[], genres: readonly string[]): number[] {
  const labels = labelMatrix(posters, genres);
  const known = knownMatrix(posters, genres);
  return genres.map((_, g) => {
    let [count, of] = [0, 0];
    for (let i = g; i < labels.length; i += genres.length) {
      if (known?.[i] === 0) continue;
      count += labels[i]!;
      of += 1;
    }
    return of === 0 ? 0 : count / of;
  });
}

function countUnknown({ known }: { readonly known?: Uint8Array }): number {
  return known?.filter((one) => one === 0).length ?? 0;
}

function countParameters({ parameters, initializers }: Graph): number {
  return parameters.reduce((sum, name) => sum + initializers.get(name)!.data.length, 0);
}

async function runTraining(
  source: TrainingSource,
  options: CommonOptions,
  lock: Lock,
  chosen: Pick<ChosenData, 'dropped' | 'notes'>,
  resuming: boolean,
): Promise<RunResult> {
  const { folder } = options;
  const { config, dataset, split } = source;
  const { recipe } = config;
  const training = await Training.open(source, options);
  const { gathered, networks, state } = training;
  const { data } = gathered;
  const files = new RunFolder(folder, identityOf(networks.learning, config), lock);
  if (resuming) await files.restore(state);
  const findings = findingsOf(source, gathered, chosen);
  const summary = new RunSummary(files, recipe.earlyStopping.measure, findings, config.device ?? 'cpu');
  await summary.write(state, 'training');
  options.onStart?.({
    folder,
    config,
    findings,
    unknownPairs: countUnknown(labelsOfRows(data, [...data.train, ...data.validation])),
    posters: {
      train: data.train.length,
      validation: data.validation.length,
      test: postersOf(dataset, split, 'test').length,
    },
    parameters: countParameters(networks.reading),
    resumedFrom: resuming ? { epoch: state.epoch, step: state.step } : undefined,
  });
  const pack = (report: EpochReport) =>
    packBestModel({
      config,
      network: networks.reading,
      weights: state.average.tensors,
      report,
      ids: data.validation.map((row) => gathered.posters[row]!.id),
      yTrue: labelsOfRows(data, data.validation),
      trainingPosters: data.train.length,
    });
  const events = await openEventFile({ folder, firstStep: state.updates === 0 ? 0 : state.updates + 1 });
  try {
    const images = Math.min(recipe.batchSize, data.train.length);
    const outcome = await training.run(recordingHooks(files, events, pack, images, options));
    return { folder, outcome, ...(await summary.write(state, outcome)) };
  } finally {
    await events.close();
    await training.close();
  }
}
