/** @module Pixels -> logits by the trunk of any ONNX network and a head of its own. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { type Graph, layersOf, operators as op, type Value } from '../graph/index.ts';
import { givenValues } from './initialize.ts';
import { attention, bidirectional, dense, dropout, normalizedPixels, rowsOf, type Scope } from './layers.ts';
import type { Trunk } from './trunk.ts';

const count = z.number().int().min(1).max(4096);
const threeChannels = z.tuple([z.number(), z.number(), z.number()]);

export const onnxNetworkOptionsSchema = z.strictObject({
  network: z.literal('onnx'),
  /** The network's file, its path absolute or from the working directory. */
  file: z.string().min(1),
  /** Where the file was fetched from, with its revision, for the provenance. */
  source: z.string().optional(),
  /** The tensor at which the network is cut; null for what its last dense layer reads, else its output. */
  features: z.string().min(1).nullable().default(null),
  /** Subtracted from red, green and blue in [0, 255]; ImageNet's means. A network that takes uint8 gets the pixels as they are. */
  mean: threeChannels.default([123.675, 116.28, 103.53]),
  /** What they are then divided by; ImageNet's deviations. */
  deviation: z
    .tuple([z.number().positive(), z.number().positive(), z.number().positive()])
    .default([58.395, 57.12, 57.375]),
  /** What reads the rows of a feature map or the tokens of a sequence; `none` takes their mean. */
  recurrence: z.enum(['gru', 'lstm', 'none']).default('none'),
  /** Units of the recurrence in each direction. */
  hidden: count.default(128),
  /** Width of the attention's keys. */
  attention: count.default(128),
  /** Share of the features dropped before the dense layer. */
  dropout: z.number().min(0).max(0.9).default(0.3),
});
export type OnnxNetworkOptions = z.infer<typeof onnxNetworkOptionsSchema>;

/**
 * The trunk's initializers under the names that runs know them by: `trunk<layer>.<name in the file>` for what a layer
 * owns, `constant_trunk.<name in the file>` for all else.
 */
function addInitializers(graph: Graph, source: Graph): Map<string, string> {
  const digits = String(layersOf(source)).length;
  const names = new Map<string, string>();
  for (const [name, tensor] of source.initializers) {
    const role = source.roles.get(name)!;
    const own =
      role.kind === 'constant' ? undefined : { ...role, layer: `trunk${role.layer.padStart(digits, '0')}` };
    const prefix = own?.layer ?? 'constant_trunk';
    names.set(name, graph.initializer(`${prefix}.${name}`, tensor, own ?? role).name);
  }
  return names;
}

/** Adds the trunk's nodes to the head's graph; returns the features. */
function addTrunk(graph: Graph, { graph: source, picture, features }: Trunk, pixels: Value): Value {
  const names = addInitializers(graph, source);
  names.set(picture.name, pixels.name);
  const renamed = (name: string): string => (name === '' ? '' : (names.get(name) ?? `trunk.${name}`));
  for (const node of source.nodes)
    graph.addNode({
      ...node,
      name: `trunk.${node.name}`,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    });
  return graph.value(renamed(features.name));
}

/** What the network takes, from the picture as uint8 [batch, height, width, 3]. */
function pixelsFor(image: Value, { picture }: Trunk, { mean, deviation }: OnnxNetworkOptions): Value {
  if (picture.dtype === 'uint8') return picture.layout === 'NHWC' ? image : op.transpose(image, [0, 3, 1, 2]);
  const pixels = normalizedPixels(image, { mean, deviation });
  return picture.layout === 'NCHW' ? pixels : op.transpose(pixels, [0, 2, 3, 1]);
}

/** Features of any of their shapes as [batch, channels]. */
function readFeatures(scope: Scope, features: Value, options: OnnxNetworkOptions): Value {
  const { recurrence: cell, hidden } = options;
  const { shape } = features;
  const flat = shape.length === 2 || (shape.length === 4 && shape.slice(2).every((dim) => dim === 1));
  if (flat) {
    if (cell !== 'none')
      throw onesheetError(
        'TRUNK_UNSUITABLE',
        options.file,
        `its tensor ${options.features ?? 'of features'} has no rows to read`,
      );
    return shape.length === 2 ? features : op.reshape(features, [-1, shape[1] as number]);
  }
  if (cell === 'none') return op.reduceMean(features, shape.length === 4 ? [2, 3] : [1]);
  const sequence = shape.length === 4 ? rowsOf(features) : features;
  const { outputs } = bidirectional(scope.child(cell), sequence, { cell, hidden });
  return attention(scope.child('attention'), outputs, options.attention);
}

/** image, uint8 [batch, height, width, 3] -> the trunk's features and logits [batch, genres]. */
export function buildOnnxNetwork(
  scope: Scope,
  image: Value,
  options: OnnxNetworkOptions,
  trunk: Trunk,
  { genres, bias }: { readonly genres: number; readonly bias: readonly number[] },
): { features: Value; logits: Value } {
  const features = addTrunk(scope.graph, trunk, pixelsFor(image, trunk, options));
  const pooled = dropout(readFeatures(scope, features, options), options.dropout);
  return { features, logits: dense(scope.child('dense'), pooled, genres, givenValues(bias)) };
}
