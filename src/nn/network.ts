/** @module The options of a network, a size and genres -> its graph from uint8 pixels to logits. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { Graph, type Value } from '../graph/index.ts';
import type { Random } from '../random.ts';
import { buildCnnRnn, cnnRnnOptionsSchema } from './cnnRnn.ts';
import { buildEfficientnetLite, efficientnetLiteOptionsSchema } from './efficientnetLite.ts';
import { type Normalization, normalizedPixels, Scope } from './layers.ts';
import { buildMobilenetV2, mobilenetV2OptionsSchema } from './mobilenetV2.ts';
import { buildOnnxNetwork, onnxNetworkOptionsSchema } from './onnxNetwork.ts';
import type { Trunk } from './trunk.ts';

export const networkOptionsSchema = z.discriminatedUnion('network', [
  cnnRnnOptionsSchema,
  mobilenetV2OptionsSchema,
  efficientnetLiteOptionsSchema,
  onnxNetworkOptionsSchema,
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

/** What each network of onesheet's own subtracts from pixels in [0, 255] and divides them by. */
const pixelStatistics: Readonly<Record<Exclude<NetworkOptions['network'], 'onnx'>, Normalization>> = {
  // Means and deviations of ImageNet's photographs, the field's usual constants.
  'cnn-rnn': { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] },
  // To [-1, 1], as the pretrained trunk was trained.
  'mobilenet-v2': { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] },
  'efficientnet-lite': { mean: [127, 127, 127], deviation: [128, 128, 128] },
};

/**
 * Builds a network with fresh weights from the seeded generator; those of an `onnx` network's trunk are the file's.
 *
 * @param trunk for an `onnx` network, what `readTrunk` made of its file
 */
export function buildNetwork(
  options: NetworkOptions,
  input: NetworkInput,
  random: Random,
  trunk?: Trunk,
): Network {
  const graph = new Graph();
  const image = graph.input('image', 'uint8', ['batch', input.height, input.width, 3]);
  const { features, logits } = buildLayers(new Scope(graph, random), image, options, input, trunk);
  graph.output('logit', logits);
  return { graph, features, logits: graph.outputs.get('logit')! };
}

function buildLayers(
  scope: Scope,
  image: Value,
  options: NetworkOptions,
  input: NetworkInput,
  trunk: Trunk | undefined,
): { features: Value; logits: Value } {
  if (options.network === 'onnx') {
    if (trunk === undefined)
      throw onesheetError('FILE_MISSING', options.file, 'the network to start from (.onnx)');
    return buildOnnxNetwork(scope, image, options, trunk, input);
  }
  const pixels = normalizedPixels(image, pixelStatistics[options.network]);
  switch (options.network) {
    case 'cnn-rnn':
      return buildCnnRnn(scope, pixels, options, input);
    case 'mobilenet-v2':
      return buildMobilenetV2(scope, pixels, options, input);
    case 'efficientnet-lite':
      return buildEfficientnetLite(scope, pixels, options, input);
  }
}
