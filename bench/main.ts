/** @module `npm run bench -- <part>`: a part's name -> its measurement against a peer, closed by one line. */

import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { silenceTelemetry } from '../src/graph/index.ts';
import { benchColdPrediction } from './cold.ts';
import { benchCompact } from './compact.ts';
import { benchFaithfulness } from './faithfulness/bench.ts';
import { benchFineTuning } from './finetune.ts';
import { machineFacts } from './machine.ts';
import { benchMalformed } from './malformedRun.ts';
import { benchOperators } from './operators.ts';
import { benchPage } from './page.ts';
import { benchBatchPrediction, benchOnePrediction } from './predict.ts';
import { prepareCompiled } from './prepare.ts';
import { benchReading, benchReadingBatch } from './read.ts';
import { type BenchResult, summaryOf } from './result.ts';
import { benchScaling } from './scaling.ts';
import { benchScalingPosters } from './scalingPosters.ts';
import { benchServe } from './serve.ts';
import { benchSizes } from './sizes.ts';
import { benchTraining } from './train.ts';

type Part = (flags: readonly string[]) => Promise<BenchResult>;

// Some parts import onnxruntime themselves.
silenceTelemetry();

const parts: Readonly<Record<string, Part>> = {
  train: benchTraining,
  finetune: benchFineTuning,
  faithfulness: benchFaithfulness,
  'predict-cold': benchColdPrediction,
  'predict-one': benchOnePrediction,
  'predict-batch': benchBatchPrediction,
  read: benchReading,
  'read-batch': benchReadingBatch,
  'predict-sizes': benchSizes,
  operators: benchOperators,
  'scaling-training': (flags) => benchScaling('train', flags),
  'scaling-prediction': (flags) => benchScaling('predict', flags),
  'scaling-posters': benchScalingPosters,
  compact: benchCompact,
  page: benchPage,
  serve: benchServe,
  malformed: benchMalformed,
};

async function runPart(name: string, part: Part, flags: readonly string[]): Promise<void> {
  const before = loadavg();
  const { peer, ratios, note, details } = await part(flags);
  const summary = ratios && summaryOf(ratios);
  const machine = machineFacts(before);
  const measured = new Date().toISOString();
  const result = {
    part: name,
    peer,
    ...summary,
    ratios,
    note,
    machine,
    measured,
    node: process.version,
    ...details,
  };
  const folder = new URL('../../bench/results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
  if (!summary) return void process.stdout.write(`${name}: measured\n`);
  const { median, minimum, maximum } = summary;
  const ratio = `ratio ${median.toFixed(2)} (${minimum.toFixed(2)}-${maximum.toFixed(2)})`;
  process.stdout.write(`${name}: ${ratio} against ${peer}${note === undefined ? '' : `; ${note}`}\n`);
}

const [name, ...flags] = process.argv.slice(2);
if (name === 'prepare') {
  await prepareCompiled(flags);
  process.exit();
}
const chosen = name === undefined ? Object.keys(parts) : [name];
for (const each of chosen) {
  const part = parts[each];
  if (!part) {
    process.stderr.write(
      `bench: ${each} is no part: expected prepare or one of ${Object.keys(parts).join(', ')}.\n`,
    );
    process.exit(2);
  }
  await runPart(each, part, flags);
}
