/** @module `npm run bench -- <part>`: a part's name -> its measurement against a peer, closed by one line. */

import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { silenceTelemetry } from '../src/graph/index.ts';
import { benchCompact } from './compact.ts';
import { benchFaithfulness } from './faithfulness/bench.ts';
import { benchFineTuning } from './finetune.ts';
import { benchMalformed } from './malformedRun.ts';
import { benchPage } from './page.ts';
import { benchBatchPrediction, benchColdPrediction } from './predict.ts';
import { benchReading } from './read.ts';
import { type BenchResult, median } from './result.ts';
import { benchServe } from './serve.ts';
import { benchTraining } from './train.ts';

type Part = (flags: readonly string[]) => Promise<BenchResult>;

// Some parts import onnxruntime themselves.
silenceTelemetry();

const parts: Readonly<Record<string, Part>> = {
  train: benchTraining,
  finetune: benchFineTuning,
  faithfulness: benchFaithfulness,
  'predict-cold': benchColdPrediction,
  'predict-batch': benchBatchPrediction,
  read: benchReading,
  compact: benchCompact,
  page: benchPage,
  serve: benchServe,
  malformed: benchMalformed,
};

async function runPart(name: string, part: Part, flags: readonly string[]): Promise<void> {
  const { peer, ratios, details } = await part(flags);
  const summary = ratios && {
    median: median(ratios),
    minimum: Math.min(...ratios),
    maximum: Math.max(...ratios),
  };
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    load: loadavg(),
  };
  const result = { part: name, peer, ...summary, ratios, machine, node: process.version, ...details };
  const folder = new URL('../../bench/results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
  if (!summary) return void process.stdout.write(`${name}: measured\n`);
  const [middle, low, high] = [summary.median, summary.minimum, summary.maximum].map((value) =>
    value.toFixed(2),
  );
  process.stdout.write(`${name}: ratio ${middle} (${low}-${high}) against ${peer}\n`);
}

const [name, ...flags] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(parts) : [name];
for (const each of chosen) {
  const part = parts[each];
  if (!part) {
    process.stderr.write(`bench: ${each} is no part: expected one of ${Object.keys(parts).join(', ')}.\n`);
    process.exit(2);
  }
  await runPart(each, part, flags);
}
