/** @module A network for inference -> the same network in a form that trains or differentiates. */
import { float, Graph, type Node, type Value } from './graph.ts';
import { multiply } from './operators.ts';
import { unrollRecurrence } from './recurrent.ts';
import type { Shape } from './tensor.ts';

/** A BatchNormalization layer in training form. */
export interface BatchStatistics {
  /** Initializers that hold the running mean and variance. */
  readonly runningMean: string;
  readonly runningVariance: string;
  /** Values of the new graph with the mean and the (population) variance of the batch. */
  readonly mean: Value;
  readonly variance: Value;
}

/** Noise that a training step takes as an input: 0, or 1 / (1 - rate) with probability 1 - rate. */
export interface DropoutMask {
  readonly input: string;
  readonly shape: Shape;
  readonly rate: number;
}

export interface DifferentiableGraph {
  readonly graph: Graph;
  readonly statistics: readonly BatchStatistics[];
  readonly masks: readonly DropoutMask[];
}

export interface RewriteOptions {
  /** Normalize by the batch and drop units, as training does; else compute what inference computes. */
  readonly training: boolean;
  /** Batch normalizations, by the name of their scale, that keep their running statistics although training. */
  readonly frozen?: (scale: string) => boolean;
}

function setAlias(
  graph: Graph,
  aliases: Map<string, string>,
  outputs: readonly string[],
  values: readonly Value[],
): void {
  outputs.forEach((output, i) => {
    const value = values[i];
    if (output !== '' && value) aliases.set(output, graph.value(value.name).name);
  });
}

/**
 * Copies the graph, keeping all names, and replaces what has no direct gradient: MaxPool also gives its indices,
 * GRU and LSTM are unrolled, and, in training, BatchNormalization uses the batch's statistics and Dropout
 * multiplies by a mask that comes in as an input.
 */
export function differentiableForm(source: Graph, options: RewriteOptions): DifferentiableGraph {
  const graph = new Graph(source.values.keys());
  const aliases = new Map<string, string>();
  const statistics: BatchStatistics[] = [];
  const masks: DropoutMask[] = [];
  const resolve = (name: string): string => aliases.get(name) ?? name;
  const inputOf = (node: Node, index: number): Value => graph.value(resolve(node.inputs[index]!));

  for (const input of source.inputs) graph.input(input.name, input.dtype, input.shape);
  for (const [name, tensor] of source.initializers) graph.initializer(name, tensor);

  for (const node of source.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? '' : resolve(name)));
    const trainsBatch =
      node.op === 'BatchNormalization' && options.training && !options.frozen?.(node.inputs[1]!);
    if (node.op === 'GRU' || node.op === 'LSTM') {
      const values = inputs.map((name) => (name === '' ? undefined : graph.value(name)));
      const results = unrollRecurrence(node, values);
      setAlias(graph, aliases, node.outputs, results);
    } else if (node.op === 'MaxPool' && node.outputs.length === 1) {
      const name = node.outputs[0]!;
      graph.addNode({ ...node, inputs, outputs: [name, `${name}:indices`] });
    } else if (trainsBatch) {
      const name = node.outputs[0]!;
      const attributes = {
        ...node.attributes,
        training_mode: { type: 'int', value: 1 } as const,
        momentum: float(0),
      };
      const outputs = [name, `${name}:mean`, `${name}:variance`];
      const [, mean, variance] = graph.addNode({ ...node, inputs, outputs, attributes }) as [
        Value,
        Value,
        Value,
      ];
      statistics.push({ runningMean: inputs[3]!, runningVariance: inputs[4]!, mean, variance });
    } else if (node.op === 'Dropout') {
      const x = inputOf(node, 0);
      const rate = (source.initializers.get(node.inputs[1] ?? '')?.data[0] as number | undefined) ?? 0.5;
      if (options.training && rate > 0) {
        const mask = graph.input(`${node.outputs[0]}:mask`, 'float32', x.shape);
        masks.push({ input: mask.name, shape: x.shape, rate });
        setAlias(graph, aliases, node.outputs, [multiply(x, mask)]);
      } else setAlias(graph, aliases, node.outputs, [x]);
    } else graph.addNode({ ...node, inputs });
  }
  for (const [name, value] of source.outputs) graph.output(name, graph.value(resolve(value.name)));
  return { graph, statistics, masks };
}
