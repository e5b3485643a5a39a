/** @module Posters of three sizes -> how near prediction comes to what decoding and the network allow together. */
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { bestKnownAllocator } from './allocators.ts';
import { modelFlag, numberFlag, textFlag } from './flags.ts';
import { root } from './machine.ts';
import type { PredictionJob } from './ourPrediction.ts';
import { postersOfSize } from './posters.ts';
import { type BenchResult, median, type Summary, summaryOf } from './result.ts';
import { ourProgram, Side } from './side.ts';
import { warmUp } from './tuning.ts';

/** Each file stands in the list as often as makes {@link entries}, so that beginning and end weigh alike at every size. */
const sizes = [
  { width: 300, height: 450, files: 192 },
  { width: 1000, height: 1500, files: 96 },
  { width: 2000, height: 3000, files: 48 },
] as const;

const entries = 960;
const cores = availableParallelism();

interface SizeResult {
  readonly size: string;
  readonly files: number;
  readonly entries: number;
  readonly meanBytes: number;
  readonly share: Summary;
  readonly shares: readonly number[];
  readonly medians: Readonly<Record<string, number>>;
  readonly rates: Readonly<Record<string, readonly number[]>>;
  readonly measured: string;
}

function measuredBefore(model: string): readonly SizeResult[] {
  const path = `${root}bench/results/predict-sizes.json`;
  if (!existsSync(path)) return [];
  const before = JSON.parse(readFileSync(path, 'utf8')) as { model: string; sizes: SizeResult[] };
  return before.model === model ? before.sizes : [];
}

/** Warm processes that share the posters of a measurement, all at once. */
class Team {
  readonly #sides: readonly Side[];

  private constructor(sides: readonly Side[]) {
    this.#sides = sides;
  }

  static async start(processes: number, job: Omit<PredictionJob, 'threads'>): Promise<Team> {
    const threads = Math.max(1, Math.floor(cores / processes));
    const start = (): Promise<Side> =>
      Side.start('onesheet', {
        ...ourProgram('ourPrediction.js'),
        job: { ...job, threads },
        allocator: bestKnownAllocator,
      });
    const team = new Team(await Promise.all(Array.from({ length: processes }, start)));
    for (const side of team.#sides) await warmUp(side, Math.floor(entries / processes));
    return team;
  }

  /** Posters a second. */
  async rate(): Promise<number> {
    const share = Math.floor(entries / this.#sides.length);
    const seconds = await Promise.all(this.#sides.map((side) => side.seconds(share)));
    return (share * this.#sides.length) / Math.max(...seconds);
  }

  close(): void {
    for (const side of this.#sides) side.close();
  }
}

/**
 * Posters a second from files to genres, of decoding alone and of onnxruntime alone on decoded pixels, in turns. The last
 * is the faster of its two forms: one session with a thread for each core, batches of 16, and a session of one thread for
 * each core, batches of 2. Both decoding and the network want all cores, so together they allow
 * 1 / (1 / decoding + 1 / network).
 *
 * @param flags `--model` (by default the installed one), `--rounds` (5) and `--size`, such as 300x450, for one size
 * alone, beside which what was measured of the others before is kept
 */
export async function benchSizes(flags: readonly string[]): Promise<BenchResult> {
  const rounds = numberFlag(flags, 'rounds', 5);
  const model = modelFlag(flags);
  const only = textFlag(flags, 'size');
  const results: SizeResult[] = [];
  for (const { width, height, files: count } of sizes) {
    const size = `${width}x${height}`;
    if (only !== undefined && only !== size) {
      results.push(...measuredBefore(basename(model)).filter((each) => each.size === size));
      continue;
    }
    const files = await postersOfSize(width, height, count);
    const list = join(files.folder, 'entries.txt');
    const repeated = Array.from({ length: entries }, (_, at) => files.paths[at % count]!);
    await writeFile(list, repeated.join('\n'));
    const teams = {
      stream: await Team.start(1, { model, list, does: 'stream' }),
      decode: await Team.start(1, { model, list, does: 'decode' }),
      oneSession: await Team.start(1, { model, list, does: 'network', batch: 16 }),
      sessionsBeside: await Team.start(cores, { model, list, does: 'network', batch: 2 }),
    };
    const rates = {
      stream: [] as number[],
      decode: [] as number[],
      oneSession: [] as number[],
      sessionsBeside: [] as number[],
    };
    const names = Object.keys(teams) as (keyof typeof teams)[];
    for (let round = 0; round < rounds; round++)
      for (const name of names) rates[name].push(await teams[name].rate());
    for (const team of Object.values(teams)) team.close();
    await files.remove();
    const network = rates.oneSession.map((rate, round) => Math.max(rate, rates.sessionsBeside[round]!));
    const shares = rates.stream.map((rate, round) => rate * (1 / rates.decode[round]! + 1 / network[round]!));
    const medians = {
      stream: median(rates.stream),
      decode: median(rates.decode),
      network: median(network),
    };
    results.push({
      size,
      files: count,
      entries,
      meanBytes: files.meanBytes,
      share: summaryOf(shares),
      shares,
      medians,
      rates,
      measured: new Date().toISOString(),
    });
    process.stdout.write(
      `${process.uptime().toFixed(0)} s: ${size}: ${medians.stream.toFixed(1)} posters/s, decoding alone ${medians.decode.toFixed(1)}, onnxruntime alone ${medians.network.toFixed(1)} (one session ${median(rates.oneSession).toFixed(1)}, ${cores} beside each other ${median(rates.sessionsBeside).toFixed(1)}): ${median(shares).toFixed(3)} of what both allow together\n`,
    );
  }
  const worst = results.reduce((low, each) => (each.share.median < low.share.median ? each : low));
  return {
    part: 'predict-sizes',
    peer: `what decoding and onnxruntime alone allow together, at the worst of ${results.map(({ size }) => size).join(', ')} (${worst.size})`,
    ratios: worst.shares,
    details: { model: basename(model), allocator: bestKnownAllocator, sizes: results },
  };
}
