/** @module A network and what may grow -> how time and memory of training and prediction grow with each of it. */
import { availableParallelism } from 'node:os';
import { type NetworkOptions, networkOptionsSchema } from '../src/nn/index.ts';
import { bestKnownAllocator } from './allocators.ts';
import { operationsNeeded, peakOfArithmetic } from './arithmetic.ts';
import { textFlag } from './flags.ts';
import type { StepJob } from './ourStep.ts';
import { type BenchResult, median, type Point } from './result.ts';
import { ourProgram, Side } from './side.ts';
import { graphOf, stepJob, weightsIn } from './steps.ts';
import { warmUp } from './tuning.ts';

const standard = networkOptionsSchema.parse({ network: 'cnn-rnn' });
const base: StepJob = { ...stepJob, network: standard };

function widened(factor: number): NetworkOptions {
  if (standard.network !== 'cnn-rnn') throw new Error('the standard network is cnn-rnn');
  const stages = standard.stages.map((stage) => ({ ...stage, channels: stage.channels * factor }));
  return { ...standard, stages };
}

interface Growth {
  readonly value: number;
  readonly label: string;
  readonly job: StepJob;
}

const growths = (): Readonly<Record<string, readonly Growth[]>> => ({
  batch: [1, 4, 16, 32, 64].map((batch) => ({ value: batch, label: `${batch}`, job: { ...base, batch } })),
  'image size': [96, 160, 240, 320, 480].map((height) => {
    const width = (height * 2) / 3;
    const multiple = Math.round(width / 16) * 16;
    return {
      value: height * multiple,
      label: `${multiple}x${height}`,
      job: { ...base, height, width: multiple },
    };
  }),
  genres: [5, 19, 100, 1000].map((genres) => ({
    value: genres,
    label: `${genres}`,
    job: { ...base, genres },
  })),
  weights: [0.5, 1, 1.5, 2].map((factor) => ({
    value: weightsIn(graphOf({ ...base, network: widened(factor) })),
    label: `${factor} times the channels`,
    job: { ...base, network: widened(factor) },
  })),
  threads: [...new Set([1, 2, 4, 8, availableParallelism()])]
    .filter((threads) => threads <= availableParallelism())
    .map((threads) => ({ value: threads, label: `${threads}`, job: { ...base, threads } })),
});

/** Steps or predictions until their times are steady, then the median of three. */
async function measure(job: StepJob, does: 'train' | 'predict') {
  const side = await Side.start(does, {
    ...ourProgram('ourStep.js'),
    job: { ...job, does },
    allocator: bestKnownAllocator,
  });
  await warmUp(side, 1);
  side.forgetPeak();
  const seconds: number[] = [];
  for (let turn = 0; turn < 3; turn++) seconds.push(await side.seconds(1));
  const peakMegabytes = side.peakMegabytes();
  side.close();
  return { seconds: median(seconds), peakMegabytes };
}

/**
 * Training steps of `cnn-rnn` and its predictions from pixels in memory, each where one of batch, image size, genres,
 * weights and threads differs from the recipes' 32 posters of 160x240.
 *
 * @param flags `--of`, one of these alone
 */
export async function benchScaling(
  does: 'train' | 'predict',
  flags: readonly string[],
): Promise<BenchResult> {
  const only = textFlag(flags, 'of');
  const peak = await peakOfArithmetic(availableParallelism());
  const points: Point[] = [];
  for (const [dimension, growth] of Object.entries(growths())) {
    if (only !== undefined && only !== dimension) continue;
    for (const { value, label, job } of growth) {
      const operations = operationsNeeded(graphOf(job), job.batch, does === 'train');
      const point = {
        dimension,
        value,
        label,
        images: job.batch,
        operations,
        ...(await measure(job, does)),
      };
      const shareOfPeak = operations / point.seconds / peak;
      points.push({ ...point, shareOfPeak });
      process.stdout.write(
        `${dimension} ${label}: ${(point.seconds * 1000).toFixed(1)} ms, ${point.peakMegabytes?.toFixed(0)} MB, ${shareOfPeak.toFixed(2)} of the peak\n`,
      );
    }
  }
  return {
    part: does === 'train' ? 'scaling-training' : 'scaling-prediction',
    details: {
      peakOperationsPerSecond: peak,
      peakGigaflops: peak / 1e9,
      allocator: bestKnownAllocator,
      base: stepJob,
      points,
    },
  };
}
