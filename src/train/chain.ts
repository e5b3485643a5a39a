/** @module A chain of runs and labelled posters -> its runs, one after the other, each taught by those that it needs. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type Poster, postersOf, writeSplit } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { exists, readWholeFile, writeFileAtomically } from '../files.ts';
import { availableThreads, type Device, findDevice } from '../graph/index.ts';
import type { Lock } from '../lock.ts';
import { openClassifier, predictStream, writtenOutcome } from '../predict/index.ts';
import {
  asOnlyWriter,
  type Chain,
  type ChainStep,
  optionsOf,
  outOfFoldFile,
  type Recipe,
  Run,
  runFiles,
  type StepIdentity,
  StepRecords,
  writeChainConfig,
} from '../run/index.ts';
import { crossValidate } from './crossValidate.ts';
import { chooseData } from './data/choose.ts';
import { refit } from './refit.ts';
import { type RunResult, resume, type TrainOptions, train } from './run.ts';

export interface ChainOptions extends Omit<TrainOptions, 'recipe' | 'onEpoch' | 'onStep' | 'onStart'> {
  readonly chain: Chain;
  /** Trains or resumes one run; replaced by callers that show progress. */
  readonly runStep?: <Result>(
    epochs: number,
    work: (observer: Partial<TrainOptions>) => Promise<Result>,
  ) => Promise<Result>;
  /** A step begins, gives its predictions, or was finished before and is skipped. */
  readonly onChainStep?: (step: ChainStep, what: 'begins' | 'predicts' | 'was finished before') => void;
}

export interface ChainResult {
  readonly folder: string;
  readonly outcome: RunResult['outcome'];
  /** Steps that are finished, and those of them that were before. */
  readonly finished: readonly string[];
  readonly skipped: readonly string[];
  /** The last run that was trained, and the model of the last step that has one. */
  readonly run: string | undefined;
  readonly model: string | undefined;
}

/** What all steps have in common. */
interface Common extends Omit<ChainOptions, 'chain'> {
  readonly split: string;
  readonly minimumSupport: number;
  readonly seed: number;
  readonly threads: number;
  readonly device: Device;
}

function sha256(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex');
}

async function hashOf(path: string): Promise<string | undefined> {
  return (await exists(path)) ? sha256(await readWholeFile(path, 'what a step made')) : undefined;
}

/** Where a step's predictions lie, for those who learn from them. */
function predictionsOf(folder: string, { kind, name }: ChainStep): string {
  return resolve(
    kind === 'cross-validate' ? join(folder, name, outOfFoldFile) : join(folder, `${name}.jsonl`),
  );
}

/** The file that a finished step leaves. */
function resultOf(folder: string, step: ChainStep): string {
  if (step.kind === 'cross-validate') return predictionsOf(folder, step);
  if (step.kind === 'refit') return join(folder, step.needs[0]!, runFiles.refitModel);
  return join(folder, step.name, runFiles.model);
}

/** The checkpoint whose weights a step starts from. */
function startOf(folder: string, step: ChainStep): string | undefined {
  return step.kind === 'train' && step.from !== undefined
    ? resolve(join(folder, step.from, runFiles.checkpoint))
    : undefined;
}

/**
 * Trains the runs of a chain in a folder each, all of them on the same split, genres and seed. A step is taught by the
 * predictions of those that it needs, and may start from the weights of an earlier one. Called again on the same folder it goes on where it was interrupted, to the same
 * bits, and skips what was finished with the same recipe, data, seed and predictions.
 *
 * @throws {OnesheetError} as `train`, `crossValidate` and `refit`; RUN_OTHER for a step that was begun otherwise than it
 * would be now; FOLDER_LOCKED
 */
export async function trainChain(options: ChainOptions): Promise<ChainResult> {
  return asOnlyWriter(options.folder, 'chain', (lock) => trainSteps(options, lock));
}

async function trainSteps(options: ChainOptions, lock: Lock): Promise<ChainResult> {
  const {
    chain,
    folder,
    seed = 0,
    threads = availableThreads,
    cache,
    runStep = (_, work) => work({}),
  } = options;
  const device = await findDevice(options.device);
  const splitFile = join(folder, runFiles.split);
  const given = options.split ?? ((await exists(splitFile)) ? splitFile : undefined);
  const { dataset, split, genres, minimumSupport } = await chooseData({
    ...options,
    recipe: chain,
    split: given,
  });
  const records = await StepRecords.open(folder);
  await lock.confirm();
  if (records.isEmpty) await writeSplit(splitFile, split);
  await writeChainConfig(folder, { ...options, chain, seed, threads, device, minimumSupport });
  const common: Common = { ...options, split: splitFile, minimumSupport, seed, threads, device };
  const shared = {
    data: dataset.hash,
    split: split.hash,
    genres: sha256(genres.join('\n')),
    seed,
    threads,
    device,
  };
  const [finished, skipped]: [string[], string[]] = [[], []];
  const byName = new Map(chain.steps.map((step) => [step.name, step]));
  let [run, model]: (string | undefined)[] = [];
  const ended = (outcome: RunResult['outcome']) => ({ folder, outcome, finished, skipped, run, model });
  for (const step of chain.steps) {
    const needed = step.needs.map((name) => byName.get(name)!);
    const start = startOf(folder, step);
    const taught = startedAt(start, taughtBy(step.recipe, step.kind === 'refit' ? [] : needed, folder));
    const sources = step.kind === 'refit' ? needed.map((other) => resultOf(folder, other)) : [];
    const files = step.kind === 'refit' ? sources : needed.map((other) => predictionsOf(folder, other));
    const identity: StepIdentity = {
      ...shared,
      recipe: sha256(JSON.stringify([optionsOf(step.recipe), step.kind === 'cross-validate' && step.folds])),
      predictions: sha256((await Promise.all([...files, ...(start ? [start] : [])].map(hashOf))).join('\n')),
    };
    const result = resultOf(folder, step);
    const record = records.get(step.name);
    const differs = record && records.differences(step.name, identity);
    if (differs && differs.length > 0)
      throw onesheetError('RUN_OTHER', join(folder, step.name), differs.join(' and '));
    if (record?.result !== undefined && record.result === (await hashOf(result))) {
      options.onChainStep?.(step, 'was finished before');
      skipped.push(step.name);
    } else {
      options.onChainStep?.(step, 'begins');
      await lock.confirm();
      await records.write(step.name, { identity });
      const outcome = await runStep(step.recipe.epochs, (observer) =>
        workOn(step, taught, { ...common, cache, folder, ...observer, device }),
      );
      if (outcome === 'interrupted') return ended('interrupted');
      await lock.confirm();
      await records.write(step.name, { identity, result: await hashOf(result) });
    }
    finished.push(step.name);
    if (step.kind === 'train') run = join(folder, step.name);
    if (step.kind !== 'cross-validate') model = result;
    if (
      step.kind === 'train' &&
      chain.steps.some(({ kind, needs }) => kind !== 'refit' && needs.includes(step.name))
    )
      await predictFor(step, records, lock, options, [
        ...postersOf(dataset, split, 'train'),
        ...postersOf(dataset, split, 'validation'),
        ...dataset.unlabelled,
      ]);
  }
  return ended('finished');
}

/** The recipe, whose distillation learns from what the needed steps predict. */
function taughtBy(recipe: Recipe, needed: readonly ChainStep[], folder: string): Recipe {
  if (needed.length === 0 || recipe.distillation === undefined) return recipe;
  const predictions = needed.map((step) => predictionsOf(folder, step));
  return { ...recipe, distillation: { ...recipe.distillation, predictions } };
}

/** The recipe, whose fine-tuning starts from an earlier step's checkpoint where there is one. */
function startedAt(start: string | undefined, recipe: Recipe): Recipe {
  if (start === undefined || recipe.fineTuning === undefined) return recipe;
  return { ...recipe, fineTuning: { ...recipe.fineTuning, initialWeights: start } };
}

async function workOn(
  step: ChainStep,
  recipe: Recipe,
  options: Common & Partial<TrainOptions>,
): Promise<RunResult['outcome']> {
  const folder = join(options.folder, step.name);
  if (step.kind === 'refit') {
    const { onStart: _, ...rest } = options;
    return (await refit({ ...rest, run: join(options.folder, step.needs[0]!) })).outcome;
  }
  if (step.kind === 'cross-validate') {
    const { onEpoch, onStep, onStart, ...rest } = options;
    const runFold = (work: (observer: Partial<TrainOptions>) => Promise<RunResult>) =>
      work({ onEpoch, onStep, onStart, onPreparation: options.onPreparation });
    return (await crossValidate({ ...rest, recipe, folder, folds: step.folds, runFold })).outcome;
  }
  const begun = await Run.isIn(folder);
  return (await (begun ? resume({ ...options, folder }) : train({ ...options, recipe, folder }))).outcome;
}

/** Writes what a step's model says of the posters, unless its present model did before. */
async function predictFor(
  step: ChainStep,
  records: StepRecords,
  lock: Lock,
  { folder, threads, device, onChainStep }: ChainOptions,
  posters: readonly Poster[],
): Promise<void> {
  const path = predictionsOf(folder, step);
  const record = records.get(step.name)!;
  if (record.predictions !== undefined && record.predictions === (await hashOf(path))) return;
  onChainStep?.(step, 'predicts');
  const classifier = await openClassifier(join(folder, step.name), { threads, device });
  const lines: string[] = [];
  try {
    for await (const outcome of predictStream(classifier, posters))
      lines.push(`${JSON.stringify(writtenOutcome(outcome))}\n`);
  } finally {
    await classifier.release();
  }
  await lock.confirm();
  await writeFileAtomically(path, lines.join(''));
  await records.write(step.name, { ...record, predictions: await hashOf(path) });
}
