/** @module A network's training step here and in PyTorch, in turns -> the ratio of images per second and of peak memory. */
import { availableParallelism } from 'node:os';
import type { NetworkOptions } from '../src/nn/index.ts';
import { allocators, bestKnownAllocator, installedAllocator } from './allocators.ts';
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

/** Whole steps on one prepared batch: forward, backward, clipping, AdamW. */
export function compareSteps(comparison: StepComparison, flags: readonly string[]): Promise<BenchResult> {
  const { part, network, rounds } = comparison;
  const plan: Contest = {
    part,
    unit: 'images',
    ours: (allocator) => startOurStep({ ...stepJob, network }, allocator),
    search: searchOfSteps(comparison),
    installed: plain,
    units: 2,
    perUnit: stepJob.batch,
    rounds,
  };
  return contest(plan, flags);
}
