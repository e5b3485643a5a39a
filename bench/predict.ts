/** @module A model and posters -> how fast they are predicted, cold and in batches, beside PyTorch with torchvision. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as ort from 'onnxruntime-node';
import { preparePixels } from '../src/image/index.ts';
import type { Classifier } from '../src/model/index.ts';
import { networkOptionsSchema } from '../src/nn/index.ts';
import { isFailed, openClassifier, postersAt, predictStream } from '../src/predict/index.ts';
import { type BenchResult, median } from './result.ts';

const python = '/usr/bin/python3';
const script = new URL('../../bench/peer_predict.py', import.meta.url).pathname;
const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const threads = 2;
/** Posters at a time for the peers; onesheet takes its default. */
const batch = 16;
const postersFolder = process.env.ONESHEET_POSTERS ?? '../shared/posters';

interface Setting {
  readonly classifier: Classifier;
  readonly paths: readonly string[];
  /** What the peer is told. */
  readonly job: Readonly<Record<string, unknown>>;
  readonly parameters: number;
  readonly close: () => Promise<void>;
}

/** Opens the model, lists posters and gives PyTorch a network of as many weights. */
async function prepare(model: string | undefined, count: number): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-bench-'));
  const classifier = await openClassifier(model, { threads });
  const { genres, resize } = classifier.model.metadata;
  const paths: string[] = [];
  for await (const { source } of postersAt([join(postersFolder, 'images')], process.stdin)) {
    if (paths.length === count) break;
    if (source.kind !== 'file') continue;
    const readable = await preparePixels(source, resize).then(
      () => true,
      () => false,
    );
    if (readable) paths.push(source.path);
  }
  const list = join(folder, 'posters.txt');
  await writeFile(list, paths.join('\n'));
  const { height, width } = resize;
  const network = networkOptionsSchema.parse({ network: 'mobilenet-v2' });
  const weights = join(folder, 'weights.pt');
  const job = { network, genres: genres.length, height, width, threads, batch, weights, list };
  const theirs = Number(execFileSync(python, [script, 'prepare', JSON.stringify(job)]));
  const { graph } = classifier.model;
  const ours = graph.parameters.reduce((sum, name) => sum + graph.initializers.get(name)!.data.length, 0);
  if (ours !== theirs)
    throw new Error(`PyTorch's MobileNetV2 has ${theirs} weights, ${classifier.model.id} ${ours}`);
  const close = async (): Promise<void> => {
    await classifier.release();
    await rm(folder, { recursive: true });
  };
  return { classifier, paths, job, parameters: ours, close };
}

function secondsOf(file: string, args: readonly string[]): number {
  const start = performance.now();
  execFileSync(file, args);
  return (performance.now() - start) / 1000;
}

/**
 * Whole processes, from start to end, that predict one poster; each round takes another poster. The ratio is
 * PyTorch's time to ours.
 *
 * @param flags the model (by default the installed one) and how many rounds (11)
 */
export async function benchColdPrediction(flags: readonly string[]): Promise<BenchResult> {
  const [model, count = '11'] = flags;
  const rounds = Number(count);
  const { classifier, paths, job, parameters, close } = await prepare(model, rounds + 1);
  const named = model === undefined ? [] : ['--model', model];
  const sides = {
    onesheet: (poster: string) =>
      secondsOf(process.execPath, [command, 'predict', poster, '--format', 'jsonl', ...named]),
    pytorch: (poster: string) => secondsOf(python, [script, 'cold', JSON.stringify(job), poster]),
  };
  // The first round only fills the caches of the disk.
  const seconds = paths.map((poster) => ({
    onesheet: sides.onesheet(poster),
    pytorch: sides.pytorch(poster),
  }));
  const measured = seconds.slice(1);
  await close();
  return {
    part: 'predict-cold',
    peer: 'Python with PyTorch 1.13 and torchvision, from process start to its end',
    ratios: measured.map((round) => round.pytorch / round.onesheet),
    details: {
      model: classifier.model.id,
      weights: parameters,
      secondsOnesheet: median(measured.map((round) => round.onesheet)),
      secondsPyTorch: median(measured.map((round) => round.pytorch)),
      shareOfPyTorch: median(measured.map((round) => round.onesheet / round.pytorch)),
    },
  };
}

/** PyTorch in a process of its own that has everything loaded. */
class Peer {
  readonly name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(job: object, workers: number, channelsLast: boolean) {
    this.name = `PyTorch, ${workers} workers${channelsLast ? ', channels last' : ''}`;
    this.#process = spawn(python, [script, 'batch', JSON.stringify({ ...job, workers, channelsLast })]);
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async seconds(): Promise<number> {
    this.#process.stdin.write('run\n');
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('PyTorch ended: tools/install-bench-peers.sh installs it');
    return Number(value);
  }

  close(): void {
    this.#process.stdin.end();
  }
}

async function ourSeconds({ classifier, paths }: Setting): Promise<number> {
  const posters = paths.map((path) => ({ id: path, source: { kind: 'file', path } as const }));
  const start = performance.now();
  let count = 0;
  for await (const outcome of predictStream(classifier, posters)) if (!isFailed(outcome)) count += 1;
  if (count !== paths.length) throw new Error(`${paths.length - count} posters failed`);
  return (performance.now() - start) / 1000;
}

/** onnxruntime by itself on pixels in memory. */
async function rawLoop({ classifier, paths }: Setting): Promise<() => Promise<number>> {
  const { height, width } = classifier.model.metadata.resize;
  const stride = height * width * 3;
  const pixels = new Uint8Array(paths.length * stride);
  for (const [i, path] of paths.entries())
    pixels.set(await preparePixels({ kind: 'file', path }, classifier.model.metadata.resize), i * stride);
  const session = await ort.InferenceSession.create(classifier.model.bytes, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  return async () => {
    const start = performance.now();
    for (let at = 0; at < paths.length; at += batch) {
      const size = Math.min(batch, paths.length - at);
      const data = pixels.subarray(at * stride, (at + size) * stride);
      await session.run({ image: new ort.Tensor('uint8', data, [size, height, width, 3]) });
    }
    return (performance.now() - start) / 1000;
  };
}

/**
 * Posters from files to genres, by a warm process, in turns with PyTorch (with and without worker processes, in both
 * memory formats; the fastest of each round is the peer) and with onnxruntime alone on decoded pixels.
 *
 * @param flags the model (by default the installed one), how many posters (1000) and how many rounds (5)
 */
export async function benchBatchPrediction(flags: readonly string[]): Promise<BenchResult> {
  const [model = '', count = '1000', rounds = '5'] = flags;
  const setting = await prepare(model === '' ? undefined : model, Number(count));
  const raw = await rawLoop(setting);
  const peers = [0, 2].flatMap((workers) =>
    [false, true].map((last) => new Peer(setting.job, workers, last)),
  );
  const sides: { name: string; seconds: () => Promise<number> }[] = [
    { name: 'onesheet', seconds: () => ourSeconds(setting) },
    { name: 'onnxruntime on decoded pixels', seconds: raw },
    ...peers.map((peer) => ({ name: peer.name, seconds: () => peer.seconds() })),
  ];
  const speeds: Record<string, number[]> = Object.fromEntries(sides.map(({ name }) => [name, []]));
  for (const side of sides.slice(0, 2)) await side.seconds();
  for (let round = 0; round < Number(rounds); round++) {
    for (const { name, seconds } of sides) speeds[name]!.push(setting.paths.length / (await seconds()));
    const line = sides.map(({ name }) => `${name} ${speeds[name]![round]!.toFixed(1)}`).join(', ');
    process.stdout.write(`round ${round + 1}: ${line} posters/s\n`);
  }
  for (const peer of peers) peer.close();
  await setting.close();
  const [ours, alone] = sides.map(({ name }) => speeds[name]!) as [number[], number[]];
  const fastest = ours.map((_, round) => Math.max(...peers.map(({ name }) => speeds[name]![round]!)));
  return {
    part: 'predict-batch',
    peer: 'PyTorch 1.13 with PIL, the fastest of its settings',
    ratios: ours.map((speed, round) => speed / fastest[round]!),
    details: {
      model: setting.classifier.model.id,
      weights: setting.parameters,
      posters: setting.paths.length,
      batch,
      threads,
      shareOfOnnxruntime: median(ours.map((speed, round) => speed / alone[round]!)),
      imagesPerSecond: speeds,
    },
  };
}
