/** @module Posters of three sizes -> how near prediction comes to what decoding and the network allow together. */
import { bestKnownAllocator } from './allocators.ts';
import { numberFlag } from './flags.ts';
import { preparePrediction, startOurs } from './predict.ts';
import { type BenchResult, median, summaryOf } from './result.ts';
import { warmUp } from './tuning.ts';

const sizes = [
  { width: 300, height: 450, posters: 192 },
  { width: 1000, height: 1500, posters: 96 },
  { width: 2000, height: 3000, posters: 48 },
] as const;

/**
 * Posters a second from files to genres, of decoding alone and of onnxruntime alone on decoded pixels, in turns. Both
 * want all cores, so together they allow 1 / (1 / decoding + 1 / network).
 *
 * @param flags `--model` (by default the installed one) and `--rounds` (5)
 */
export async function benchSizes(flags: readonly string[]): Promise<BenchResult> {
  const rounds = numberFlag(flags, 'rounds', 5);
  const results = [];
  for (const { width, height, posters } of sizes) {
    const setting = await preparePrediction(flags, posters, { width, height });
    const sides = {
      stream: await startOurs(setting, 'stream', bestKnownAllocator),
      decode: await startOurs(setting, 'decode', bestKnownAllocator),
      network: await startOurs(setting, 'network', bestKnownAllocator),
    };
    const rates = { stream: [] as number[], decode: [] as number[], network: [] as number[] };
    for (const side of Object.values(sides)) await warmUp(side, posters);
    for (let round = 0; round < rounds; round++) {
      for (const name of ['stream', 'decode', 'network'] as const)
        rates[name].push(posters / (await sides[name].seconds(posters)));
    }
    for (const side of Object.values(sides)) side.close();
    await setting.close();
    const shares = rates.stream.map(
      (rate, round) => rate * (1 / rates.decode[round]! + 1 / rates.network[round]!),
    );
    const medians = {
      stream: median(rates.stream),
      decode: median(rates.decode),
      network: median(rates.network),
    };
    const size = `${width}x${height}`;
    results.push({
      size,
      posters,
      meanBytes: setting.files.meanBytes,
      share: summaryOf(shares),
      shares,
      medians,
      rates,
    });
    process.stdout.write(
      `${size}: ${medians.stream.toFixed(1)} posters/s, decoding alone ${medians.decode.toFixed(1)}, onnxruntime alone ${medians.network.toFixed(1)}: ${median(shares).toFixed(2)} of what both allow together\n`,
    );
  }
  const worst = results.reduce((low, each) => (each.share.median < low.share.median ? each : low));
  return {
    part: 'predict-sizes',
    peer: `what decoding and onnxruntime alone allow together, at the worst of three sizes (${worst.size})`,
    ratios: worst.shares,
    details: { allocator: bestKnownAllocator, sizes: results },
  };
}
