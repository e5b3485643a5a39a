/** @module The options of a network, a size and genres -> its graph from uint8 pixels to logits. */
import { z } from 'zod';
import { Graph, type Tensor, type Value } from '../graph/index.ts';
import type { Random } from '../random.ts';
import { buildCnnRnn, cnnRnnOptionsSchema } from './cnnRnn.ts';
import { normalizedPixels, Scope } from './layers.ts';

export const networkOptionsSchema = z.discriminatedUnion('network', [cnnRnnOptionsSchema]);
export type NetworkOptions = z.infer<typeof networkOptionsSchema>;

export interface Network {
  /** Input `image`: uint8 [batch, height, width, 3], sRGB; output `logit`: float32 [batch, genres]. */
  readonly graph: Graph;
  readonly logits: Value;
  /** The last feature map, [batch, channels, h, w]. */
  readonly features: Value;
}

export interface NetworkInput {
  readonly height: number;
  readonly width: number;
  readonly genres: number;
  /** Initial biases of the logits, [genres]: the log-odds of each genre's frequency. */
  readonly bias: readonly number[];
}

/** Means and deviations of ImageNet's photographs on the scale of 0 to 255, the field's usual constants. */
const pixelStatistics = { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] };

/** Builds a network with fresh weights from the seeded generator. */
export function buildNetwork(options: NetworkOptions, input: NetworkInput, random: Random): Network {
  const graph = new Graph();
  const image = graph.input('image', 'uint8', ['batch', input.height, input.width, 3]);
  const pixels = normalizedPixels(image, pixelStatistics);
  const scope = new Scope(graph, random);
  const { features, logits } = buildCnnRnn(scope, pixels, options, input);
  graph.output('logit', logits);
  return { graph, features, logits: graph.outputs.get('logit')! };
}

/** Inputs of operators that hold learned weights, by operator. */
const weightInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  Add: [0, 1],
  BatchNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GRU: [1, 2, 3],
  LSTM: [1, 2, 3],
};

/** Inputs of operators that hold statistics gathered while training. */
const statisticInputs: Readonly<Record<string, readonly number[]>> = { BatchNormalization: [3, 4] };

function initializersAt(graph: Graph, inputs: Readonly<Record<string, readonly number[]>>): string[] {
  const names = new Set<string>();
  for (const node of graph.nodes) {
    for (const index of inputs[node.op] ?? []) {
      const name = node.inputs[index] ?? '';
      const tensor = graph.initializers.get(name);
      if (tensor?.dtype === 'float32' && !name.startsWith('constant_') && tensor.data.length > 1)
        names.add(name);
    }
  }
  return [...names];
}

/** Names of the weights that training may change, in the order of the network. */
export function parametersOf(graph: Graph): string[] {
  return initializersAt(graph, weightInputs);
}

/** Names of the running means and variances, which follow the batches instead of the gradient. */
export function statisticsOf(graph: Graph): string[] {
  return initializersAt(graph, statisticInputs);
}

/** The same network with other weights; names that `weights` lacks keep theirs. */
export function withWeights(graph: Graph, weights: ReadonlyMap<string, Float32Array>): Graph {
  const copy = new Graph();
  for (const input of graph.inputs) copy.input(input.name, input.dtype, input.shape);
  for (const [name, tensor] of graph.initializers) {
    const data = weights.get(name);
    copy.initializer(name, data ? ({ ...tensor, data } satisfies Tensor) : tensor);
  }
  for (const node of graph.nodes) copy.addNode(node);
  for (const [name, value] of graph.outputs) copy.output(name, copy.value(value.name));
  return copy;
}
