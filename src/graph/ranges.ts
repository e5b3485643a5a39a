/** @module A network and batches of its input -> the ranges of its values. */
import { emitModel } from './emit.ts';
import { Graph } from './graph.ts';
import type { ValueRange } from './quantize.ts';
import { Session, type SessionOptions } from './runtime.ts';
import type { Tensor } from './tensor.ts';

/** The same graph, which also gives the named values. */
function withOutputs(source: Graph, names: readonly string[]): Graph {
  const graph = new Graph(source.values.keys());
  for (const { name, dtype, shape } of source.inputs) graph.input(name, dtype, shape);
  for (const [name, tensor] of source.initializers) graph.initializer(name, tensor);
  for (const node of source.nodes) graph.addNode(node);
  for (const name of names) graph.output(name, graph.value(name));
  return graph;
}

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
  const session = await Session.create(emitModel(withOutputs(source, names)), options);
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
