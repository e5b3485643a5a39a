/** @module A job on standard input -> training steps or predictions on one prepared batch: what stands against the peers. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emitModel, Session, uint8 } from '../src/graph/index.ts';
import { buildNetwork, type NetworkOptions } from '../src/nn/index.ts';
import { Random } from '../src/random.ts';
import { adamW, constantRate, TrainingStep } from '../src/train/index.ts';
import { readJob, serveWork } from './work.ts';

export interface StepJob {
  readonly network: NetworkOptions;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly genres: number;
  readonly threads: number;
  /** @default 'train' */
  readonly does?: 'train' | 'predict';
  /** Whether every operator is timed, which costs a little. */
  readonly profile?: boolean;
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

const job = await readJob<StepJob>();
const { batch: size, height, width, genres, threads } = job;
const random = Random.fromSeed(0);
const input = { height, width, genres, bias: Array<number>(genres).fill(-2) };
const { graph } = buildNetwork(job.network, input, random);
const names = graph.parameters;
const valuesOf = (list: readonly string[]): [string, Float32Array][] =>
  list.map((name) => [name, Float32Array.from(graph.initializers.get(name)!.data as Float32Array)]);
const parameters = new Map(valuesOf(names));
const weights = new Map([...parameters, ...valuesOf(graph.statistics)]);
const shapes = new Map(names.map((name) => [name, graph.initializers.get(name)!.shape]));
const optimizer = adamW({ learningRate: constantRate(1e-3), shapes, weightDecay: 0.05, maximumNorm: 1 });
const state = optimizer.initialState(parameters);
const loss = { loss: 'binary-cross-entropy', labelSmoothing: 0, classWeights: 'none' } as const;
const folder = job.profile ? mkdtempSync(join(tmpdir(), 'onesheet-profile-')) : undefined;
const noise = random.split('data');
const pixels = Uint8Array.from({ length: size * height * width * 3 }, () => noise.integer(256));
const batch = {
  inputs: { image: uint8(pixels, [size, height, width, 3]) },
  labels: Float32Array.from({ length: size * genres }, () => (noise.float() < 0.13 ? 1 : 0)),
  size,
};

async function training() {
  const step = await TrainingStep.create(graph, names, loss, undefined, {
    threads,
    batch: size,
    ...(folder !== undefined && { profilePrefix: join(folder, 'profile') }),
  });
  const run = async (): Promise<void> => {
    const { gradients } = await step.run(batch, weights, random.split(state.step));
    optimizer.update(gradients, state, weights);
  };
  return { run, endProfiling: () => step.endProfiling() };
}

async function prediction() {
  const session = await Session.create(emitModel(graph), { threads });
  const run = async (): Promise<void> => void (await session.run(batch.inputs));
  return { run, endProfiling: () => session.endProfiling() };
}

const work = job.does === 'predict' ? await prediction() : await training();
let done = 0;

async function steps(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await work.run();
  done += count;
}

/** Milliseconds a step of each operator, of the last steps. The session is of no use afterwards. */
async function operators(count: number) {
  const start = performance.now();
  await steps(count);
  const milliseconds = (performance.now() - start) / count;
  work.endProfiling();
  const [file] = readdirSync(folder!);
  const events = JSON.parse(readFileSync(join(folder!, file!), 'utf8')) as ProfileEvent[];
  rmSync(folder!, { recursive: true });
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  const times: Record<string, number> = {};
  for (const { dur, args } of kernels.slice((kernels.length / done) * (done - count))) {
    const operator = args?.op_name ?? 'unknown';
    times[operator] = (times[operator] ?? 0) + dur / 1000 / count;
  }
  return { operators: times, milliseconds };
}

const count = [...parameters.values()].reduce((sum, values) => sum + values.length, 0);
await serveWork({ run: steps, profile: operators, facts: { parameters: count } });
