/** @module Pixels -> logits by the mission's network: convolutions read space, a recurrence reads the rows. */
import { z } from 'zod';
import { operators as op, type Value } from '../graph/index.ts';
import { givenValues } from './initialize.ts';
import {
  attention,
  bidirectional,
  convolution,
  dense,
  dropout,
  globalPooling,
  normalization,
  rowsOf,
  type Scope,
} from './layers.ts';

const count = z.number().int().min(1).max(4096);

export const cnnRnnOptionsSchema = z.strictObject({
  network: z.literal('cnn-rnn'),
  /** Convolution stages, from the pixels to the feature map. */
  stages: z
    .array(
      z.strictObject({
        channels: count,
        /** Whether the stage halves height and width. */
        halve: z.boolean().default(true),
        /** Residual convolutions that follow. */
        blocks: z.number().int().min(0).max(8).default(0),
      }),
    )
    .min(1)
    .max(8)
    .default([
      { channels: 32, halve: true, blocks: 0 },
      { channels: 64, halve: true, blocks: 0 },
      { channels: 128, halve: true, blocks: 1 },
      { channels: 256, halve: false, blocks: 1 },
    ]),
  /** Pixels of the input are first folded into channels in squares of this side, which costs little. */
  fold: z.number().int().min(1).max(8).default(2),
  /** What reads the rows of the feature map; `none` pools the whole map instead, for the ablation. */
  recurrence: z.enum(['gru', 'lstm', 'none']).default('gru'),
  /** Units of the recurrence in each direction. */
  hidden: count.default(128),
  /** How the sequence becomes one vector. */
  pooling: z.enum(['attention', 'last']).default('attention'),
  /** Width of the attention's keys. */
  attention: count.default(128),
  /** Share of the features dropped before the dense layer. */
  dropout: z.number().min(0).max(0.9).default(0.3),
});
export type CnnRnnOptions = z.infer<typeof cnnRnnOptionsSchema>;

type StageOptions = CnnRnnOptions['stages'][number];

/**
 * A stage: convolution, maximum over 2 x 2, normalization, ReLU. Pooling comes before the normalization, so
 * that the passes over the large map are few.
 */
function stage(scope: Scope, x: Value, { channels, halve, blocks }: StageOptions): Value {
  const convolved = convolution(scope.child('conv'), x, { channels, kernel: 3 });
  const reduced = halve ? op.maxPool(convolved, { kernel: [2, 2] }) : convolved;
  let y = op.relu(normalization(scope.child('norm'), reduced));
  for (let i = 1; i <= blocks; i++) {
    const block = scope.child(`block${i}`);
    const branch = normalization(
      block.child('norm'),
      convolution(block.child('conv'), y, { channels, kernel: 3 }),
    );
    y = op.add(y, op.relu(branch));
  }
  return y;
}

/** pixels [batch, 3, h, w] -> the last feature map [batch, channels, rows, columns] and logits [batch, genres]. */
export function buildCnnRnn(
  scope: Scope,
  pixels: Value,
  options: CnnRnnOptions,
  { genres, bias }: { readonly genres: number; readonly bias: readonly number[] },
): { features: Value; logits: Value } {
  const { stages, fold } = options;
  let x = fold === 1 ? pixels : pixels.graph.add('SpaceToDepth', [pixels], { blocksize: fold })[0]!;
  stages.forEach((each, i) => {
    x = stage(scope.child(`stage${i + 1}`), x, each);
  });
  const pooled = dropout(readFeatures(scope, x, options), options.dropout);
  return { features: x, logits: dense(scope.child('dense'), pooled, genres, givenValues(bias)) };
}

function readFeatures(scope: Scope, features: Value, options: CnnRnnOptions): Value {
  if (options.recurrence === 'none') return globalPooling(features);
  const { recurrence: cell, hidden } = options;
  const sequence = bidirectional(scope.child(cell), rowsOf(features), { cell, hidden });
  if (options.pooling === 'last') return sequence.last;
  return attention(scope.child('attention'), sequence.outputs, options.attention);
}
