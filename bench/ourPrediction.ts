/** @module A job on standard input -> posters predicted from their files by a warm process, or parts of that alone. */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { preparePixels } from '../src/image/index.ts';
import { isFailed, openClassifier, predictStream } from '../src/predict/index.ts';
import { readJob, serveWork } from './work.ts';

export interface PredictionJob {
  /** A model's file. */
  readonly model: string;
  /** A file with the path of a poster on each line. */
  readonly list: string;
  readonly threads: number;
  /**
   * `stream`: from files to genres. `single`: the same, one poster at a time, each as if it were the only one.
   * `decode`: from files to pixels. `network`: onnxruntime alone, from pixels in memory.
   */
  readonly does: 'stream' | 'single' | 'decode' | 'network';
  /** Posters at a time for onnxruntime alone. @default 16 */
  readonly batch?: number;
}

const job = await readJob<PredictionJob>();
const paths = readFileSync(job.list, 'utf8').split('\n');
const classifier = await openClassifier(job.model, { threads: job.threads });
const rule = classifier.model.metadata.resize;
const stride = rule.height * rule.width * 3;
const posters = paths.map((path) => ({ id: path, source: { kind: 'file', path } as const }));

async function stream(count: number, given = posters.slice(0, count)): Promise<void> {
  let good = 0;
  for await (const outcome of predictStream(classifier, given)) if (!isFailed(outcome)) good += 1;
  if (good !== count) throw new Error(`${count - good} posters failed`);
}

async function single(count: number): Promise<void> {
  for (const poster of posters.slice(0, count)) await stream(1, [poster]);
}

/** As many pictures at a time as keep all cores at work. */
async function decode(count: number): Promise<void> {
  const next = paths.slice(0, count).values();
  const worker = async (): Promise<void> => {
    for (const path of next) await preparePixels({ kind: 'file', path }, rule);
  };
  await Promise.all(Array.from({ length: 2 * job.threads }, worker));
}

/** onnxruntime itself, its threads waiting as it does by default. */
async function network(): Promise<(count: number) => Promise<void>> {
  const { batch = 16 } = job;
  const pixels = new Uint8Array(paths.length * stride);
  for (const [i, path] of paths.entries())
    pixels.set(await preparePixels({ kind: 'file', path }, rule), i * stride);
  const session = await ort.InferenceSession.create(classifier.model.bytes, {
    intraOpNumThreads: job.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  return async (count) => {
    for (let at = 0; at < count; at += batch) {
      const size = Math.min(batch, count - at);
      const data = pixels.subarray(at * stride, (at + size) * stride);
      await session.run({ image: new ort.Tensor('uint8', data, [size, rule.height, rule.width, 3]) });
    }
  };
}

const { graph } = classifier.model;
const parameters = graph.parameters.reduce((sum, name) => sum + graph.initializers.get(name)!.data.length, 0);
const run = job.does === 'network' ? await network() : { stream, single, decode }[job.does];
await serveWork({ run, facts: { parameters, model: classifier.model.id } });
