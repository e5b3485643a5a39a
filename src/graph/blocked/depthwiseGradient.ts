/** @module A depthwise convolution's input and the gradient of its output, blocked -> the gradient of its weights. */
import { columnSums, reshape, slice } from '../operators.ts';
import type { Value, WeightGradient } from '../vocabulary.ts';
import type { Layouts } from './layouts.ts';

/**
 * Each poster's channel is a channel of its own, over which its gradient slides as the kernel: where it stands at a tap,
 * the product sums up what that tap saw. In blocked order neither has to be moved for that, since a depthwise
 * convolution's weights lie as maps do. A stride of the convolution spreads the gradient, as dilation does.
 *
 * @param batch posters in the batch
 */
export function depthwiseGradient(
  { gradient, x, kernel, strides, pads }: WeightGradient,
  batch: number,
  layouts: Layouts,
): Value {
  const channels = x.shape[1] as number;
  const [input, weights] = [layouts.blocked(x.name), layouts.blocked(gradient.name)];
  const [, whole, ...inputSize] = input.shape as [unknown, number, number, number];
  const outputSize = weights.shape.slice(2) as [number, number];
  const all = batch * whole;
  // What a kernel as large as the gradient reaches beyond the map, with every tap.
  const beyond = kernel.map(
    (taps, i) => (outputSize[i]! - 1) * strides[i]! + taps - pads[i]! - inputSize[i]!,
  );
  const places = kernel.map((taps, i) => taps - Math.min(beyond[i]!, 0)) as [number, number];
  const products = layouts.add(
    'Conv',
    [reshape(input, [1, all, ...inputSize]), reshape(weights, [all, 1, ...outputSize])],
    {
      kernel_shape: outputSize,
      dilations: strides,
      strides: [1, 1],
      pads: [...pads.slice(0, 2), ...beyond.map((n) => Math.max(n, 0))],
      group: all,
    },
    [1, all, ...places],
  );
  const { block } = layouts;
  const rows = reshape(products, [batch, (whole / block) * places[0] * places[1] * block]);
  const sums = reshape(columnSums(rows), [whole / block, block, places[0] * places[1], 1]);
  const ordered = reshape(layouts.blockFirst(sums), [whole, 1, ...places]);
  const sizes = [channels, 1, ...kernel];
  return sizes.reduce<Value>(
    (value, size, axis) => (value.shape[axis] === size ? value : slice(value, axis, 0, size)),
    ordered,
  );
}
