/** @module A network's training step here and in PyTorch, in turns -> the ratio of images per second and of peak memory. */
import { availableParallelism } from 'node:os';
import type { Graph } from '../src/graph/index.ts';
import { buildNetwork, type NetworkOptions } from '../src/nn/index.ts';
import { Random } from '../src/random.ts';
import { allocators, bestKnownAllocator, installedAllocator } from './allocators.ts';
import { operationsNeeded, peakOfArithmetic } from './arithmetic.ts';
import { type Contest, contest } from './contest.ts';
import type { StepJob } from './ourStep.ts';
import type { BenchResult } from './result.ts';
import { ourProgram, peerProgram, peersFolder, Side } from './side.ts';
import type { Search, Settings } from './tuning.ts';

const threads = availableParallelism();

/** A batch of posters at the size of the recipes, on all cores. */
export const stepJob = { batch: 32, height: 240, width: 160, genres: 19, threads } as const;

export interface StepComparison {
  readonly part: string;
  readonly network: NetworkOptions;
  /** The peer's file in `bench/`. */
  readonly script: string;
  readonly rounds: number;
}

const plain: Settings = {
  memoryFormat: 'contiguous',
  execution: 'eager',
  optimizer: 'AdamW',
  kernels: 'oneDNN',
  threads,
  allocator: installedAllocator,
  waiting: 'passive waiting',
};

/** Threads that wait for each other sleep, or keep their cores busy. */
const waiting: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'passive waiting': {},
  'active waiting': { OMP_WAIT_POLICY: 'ACTIVE' },
};

/** What is compiled is kept, so that a second run does not compile it again. */
export const compilerCache = { TORCHINDUCTOR_CACHE_DIR: `${peersFolder}inductor` };

/** Layouts and ways to run, which depend on each other. */
export const formats: readonly Settings[] = ['contiguous', 'channels last'].flatMap((memoryFormat) =>
  ['eager', 'compiled'].map((execution) => ({ memoryFormat, execution })),
);

export function startOurStep(job: StepJob, allocator: string): Promise<Side> {
  return Side.start('onesheet', { ...ourProgram('ourStep.js'), job: { ...job }, allocator });
}

export function startPeerStep(script: string, network: NetworkOptions, settings: Settings): Promise<Side> {
  return Side.start('PyTorch', {
    ...peerProgram(script),
    job: { ...stepJob, network, ...settings },
    allocator: String(settings.allocator),
    environment: { ...waiting[String(settings.waiting)], ...compilerCache },
  });
}

export function searchOfSteps({ part, network, script }: StepComparison): Search {
  return {
    part,
    first: { ...plain, optimizer: 'fused AdamW', allocator: bestKnownAllocator },
    dimensions: [
      formats,
      allocators.map((allocator) => ({ allocator })),
      [{ waiting: 'active waiting' }],
      [{ optimizer: 'AdamW' }],
      [{ kernels: 'plain kernels' }],
      [{ threads: Math.max(1, threads >> 1) }],
    ],
    start: (settings) => startPeerStep(script, network, settings),
    units: 2,
    key: JSON.stringify(stepJob),
  };
}

/** How many numbers a graph learns. */
export function weightsIn(graph: Graph): number {
  return graph.parameters.reduce((sum, name) => sum + graph.initializers.get(name)!.data.length, 0);
}

/** The network of a job, with fresh weights. */
export function graphOf({
  network,
  height,
  width,
  genres,
}: Pick<StepJob, 'network' | 'height' | 'width' | 'genres'>): Graph {
  const input = { height, width, genres, bias: Array<number>(genres).fill(-2) };
  return buildNetwork(network, input, Random.fromSeed(0)).graph;
}

/** Whole steps on one prepared batch: forward, backward, clipping, AdamW. */
export async function compareSteps(
  comparison: StepComparison,
  flags: readonly string[],
): Promise<BenchResult> {
  const { part, network, rounds } = comparison;
  const job = { ...stepJob, network };
  const peak = await peakOfArithmetic(threads);
  const plan: Contest = {
    part,
    unit: 'images',
    ours: (allocator) => startOurStep(job, allocator),
    search: searchOfSteps(comparison),
    installed: plain,
    units: 2,
    perUnit: stepJob.batch,
    rounds,
  };
  const result = await contest(plan, flags);
  const needed = operationsNeeded(graphOf(job), 1, true);
  const { ours, peer } = result.details.medianRates as { ours: number; peer: number };
  const shareOfPeak = { ours: (ours * needed) / peak, peer: (peer * needed) / peak };
  const memory = result.details.memory as { ours: number; peer: number; shareOfPeer: number } | undefined;
  const notes = [
    `${shareOfPeak.ours.toFixed(2)} of peak arithmetic, PyTorch ${shareOfPeak.peer.toFixed(2)}`,
    ...(memory === undefined
      ? []
      : [`peak of memory ${memory.ours.toFixed(0)} MB, ${memory.shareOfPeer.toFixed(2)} of PyTorch's`]),
  ];
  return {
    ...result,
    note: notes.join('; '),
    details: {
      ...result.details,
      job: stepJob,
      operationsPerImage: needed,
      peakGigaflops: peak / 1e9,
      shareOfPeak,
    },
  };
}
