/** @module A network and batches of its input -> the ranges of its values. */
import { emitModel } from './emit.ts';
import type { Graph } from './graph.ts';
import type { ValueRange } from './quantize.ts';
import { rewrite } from './rewrite.ts';
import { Session, type SessionOptions } from './runtime.ts';
import type { Tensor } from './tensor.ts';

/**
 * Runs the network on batches and notes the smallest and the largest number of each named float32 value. (Ranges
 * that cut off the ends for the least squared error were tried for MobileNetV2: its logits came no closer.)
 */
export async function observeRanges(
  source: Graph,
  names: readonly string[],
  batches: Iterable<Readonly<Record<string, Tensor>>>,
  options: SessionOptions = {},
): Promise<ReadonlyMap<string, ValueRange>> {
  const graph = rewrite(source, { output: () => {} });
  for (const name of names) graph.output(name, graph.value(name));
  const session = await Session.create(emitModel(graph), options);
  const ranges = new Map<string, ValueRange>();
  try {
    for (const batch of batches) {
      const values = await session.run(batch, names);
      for (const name of names) {
        const { minimum, maximum } = ranges.get(name) ?? { minimum: 0, maximum: 0 };
        ranges.set(name, extended(values[name]!.data as Float32Array, minimum, maximum));
      }
    }
  } finally {
    await session.release();
  }
  return ranges;
}

function extended(values: Float32Array, minimum: number, maximum: number): ValueRange {
  let [low, high] = [minimum, maximum];
  for (const value of values) {
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  return { minimum: low, maximum: high };
}
