/** @module Pixels -> logits by MobileNetV2, whose trunk can start from ImageNet, read by pooling or by a recurrence. */
import { z } from 'zod';
import { operators as op, type Value } from '../graph/index.ts';
import { constantValue, givenValues, heNormal } from './initialize.ts';
import { attention, bidirectional, dense, dropout, rowsOf, type Scope } from './layers.ts';

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

interface Block {
  /** TensorFlow Hub's name: `expanded_conv`, `expanded_conv_1` ... `expanded_conv_16`. */
  readonly name: string;
  readonly expansion: number;
  readonly channels: number;
  readonly stride: number;
}

const blocks: readonly Block[] = stages
  .flatMap(([expansion, channels, count, first]) =>
    Array.from({ length: count }, (_, i) => ({ expansion, channels, stride: i === 0 ? first : 1 })),
  )
  .map((block, i) => ({ ...block, name: i === 0 ? 'expanded_conv' : `expanded_conv_${i}` }));

/** Feature maps that the network names, from the pixels to the last. */
const mapNames = ['Conv', ...blocks.map(({ name }) => name), 'Conv_1'] as [string, ...string[]];

const count = z.number().int().min(1).max(4096);

export const mobilenetV2OptionsSchema = z.strictObject({
  network: z.literal('mobilenet-v2'),
  /** Multiplies the channels of every layer; 1.4 is the pretrained trunk's. */
  width: z.number().min(0.1).max(2).default(1.4),
  /** The block whose maxima over the whole map join the pooled last layer; null for none. */
  maximaOf: z.enum(mapNames).nullable().default('expanded_conv_16'),
  /** What reads the rows of the last feature map; `none` pools the whole map instead. */
  recurrence: z.enum(['gru', 'lstm', 'none']).default('none'),
  /** Channels to which a 1x1 convolution reduces the last feature map before its rows are read; null for none. */
  projection: count.nullable().default(null),
  /** Units of the recurrence in each direction. */
  hidden: count.default(128),
  /** Width of the attention's keys. */
  attention: count.default(128),
  /** Share of the features dropped before the dense layer. */
  dropout: z.number().min(0).max(0.9).default(0.3),
});
export type MobilenetV2Options = z.infer<typeof mobilenetV2OptionsSchema>;

/** Channels of a layer at this width: the nearest multiple of 8 that loses at most a tenth. */
function scaled(channels: number, width: number): number {
  const exact = channels * width;
  const rounded = Math.max(8, Math.floor((exact + 4) / 8) * 8);
  return rounded < 0.9 * exact ? rounded + 8 : rounded;
}

/** TensorFlow's SAME padding [top, left, bottom, right]: the odd zero goes below and to the right. */
function samePadding(size: readonly number[], kernel: number, stride: number): number[] {
  const totals = size.map((n) => Math.max((Math.ceil(n / stride) - 1) * stride + kernel - n, 0));
  return [...totals.map((n) => Math.floor(n / 2)), ...totals.map((n) => Math.ceil(n / 2))];
}

interface LayerOptions {
  readonly channels: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly depthwise?: boolean;
  /** Name of the convolution's output. */
  readonly output?: string;
}

/** A convolution with bias, into which the pretrained trunk's batch normalization is folded. */
function biasedConvolution(scope: Scope, x: Value, options: LayerOptions): Value {
  const { channels, kernel, stride = 1, depthwise = false, output } = options;
  const perGroup = depthwise ? 1 : (x.shape[1] as number);
  const weight = scope.parameter('weight', [channels, perGroup, kernel, kernel], heNormal);
  const bias = scope.parameter('bias', [channels], constantValue(0));
  const attributes = {
    strides: [stride, stride],
    pads: samePadding(x.shape.slice(2) as number[], kernel, stride),
    group: depthwise ? channels : 1,
  };
  return x.graph.add('Conv', [x, weight, bias], attributes, { name: output })[0]!;
}

function relu6(x: Value, name?: string): Value {
  return x.graph.add('Clip', [x, x.graph.scalar(0), x.graph.scalar(6)], {}, { name })[0]!;
}

/** An inverted residual with a linear bottleneck (section 3.3): expand, filter each channel, project. */
function invertedResidual(scope: Scope, x: Value, block: Block, width: number): Value {
  const { name, expansion, stride } = block;
  const before = x.shape[1] as number;
  const channels = scaled(block.channels, width);
  const hidden = before * expansion;
  const expanded =
    expansion === 1 ? x : relu6(biasedConvolution(scope.child('expand'), x, { channels: hidden, kernel: 1 }));
  const filtered = relu6(
    biasedConvolution(scope.child('depthwise'), expanded, {
      channels: hidden,
      kernel: 3,
      stride,
      depthwise: true,
    }),
  );
  const residual = stride === 1 && before === channels;
  const projected = biasedConvolution(scope.child('project'), filtered, {
    channels,
    kernel: 1,
    output: residual ? undefined : name,
  });
  return residual ? x.graph.add('Add', [x, projected], {}, { name })[0]! : projected;
}

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
  { genres, bias }: { readonly genres: number; readonly bias: readonly number[] },
): { features: Value; logits: Value } {
  const { width } = options;
  const first = { channels: scaled(32, width), kernel: 3, stride: 2 };
  let x = relu6(biasedConvolution(scope.child('Conv'), pixels, first), 'Conv');
  for (const block of blocks) x = invertedResidual(scope.child(block.name), x, block, width);
  const last = { channels: scaled(1280, Math.max(width, 1)), kernel: 1 };
  const features = relu6(biasedConvolution(scope.child('Conv_1'), x, last), 'Conv_1');
  const read = [readFeatures(scope, features, options)];
  if (options.maximaOf !== null) read.push(op.reduceMax(pixels.graph.value(options.maximaOf), [2, 3]));
  const pooled = dropout(op.concat(read, 1), options.dropout);
  return { features, logits: dense(scope.child('dense'), pooled, genres, givenValues(bias)) };
}

function readFeatures(scope: Scope, features: Value, options: MobilenetV2Options): Value {
  const { recurrence: cell, projection, hidden } = options;
  if (cell === 'none') return op.reduceMean(features, [2, 3]);
  const projected =
    projection === null
      ? features
      : biasedConvolution(scope.child('projection'), features, { channels: projection, kernel: 1 });
  const sequence = bidirectional(scope.child(cell), rowsOf(projected), { cell, hidden });
  return attention(scope.child('attention'), sequence.outputs, options.attention);
}
