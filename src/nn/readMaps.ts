/** @module The last feature map, maxima of an earlier one -> logits, by pooling or by a recurrence over its rows. */
import { z } from 'zod';
import { operators as op, type Value } from '../graph/index.ts';
import { givenValues } from './initialize.ts';
import { biasedConvolution } from './invertedResidual.ts';
import { attention, bidirectional, dense, dropout, rowsOf, type Scope } from './layers.ts';

const count = z.number().int().min(1).max(4096);

/** How a pretrained trunk's last feature map is read. */
export const readingOptions = {
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
};
const readingSchema = z.object(readingOptions);
type ReadingOptions = z.infer<typeof readingSchema>;

function readFeatures(scope: Scope, features: Value, options: ReadingOptions): Value {
  const { recurrence: cell, projection, hidden } = options;
  if (cell === 'none') return op.reduceMean(features, [2, 3]);
  const projected =
    projection === null
      ? features
      : biasedConvolution(scope.child('projection'), features, { channels: projection, kernel: 1 });
  const sequence = bidirectional(scope.child(cell), rowsOf(projected), { cell, hidden });
  return attention(scope.child('attention'), sequence.outputs, options.attention);
}

/**
 * Reads the last feature map, [batch, channels, h, w], and the maxima over an earlier one.
 *
 * @param maximaOf the map whose maxima over all places join what is read; `null` for none
 * @returns logits [batch, genres]
 */
export function readMaps(
  scope: Scope,
  features: Value,
  maximaOf: Value | null,
  options: ReadingOptions,
  { genres, bias }: { readonly genres: number; readonly bias: readonly number[] },
): Value {
  const read = [readFeatures(scope, features, options)];
  if (maximaOf !== null) read.push(op.reduceMax(maximaOf, [2, 3]));
  const pooled = dropout(op.concat(read, 1), options.dropout);
  return dense(scope.child('dense'), pooled, genres, givenValues(bias));
}
