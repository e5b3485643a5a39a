/** @module The options of a network, a size and genres -> its graph from uint8 pixels to logits. */
import { z } from 'zod';
import { Graph, type Tensor, type Value } from '../graph/index.ts';
import type { Random } from '../random.ts';
import { buildCnnRnn, cnnRnnOptionsSchema } from './cnnRnn.ts';
import { type Normalization, normalizedPixels, Scope } from './layers.ts';
import { buildMobilenetV2, mobilenetV2OptionsSchema } from './mobilenetV2.ts';

export const networkOptionsSchema = z.discriminatedUnion('network', [
  cnnRnnOptionsSchema,
  mobilenetV2OptionsSchema,
]);
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

/** What each network subtracts from pixels in [0, 255] and divides them by. */
const pixelStatistics: Readonly<Record<NetworkOptions['network'], Normalization>> = {
  // Means and deviations of ImageNet's photographs, the field's usual constants.
  'cnn-rnn': { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] },
  // To [-1, 1], as the pretrained trunk was trained.
  'mobilenet-v2': { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] },
};

/** Builds a network with fresh weights from the seeded generator. */
export function buildNetwork(options: NetworkOptions, input: NetworkInput, random: Random): Network {
  const graph = new Graph();
  const image = graph.input('image', 'uint8', ['batch', input.height, input.width, 3]);
  const pixels = normalizedPixels(image, pixelStatistics[options.network]);
  const scope = new Scope(graph, random);
  const { features, logits } =
    options.network === 'cnn-rnn'
      ? buildCnnRnn(scope, pixels, options, input)
      : buildMobilenetV2(scope, pixels, options, input);
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
