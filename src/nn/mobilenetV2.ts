/** @module Pixels -> logits by MobileNetV2, whose trunk can start from ImageNet, read by pooling or by a recurrence. */
import { z } from 'zod';
import type { Value } from '../graph/index.ts';
import { biasedConvolution, invertedResidual, relu6, scaled } from './invertedResidual.ts';
import type { Scope } from './layers.ts';
import { readingOptions, readMaps } from './readMaps.ts';

/** Bottleneck blocks of table 2 of the paper: expansion, channels at width 1, repetitions, first stride. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const blocks = stages
  .flatMap(([expansion, channels, count, first]) =>
    Array.from({ length: count }, (_, i) => ({ expansion, channels, stride: i === 0 ? first : 1 })),
  )
  .map((block, i) => ({ ...block, name: i === 0 ? 'expanded_conv' : `expanded_conv_${i}` }));

/** Feature maps that the network names, from the pixels to the last. */
const mapNames = ['Conv', ...blocks.map(({ name }) => name), 'Conv_1'] as [string, ...string[]];

export const mobilenetV2OptionsSchema = z.strictObject({
  network: z.literal('mobilenet-v2'),
  /** Multiplies the channels of every layer; 1.4 is the pretrained trunk's. */
  width: z.number().min(0.1).max(2).default(1.4),
  /** The block whose maxima over the whole map join the pooled last layer; null for none. */
  maximaOf: z.enum(mapNames).nullable().default('expanded_conv_16'),
  ...readingOptions,
});
export type MobilenetV2Options = z.infer<typeof mobilenetV2OptionsSchema>;

/**
 * MobileNetV2 (Sandler et al. 2018) on pixels in [-1, 1], [batch, 3, h, w], without its batch normalizations:
 * they are folded into the convolutions, as in the pretrained trunk. Parameters and feature maps bear the names
 * of TensorFlow Hub: `expanded_conv_7.expand.weight` belongs to the map `expanded_conv_7` of the graph.
 *
 * @returns the last feature map, [batch, channels, h / 32, w / 32], and logits [batch, genres]
 */
export function buildMobilenetV2(
  scope: Scope,
  pixels: Value,
  options: MobilenetV2Options,
  head: { readonly genres: number; readonly bias: readonly number[] },
): { features: Value; logits: Value } {
  const { width, maximaOf } = options;
  const first = { channels: scaled(32, width), kernel: 3, stride: 2 };
  let x = relu6(biasedConvolution(scope.child('Conv'), pixels, first), 'Conv');
  for (const { name, channels, ...block } of blocks)
    x = invertedResidual(scope.child(name), x, {
      ...block,
      name,
      channels: scaled(channels, width),
      kernel: 3,
    });
  const last = { channels: scaled(1280, Math.max(width, 1)), kernel: 1 };
  const features = relu6(biasedConvolution(scope.child('Conv_1'), x, last), 'Conv_1');
  const maxima = maximaOf === null ? null : pixels.graph.value(maximaOf);
  return { features, logits: readMaps(scope, features, maxima, options, head) };
}
