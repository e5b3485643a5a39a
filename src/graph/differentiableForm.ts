/** @module A network for inference -> the same network in a form that trains or differentiates. */
import type { Graph } from './graph.ts';
import { multiply, subtract } from './operators.ts';
import { unrollRecurrence } from './recurrent.ts';
import { type Rewriting, rewrite } from './rewrite.ts';
import type { Shape } from './tensor.ts';
import { float, type Node, type Value } from './vocabulary.ts';

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

export interface DifferentiableOptions {
  /** Normalize by the batch and drop units, as training does; else compute what inference computes. */
  readonly training: boolean;
  /** Batch normalizations, by the name of their scale, that keep their running statistics although training. */
  readonly frozen?: (scale: string) => boolean;
}

/**
 * Copies the graph, keeping all names, and replaces what has no direct gradient: MaxPool also gives its indices,
 * GRU and LSTM are unrolled, and, in training, BatchNormalization uses the batch's statistics and Dropout
 * multiplies by a mask that comes in as an input.
 */
export function differentiableForm(source: Graph, options: DifferentiableOptions): DifferentiableGraph {
  const statistics: BatchStatistics[] = [];
  const masks: DropoutMask[] = [];
  const graph = rewrite(source, {
    node: (node, into) => {
      const form = forms[node.op];
      if (form === undefined) into.keepNode(node);
      else form(node, into, options, { statistics, masks });
    },
  });
  return { graph, statistics, masks };
}

type Form = (
  node: Node,
  into: Rewriting,
  options: DifferentiableOptions,
  found: { readonly statistics: BatchStatistics[]; readonly masks: DropoutMask[] },
) => void;

const unrolled: Form = (node, into) => {
  const values = node.inputs.map((name) => (name === '' ? undefined : into.read(name)));
  const results = unrollRecurrence(node, values);
  node.outputs.forEach((output, i) => {
    if (results[i]) into.replace(output, results[i]);
  });
};

const withIndices: Form = (node, into) => {
  const [name] = node.outputs as [string];
  into.keepNode(node.outputs.length > 1 ? node : { ...node, outputs: [name, `${name}:indices`] });
};

const byBatch: Form = (node, into, { training, frozen }, { statistics }) => {
  if (!training || frozen?.(node.inputs[1]!)) {
    into.keepNode(node);
    return;
  }
  const [name] = node.outputs as [string];
  const [x, scale, offset] = node.inputs.slice(0, 3).map((input) => into.read(input)) as [
    Value,
    Value,
    Value,
  ];
  const trainingMode = { training_mode: { type: 'int', value: 1 }, momentum: float(0) } as const;
  // onnxruntime writes the batch's statistics over the running ones that it is given, and keeps equal constants once:
  // normalizations that start alike would overwrite each other's. So each gets zeros of its own.
  const zeros = [multiply(scale, 0), subtract(scale, scale)];
  const [, mean, variance] = into.graph.addNode({
    ...node,
    inputs: [x, scale, offset, ...zeros].map((value) => value.name),
    outputs: [name, `${name}:mean`, `${name}:variance`],
    attributes: { ...node.attributes, ...trainingMode },
  }) as [Value, Value, Value];
  const [runningMean, runningVariance] = node.inputs.slice(3) as [string, string];
  statistics.push({ runningMean, runningVariance, mean, variance });
};

const masked: Form = (node, into, { training }, { masks }) => {
  const x = into.read(node.inputs[0]!);
  const [output] = node.outputs as [string];
  const ratio = into.source.initializers.get(node.inputs[1] ?? '');
  const rate = (ratio?.data[0] as number | undefined) ?? 0.5;
  if (!training || rate === 0) {
    into.replace(output, x);
    return;
  }
  const mask = into.graph.input(`${output}:mask`, 'float32', x.shape);
  masks.push({ input: mask.name, shape: x.shape, rate });
  into.replace(output, multiply(x, mask));
};

const forms: Readonly<Record<string, Form | undefined>> = {
  GRU: unrolled,
  LSTM: unrolled,
  MaxPool: withIndices,
  BatchNormalization: byBatch,
  Dropout: masked,
};
