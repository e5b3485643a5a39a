/** @module Pixels -> logits by EfficientNet-Lite, whose trunk can start from ImageNet, read by pooling or by a recurrence. */
import { z } from 'zod';
import type { Value } from '../graph/index.ts';
import { type Block, biasedConvolution, invertedResidual, relu6, scaled } from './invertedResidual.ts';
import type { Scope } from './layers.ts';
import { readingOptions, readMaps } from './readMaps.ts';

/** Stages of EfficientNet-B0: expansion, channels, repetitions, first stride, size of the filters. */
const stages = [
  [1, 16, 1, 1, 3],
  [6, 24, 2, 2, 3],
  [6, 40, 2, 2, 5],
  [6, 80, 3, 2, 3],
  [6, 112, 3, 1, 5],
  [6, 192, 4, 2, 5],
  [6, 320, 1, 1, 3],
] as const;

/** What multiplies channels and repetitions in each variant, as published with its weights. */
const variants = [
  { width: 1, depth: 1 },
  { width: 1, depth: 1.1 },
  { width: 1.1, depth: 1.2 },
  { width: 1.2, depth: 1.4 },
  { width: 1.4, depth: 1.8 },
] as const;

/** Blocks of a variant; the Lite networks repeat the first and the last stage as B0 does. */
function blocksOf(variant: number): Block[] {
  const { width, depth } = variants[variant]!;
  return stages
    .flatMap(([expansion, channels, count, first, kernel], at) => {
      const repetitions = at === 0 || at === stages.length - 1 ? count : Math.ceil(count * depth);
      return Array.from({ length: repetitions }, (_, i) => ({
        expansion,
        channels: scaled(channels, width),
        kernel,
        stride: i === 0 ? first : 1,
      }));
    })
    .map((block, i) => ({ ...block, name: `block_${i}` }));
}

export const efficientnetLiteOptionsSchema = z.strictObject({
  network: z.literal('efficientnet-lite'),
  /** 0 to 4, from the smallest to the largest. */
  variant: z
    .number()
    .int()
    .min(0)
    .max(variants.length - 1)
    .default(1),
  /** Whether the maxima of the last block over the whole map join the pooled last layer. */
  maxima: z.boolean().default(true),
  ...readingOptions,
});
export type EfficientnetLiteOptions = z.infer<typeof efficientnetLiteOptionsSchema>;

/**
 * EfficientNet-Lite (Google 2020: EfficientNet, Tan & Le 2019, without squeeze and excitation and with ReLU6) on
 * pixels less 127, divided by 128, [batch, 3, h, w], without its batch normalizations: they are folded into the
 * convolutions, as in the pretrained trunk. Maps are `stem`, `block_0` ... and `head`, parameters of a map begin with
 * its name: `block_7.expand.weight`.
 *
 * @returns the last feature map, [batch, 1280, h / 32, w / 32], and logits [batch, genres]
 */
export function buildEfficientnetLite(
  scope: Scope,
  pixels: Value,
  options: EfficientnetLiteOptions,
  head: { readonly genres: number; readonly bias: readonly number[] },
): { features: Value; logits: Value } {
  const first = { channels: 32, kernel: 3, stride: 2 };
  let x = relu6(biasedConvolution(scope.child('stem'), pixels, first), 'stem');
  for (const block of blocksOf(options.variant)) x = invertedResidual(scope.child(block.name), x, block);
  const last = x;
  const features = relu6(biasedConvolution(scope.child('head'), last, { channels: 1280, kernel: 1 }), 'head');
  return { features, logits: readMaps(scope, features, options.maxima ? last : null, options, head) };
}
