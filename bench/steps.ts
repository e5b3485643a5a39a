/** @module A network's training step here and in PyTorch, in turns -> the ratio of images per second. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { uint8 } from '../src/graph/index.ts';
import { buildNetwork, type NetworkOptions } from '../src/nn/index.ts';
import { Random } from '../src/random.ts';
import { adamW, constantRate, TrainingStep } from '../src/train/index.ts';
import type { BenchResult } from './result.ts';

const job = { batch: 32, height: 240, width: 160, genres: 19, threads: 2 };
const stepsPerRound = 2;
const warmUpSteps = 2;

/** A side of the comparison: runs some steps and says how long they took. */
interface Side {
  readonly name: string;
  readonly seconds: (steps: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

class PyTorch implements Side {
  readonly name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  /** @param script the peer's file in `bench/` */
  constructor(name: string, script: string, network: object, channelsLast: boolean) {
    this.name = name;
    const path = new URL(`../../bench/${script}`, import.meta.url).pathname;
    this.#process = spawn('/usr/bin/python3', [path]);
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#process.stdin.write(`${JSON.stringify({ ...job, network, channelsLast })}\n`);
  }

  async #answer(): Promise<Record<string, number>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('PyTorch ended: tools/install-bench-peers.sh installs it');
    return JSON.parse(value) as Record<string, number>;
  }

  async parameters(): Promise<number> {
    return (await this.#answer()).parameters!;
  }

  async seconds(steps: number): Promise<number> {
    this.#process.stdin.write(`steps ${steps}\n`);
    return (await this.#answer()).seconds!;
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
  }
}

async function ourSide(
  options: NetworkOptions,
  profilePrefix?: string,
): Promise<Side & { readonly parameters: number }> {
  const { batch: size, height, width, genres, threads } = job;
  const random = Random.fromSeed(0);
  const { graph } = buildNetwork(
    options,
    { height, width, genres, bias: Array<number>(genres).fill(-2) },
    random,
  );
  const names = graph.parameters;
  const valuesOf = (list: readonly string[]): [string, Float32Array][] =>
    list.map((name) => [name, Float32Array.from(graph.initializers.get(name)!.data as Float32Array)]);
  const parameters = new Map(valuesOf(names));
  const weights = new Map([...parameters, ...valuesOf(graph.statistics)]);
  const shapes = new Map(names.map((name) => [name, graph.initializers.get(name)!.shape]));
  const optimizer = adamW({ learningRate: constantRate(1e-3), shapes, weightDecay: 0.05, maximumNorm: 1 });
  const state = optimizer.initialState(parameters);
  const loss = { loss: 'binary-cross-entropy', labelSmoothing: 0, classWeights: 'none' } as const;
  const step = await TrainingStep.create(graph, names, loss, undefined, {
    threads,
    batch: size,
    profilePrefix,
  });
  const noise = random.split('data');
  const pixels = Uint8Array.from({ length: size * height * width * 3 }, () => noise.integer(256));
  const batch = {
    inputs: { image: uint8(pixels, [size, height, width, 3]) },
    labels: Float32Array.from({ length: size * genres }, () => (noise.float() < 0.13 ? 1 : 0)),
    size,
  };
  return {
    name: 'onesheet',
    parameters: [...parameters.values()].reduce((sum, values) => sum + values.length, 0),
    seconds: async (steps) => {
      const start = performance.now();
      for (let i = 0; i < steps; i++) {
        const { gradients } = await step.run(batch, weights, random.split(state.step));
        optimizer.update(gradients, state, weights);
      }
      return (performance.now() - start) / 1000;
    },
    close: async () => {
      if (profilePrefix !== undefined) step.endProfiling();
      await step.release();
    },
  };
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** Milliseconds a step by operator, the slowest first. */
async function operatorTimes(options: NetworkOptions): Promise<[operator: string, milliseconds: number][]> {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-profile-'));
  try {
    const side = await ourSide(options, join(folder, 'profile'));
    // The first steps fetch memory from the system, which is none of an operator's own time.
    await side.seconds(warmUpSteps);
    await side.seconds(stepsPerRound);
    await side.close();
    const [file] = await readdir(folder);
    const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as ProfileEvent[];
    const totals = new Map<string, number>();
    const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
    const perStep = kernels.length / (warmUpSteps + stepsPerRound);
    for (const { dur, args } of kernels.slice(warmUpSteps * perStep)) {
      const operator = args?.op_name ?? 'unknown';
      totals.set(operator, (totals.get(operator) ?? 0) + dur / 1000 / stepsPerRound);
    }
    return [...totals].sort((a, b) => b[1] - a[1]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface StepComparison {
  readonly part: string;
  readonly options: NetworkOptions;
  /** The peer's file in `bench/`. */
  readonly script: string;
  readonly rounds: number;
}

/**
 * Whole steps on one prepared batch: forward, backward, clipping, AdamW. PyTorch runs in both memory formats,
 * and the faster one of each round is the peer. The flag `--operators` adds where our time goes.
 */
export async function compareSteps(
  { part, options, script, rounds }: StepComparison,
  flags: readonly string[],
): Promise<BenchResult> {
  const ours = await ourSide(options);
  const plain = new PyTorch('PyTorch', script, options, false);
  const channelsLast = new PyTorch('PyTorch, channels last', script, options, true);
  for (const peer of [plain, channelsLast]) {
    const count = await peer.parameters();
    if (count !== ours.parameters)
      throw new Error(`${peer.name} has ${count} weights, onesheet ${ours.parameters}`);
  }
  const sides: readonly Side[] = [ours, plain, channelsLast];
  for (const side of sides) await side.seconds(warmUpSteps);
  const speeds: Record<string, number[]> = Object.fromEntries(sides.map(({ name }) => [name, []]));
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) {
      const seconds = await side.seconds(stepsPerRound);
      speeds[side.name]!.push((stepsPerRound * job.batch) / seconds);
    }
    const at = (side: Side): number => speeds[side.name]![round]!;
    ratios.push(at(ours) / Math.max(at(plain), at(channelsLast)));
    const line = sides.map((side) => `${side.name} ${at(side).toFixed(1)}`).join(', ');
    process.stdout.write(`round ${round + 1}: ${line} images/s\n`);
  }
  for (const side of sides) await side.close();
  const operators = flags.includes('--operators') ? await operatorTimes(options) : [];
  for (const [operator, milliseconds] of operators) {
    process.stdout.write(`  ${operator.padEnd(22)} ${milliseconds.toFixed(1).padStart(8)} ms a step\n`);
  }
  const details = { ...job, weights: ours.parameters, imagesPerSecond: speeds };
  return { part, peer: 'PyTorch 1.13, the faster of its memory formats', ratios, details };
}
