/** @module A model and posters of 300x450 -> how fast a warm process predicts them, many or one, beside PyTorch with PIL. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { type NetworkOptions, networkOptionsSchema } from '../src/nn/index.ts';
import { openClassifier } from '../src/predict/index.ts';
import { allocators, bestKnownAllocator, installedAllocator } from './allocators.ts';
import { contest } from './contest.ts';
import { modelFlag, numberFlag } from './flags.ts';
import type { PredictionJob } from './ourPrediction.ts';
import { type PosterFiles, postersOfSize } from './posters.ts';
import { type BenchResult, median } from './result.ts';
import { ourProgram, peerProgram, Side } from './side.ts';
import { compilerCache, formats, graphOf, weightsIn } from './steps.ts';
import type { Search, Settings } from './tuning.ts';

const threads = availableParallelism();

/** Pixels of a poster, as films' sites show them. */
const posterSize = { width: 300, height: 450 } as const;

/** What a model may be made of, by what its peer is built. */
const pretrained: readonly NetworkOptions[] = [
  networkOptionsSchema.parse({ network: 'mobilenet-v2' }),
  ...[0, 1, 2, 3, 4].map((variant) => networkOptionsSchema.parse({ network: 'efficientnet-lite', variant })),
];

export interface PredictionSetting {
  readonly model: string;
  readonly files: PosterFiles;
  /** What the peer is told. */
  readonly job: Readonly<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

/** Makes posters and gives PyTorch a network of as many weights as the model's. */
export async function preparePrediction(
  flags: readonly string[],
  count: number,
  size: { readonly width: number; readonly height: number } = posterSize,
): Promise<PredictionSetting> {
  const model = modelFlag(flags);
  const classifier = await openClassifier(model, { threads });
  const { metadata, graph } = classifier.model;
  await classifier.release();
  const { height, width } = metadata.resize;
  const input = { height, width, genres: metadata.genres.length };
  const weights = weightsIn(graph);
  const network = pretrained.find(
    (options) => weightsIn(graphOf({ network: options, ...input })) === weights,
  );
  if (network === undefined)
    throw new Error(`${model} has ${weights} weights, as no network has that the peers know.`);
  const files = await postersOfSize(size.width, size.height, count);
  const job = {
    network,
    ...input,
    threads,
    weights: join(files.folder, 'weights.pt'),
    list: files.list,
    model,
  };
  const { file, args } = peerProgram('peer_predict.py', 'prepare', JSON.stringify(job));
  const theirs = Number(execFileSync(file, args));
  if (weights !== theirs) throw new Error(`PyTorch's network has ${theirs} weights, ${model} ${weights}.`);
  return { model, files, job, close: files.remove };
}

export function startOurs(
  { model, files }: Pick<PredictionSetting, 'model' | 'files'>,
  does: PredictionJob['does'],
  allocator: string,
): Promise<Side> {
  const job: PredictionJob = { model, list: files.list, threads, does };
  return Side.start('onesheet', { ...ourProgram('ourPrediction.js'), job: { ...job }, allocator });
}

const plain: Settings = {
  memoryFormat: 'contiguous',
  execution: 'eager',
  decoding: 'decoded in turn',
  kernels: 'oneDNN',
  threads,
  batch: 16,
  allocator: installedAllocator,
};

/** One of the parts that predict. */
interface Comparison {
  readonly part: 'predict-batch' | 'predict-one';
  readonly does: 'stream' | 'single';
  readonly units: number;
  readonly rounds: number;
  /** Posters at a time, as they are tried. */
  readonly batches: readonly [number, ...number[]];
}

function startPeer(setting: PredictionSetting, script: string, settings: Settings): Promise<Side> {
  return Side.start(script, {
    ...peerProgram(script, 'warm'),
    job: { ...setting.job, ...settings },
    allocator: String(settings.allocator),
    environment: compilerCache,
  });
}

const firstOf = ({ does, batches }: Comparison): Settings => ({
  ...plain,
  batch: batches[0],
  allocator: bestKnownAllocator,
  decoding: does === 'stream' ? 'decoded in threads' : 'decoded in turn',
});

function searchOf(comparison: Comparison, setting: PredictionSetting): Search {
  const { part, does, units, batches } = comparison;
  const { network, height, width } = setting.job;
  return {
    part,
    first: firstOf(comparison),
    dimensions: [
      formats,
      does === 'stream' ? ['decoded in turn', 'decoded in processes'].map((decoding) => ({ decoding })) : [],
      allocators.map((allocator) => ({ allocator })),
      batches.slice(1).map((batch) => ({ batch })),
      [{ kernels: 'plain kernels' }],
      [{ threads: Math.max(1, threads >> 1) }],
    ],
    start: (settings) => startPeer(setting, 'peer_predict.py', settings),
    units: Math.min(units, 96),
    key: JSON.stringify([network, height, width]),
  };
}

async function compare(comparison: Comparison, flags: readonly string[]): Promise<BenchResult> {
  const { part, does, units, rounds, batches } = comparison;
  const setting = await preparePrediction(flags, units);
  const many = does === 'stream';
  const elsewhere = { ...firstOf(comparison), waiting: many ? 'passive waiting' : 'active waiting' };
  const alone = 'onnxruntime on decoded pixels';
  const result = await contest(
    {
      part,
      unit: 'posters',
      ours: (allocator) => startOurs(setting, does, allocator),
      search: searchOf(comparison, setting),
      installed: { ...plain, batch: batches[0] },
      beside: {
        'onnxruntime in Python': () => startPeer(setting, 'peer_onnxruntime.py', elsewhere),
        ...(many && { [alone]: () => startOurs(setting, 'network', bestKnownAllocator) }),
      },
      units,
      perUnit: 1,
      rounds,
    },
    flags,
  );
  await setting.close();
  const rates = result.details.rates as Record<string, number[]>;
  const shareOf = (name: string): number =>
    median(rates.onesheet!.map((rate, round) => rate / rates[name]![round]!));
  return {
    ...result,
    details: {
      ...result.details,
      model: basename(setting.model),
      posters: { count: units, ...posterSize, meanBytes: setting.files.meanBytes },
      ratioToOnnxruntimeInPython: shareOf('onnxruntime in Python'),
      ...(many && { shareOfOnnxruntime: shareOf(alone) }),
    },
  };
}

const batchPrediction: Comparison = {
  part: 'predict-batch',
  does: 'stream',
  units: 192,
  rounds: 7,
  batches: [16, 32, 8],
};
const onePrediction: Comparison = { part: 'predict-one', does: 'single', units: 32, rounds: 9, batches: [1] };

/** What PyTorch's settings for prediction are tried on. */
export function searchesOfPrediction(setting: PredictionSetting): Search[] {
  return [batchPrediction, onePrediction].map((comparison) => searchOf(comparison, setting));
}

/**
 * Posters from files to genres, by a warm process, in turns with PyTorch, with onnxruntime in Python, and with
 * onnxruntime alone on decoded pixels.
 *
 * @param flags `--model` (by default the installed one), `--posters` (192) and `--rounds` (7)
 */
export function benchBatchPrediction(flags: readonly string[]): Promise<BenchResult> {
  const units = numberFlag(flags, 'posters', batchPrediction.units);
  return compare({ ...batchPrediction, units }, flags);
}

/**
 * Posters one at a time by a warm process, each as if it were the only one.
 *
 * @param flags `--model` (by default the installed one) and `--rounds` (9)
 */
export function benchOnePrediction(flags: readonly string[]): Promise<BenchResult> {
  return compare(onePrediction, flags);
}
