/** @module Numbers of posters -> how time and memory of a whole training and of prediction grow with them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSyntheticPosters } from '../src/dataset/index.ts';
import { bestKnownAllocator } from './allocators.ts';
import { modelFlag } from './flags.ts';
import type { TrainingJob } from './ourTraining.ts';
import { postersOfSize } from './posters.ts';
import { startOurs } from './predict.ts';
import type { BenchResult, Point } from './result.ts';
import { ourProgram, Side } from './side.ts';

const counts = { train: [125, 250, 500, 1000], predict: [64, 256, 1024] } as const;

const pointOf = (dimension: string, count: number, seconds: number, side: Side): Point => ({
  dimension,
  value: count,
  label: `${count}`,
  images: count,
  seconds,
  peakMegabytes: side.peakMegabytes(),
});

/** One epoch on posters of 80x120 that are drawn for it, from reading their table to the model that is written. */
async function trainOn(count: number): Promise<Point> {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-bench-'));
  await writeSyntheticPosters(folder, { width: 80, height: 120, count, seed: 0 });
  const job: TrainingJob = { data: folder, threads: availableParallelism() };
  const side = await Side.start('training', {
    ...ourProgram('ourTraining.js'),
    job: { ...job },
    allocator: bestKnownAllocator,
  });
  const point = pointOf('posters trained on', count, await side.seconds(1), side);
  side.close();
  await rm(folder, { recursive: true });
  return point;
}

/** The same 64 files over and over, from files to genres. */
async function predictAll(model: string): Promise<Point[]> {
  const files = await postersOfSize(300, 450, counts.predict[0]);
  const once = await readFile(files.list, 'utf8');
  const points: Point[] = [];
  for (const count of counts.predict) {
    await writeFile(
      files.list,
      Array<string>(count / counts.predict[0])
        .fill(once)
        .join('\n'),
    );
    const side = await startOurs({ model, files }, 'stream', bestKnownAllocator);
    await side.seconds(counts.predict[0]);
    side.forgetPeak();
    points.push(pointOf('posters predicted', count, await side.seconds(count), side));
    side.close();
  }
  await files.remove();
  return points;
}

/** @param flags `--model`, by default the installed one */
export async function benchScalingPosters(flags: readonly string[]): Promise<BenchResult> {
  const points: Point[] = [];
  for (const count of counts.train) points.push(await trainOn(count));
  points.push(...(await predictAll(modelFlag(flags))));
  for (const { dimension, label, seconds, peakMegabytes } of points)
    process.stdout.write(`${dimension} ${label}: ${seconds.toFixed(1)} s, ${peakMegabytes?.toFixed(0)} MB\n`);
  return { part: 'scaling-posters', details: { allocator: bestKnownAllocator, points } };
}
