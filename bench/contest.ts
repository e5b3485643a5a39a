/** @module Our program and a peer's settings -> both in turns: ratios to the fastest setting of each round, and the rates. */
import { bestKnownAllocator, installedAllocator } from './allocators.ts';
import { numberFlag } from './flags.ts';
import { type BenchResult, median, summaryOf } from './result.ts';
import type { Side } from './side.ts';
import { describe, fastest, type Search, type Settings, tuned, warmUp } from './tuning.ts';

export interface Contest {
  readonly part: string;
  /** What is counted: images, posters. */
  readonly unit: string;
  /** Starts our side. */
  readonly ours: (allocator: string) => Promise<Side>;
  readonly search: Search;
  /** PyTorch as it is installed, without tuning. */
  readonly installed: Settings;
  /** Sides that are measured beside, by name. */
  readonly beside?: Readonly<Record<string, () => Promise<Side>>>;
  /** Units of work of one measurement. */
  readonly units: number;
  /** How many of what is counted are in a unit of work: the posters of a batch. */
  readonly perUnit: number;
  readonly rounds: number;
}

/** How many settings are fast enough to stay: the fastest ones of the trials, near the first. */
const finalists = { count: 2, share: 0.95 } as const;

/** A rate and a peak of memory. */
interface Measured {
  readonly name: string;
  readonly rates: number[];
  peakMegabytes?: number;
}

/**
 * The ratio is ours, with the allocator that is best known, to the peer's fastest setting of the round. Both as they
 * are installed stand beside it.
 *
 * @param flags `--rounds`; `--within`, seconds from the start of the process after which no round begins that would not
 * end in them; `--again` to try out the peer's settings again
 */
export async function contest(plan: Contest, flags: readonly string[]): Promise<BenchResult> {
  const trials = await tuned(plan.search, flags.includes('--again'));
  const first = fastest(trials);
  if (first.length === 0) throw new Error(`PyTorch ran with no setting: ${trials[0]?.failure}`);
  const chosen = first
    .slice(0, finalists.count)
    .filter(({ rate }) => rate >= finalists.share * first[0]!.rate);

  const sides: { measured: Measured; side: Side }[] = [];
  const enter = async (name: string, side: Side): Promise<Measured> => {
    const measured = { name, rates: [] };
    sides.push({ measured, side });
    await warmUp(side, Math.min(plan.units, plan.search.units));
    side.forgetPeak();
    process.stdout.write(`${process.uptime().toFixed(0)} s: warm is ${name}\n`);
    return measured;
  };
  const ours = await enter('onesheet', await plan.ours(bestKnownAllocator));
  const oursInstalled = await enter('onesheet as installed', await plan.ours(installedAllocator));
  const peers: Measured[] = [];
  for (const { settings } of chosen)
    peers.push(await enter(describe(settings), await plan.search.start(settings)));
  const installed = await enter('PyTorch as installed', await plan.search.start(plan.installed));
  for (const [name, start] of Object.entries(plan.beside ?? {})) await enter(name, await start());
  const version = String(sides.at(2)!.side.facts.version);
  const weights = sides.map(({ side }) => side.facts.parameters);
  if (new Set(weights.filter((count) => count !== undefined)).size > 1)
    throw new Error(`The sides have different numbers of weights: ${weights.join(', ')}.`);

  const rounds = numberFlag(flags, 'rounds', plan.rounds);
  const within = numberFlag(flags, 'within', Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    const begin = process.uptime();
    for (const { measured, side } of sides)
      measured.rates.push((plan.units * plan.perUnit) / (await side.seconds(plan.units)));
    const line = sides
      .map(({ measured: { name, rates } }) => `${name} ${rates.at(-1)!.toFixed(1)}`)
      .join('; ');
    process.stdout.write(`round ${round + 1}, ${plan.unit} a second: ${line}\n`);
    if (2 * process.uptime() - begin > within) break;
  }
  for (const { measured, side } of sides) {
    measured.peakMegabytes = side.peakMegabytes();
    side.close();
  }

  const winners = ours.rates.map((_, round) =>
    peers.reduce((best, peer) => (peer.rates[round]! > best.rates[round]! ? peer : best)),
  );
  const ratios = ours.rates.map((rate, round) => rate / winners[round]!.rates[round]!);
  const wins = peers.map(({ name }) => winners.filter((winner) => winner.name === name).length);
  const winner = peers[wins.indexOf(Math.max(...wins))]!;
  const memory = ours.peakMegabytes === undefined ? undefined : ours.peakMegabytes / winner.peakMegabytes!;
  return {
    part: plan.part,
    peer: `PyTorch ${version} (${winner.name})`,
    ratios,
    details: {
      unit: plan.unit,
      weights: weights[0],
      versions: {
        pytorch: version,
        python: sides.at(2)!.side.facts.python,
        onnxruntime: sides[0]!.side.facts.onnxruntime,
      },
      allocator: bestKnownAllocator,
      fastestOfRound: winners.map(({ name }) => name),
      asInstalled: summaryOf(oursInstalled.rates.map((rate, round) => rate / installed.rates[round]!)),
      oursAsInstalledToTheBest: summaryOf(
        oursInstalled.rates.map((rate, round) => rate / winners[round]!.rates[round]!),
      ),
      rates: Object.fromEntries(sides.map(({ measured }) => [measured.name, measured.rates])),
      medianRates: {
        ours: median(ours.rates),
        oursAsInstalled: median(oursInstalled.rates),
        peer: median(winner.rates),
        peerAsInstalled: median(installed.rates),
      },
      peakMegabytes: Object.fromEntries(sides.map(({ measured }) => [measured.name, measured.peakMegabytes])),
      ...(memory !== undefined && {
        memory: { ours: ours.peakMegabytes, peer: winner.peakMegabytes, shareOfPeer: memory },
      }),
      trials,
    },
  };
}
