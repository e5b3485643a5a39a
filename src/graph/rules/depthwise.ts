/** @module The gradient of a depthwise convolution's output -> that of its weights, in the form that is fastest. */

import {
  concat,
  matMul,
  multiply,
  reduceSum,
  reshape,
  reshapeTo,
  rowsBetween,
  transpose,
} from '../operators.ts';
import { float32 } from '../tensor.ts';
import type { Value } from '../vocabulary.ts';
import { type Geometry, keepsSize, shift, tapsOf } from './window.ts';

// What decides is how often maps pass through memory. Milliseconds at batch 32 on two busy cores of an AMD EPYC, for a
// 3x3 kernel, of the forms below (taps, columns, rows) and of one grouped Conv with dY as its kernel:
//   144 x 60x40   stride 1   372   144   118   299        288 x 30x20   stride 1   160   140    92   172
//    48 x 120x80  stride 1   298   137   239   278        528 x 15x10   stride 1   134    96    32    60
//   144 x 120x80  stride 2   554     -   265   237       1344 x 8x5     stride 1   102    67    41    48
//   192 x 60x40   stride 2   256     -   100    92        816 x 15x10   stride 2   112     -    36    45

/** Each tap's elementwise product with dY, summed over batch and positions. */
function byTaps(gradient: Value, x: Value, w: Value, geometry: Geometry): Value {
  const sums = tapsOf(x, geometry).map((tap) =>
    reshape(reduceSum(multiply(tap, gradient), [0, 2, 3]), [-1, 1]),
  );
  return reshapeTo(concat(sums, 1), w.shape);
}

/** At stride 1 with same padding: row taps shift dY, column taps shift X, and one product joins them. */
function byColumns(gradient: Value, x: Value, w: Value, { kernel, pads, inputSize }: Geometry): Value {
  const [channels] = w.shape as [number];
  const [height, width] = kernel;
  const flatten = (value: Value): Value => reshape(value, [-1, 1, inputSize[0] * inputSize[1]]);
  const rows = concat(
    Array.from({ length: height }, (_, i) => flatten(shift(gradient, 2, i - pads[0]!))),
    1,
  );
  const columns = concat(
    Array.from({ length: width }, (_, j) => flatten(shift(x, 3, pads[1]! - j))),
    1,
  );
  const products = matMul(rows, transpose(columns, [0, 2, 1])); // [batch x channels, height, width]
  return reshapeTo(reduceSum(reshape(products, [-1, channels, height, width]), [0]), w.shape);
}

/** Output rows [first, last] that see the map, and not the padding, through row i of the kernel. */
function rowsSeen({ kernel, pads, strides, inputSize, outputSize }: Geometry): [number, number][] {
  const stride = strides[0]!;
  return Array.from({ length: kernel[0] }, (_, i) => [
    Math.max(0, Math.ceil((pads[0]! - i) / stride)),
    Math.min(outputSize[0] - 1, Math.floor((inputSize[0] - 1 + pads[0]! - i) / stride)),
  ]);
}

/**
 * For each row of the kernel, the product over rows of dY^T and X, [batch, channels, out width, in width]: all
 * pairs of columns, of which a product with a mask sums those that a tap joins. It computes more than is needed,
 * but nothing is copied except rows.
 */
function byRows(gradient: Value, x: Value, w: Value, geometry: Geometry): Value {
  const { kernel, pads, strides, inputSize, outputSize } = geometry;
  const [channels] = w.shape as [number];
  const [inWidth, outWidth] = [inputSize[1], outputSize[1]];
  const taps = new Float32Array(outWidth * inWidth * kernel[1]);
  for (let out = 0; out < outWidth; out++) {
    for (let j = 0; j < kernel[1]; j++) {
      const column = out * strides[1]! + j - pads[1]!;
      if (column >= 0 && column < inWidth) taps[(out * inWidth + column) * kernel[1] + j] = 1;
    }
  }
  const mask = x.graph.constant(float32(taps, [outWidth * inWidth, kernel[1]]));
  const sums = rowsSeen(geometry).map(([first, last], i) => {
    const dy = last - first + 1 === outputSize[0] ? gradient : rowsBetween(gradient, 2, first, last + 1);
    const from = first * strides[0]! + i - pads[0]!;
    const end = last * strides[0]! + i - pads[0]! + 1;
    const seen =
      end - from === inputSize[0] && strides[0] === 1 ? x : rowsBetween(x, 2, from, end, strides[0]);
    const pairs = matMul(transpose(dy, [0, 1, 3, 2]), seen);
    const joined = matMul(reshape(pairs, [-1, outWidth * inWidth]), mask); // [batch x channels, kernel width]
    return reduceSum(reshape(joined, [-1, channels, 1, kernel[1]]), [0]);
  });
  return reshapeTo(concat(sums, 1), w.shape);
}

/** dW of a depthwise convolution, w [channels, 1, kernel height, kernel width]. */
export function depthwiseWeightGradient(gradient: Value, x: Value, w: Value, geometry: Geometry): Value {
  const result = inFastestForm(gradient, x, w, geometry);
  const { kernel, strides, pads } = geometry;
  x.graph.note(result, { kind: 'depthwise', gradient, x, kernel, strides, pads });
  return result;
}

function inFastestForm(gradient: Value, x: Value, w: Value, geometry: Geometry): Value {
  const [inWidth, outWidth] = [geometry.inputSize[1], geometry.outputSize[1]];
  if (keepsSize(geometry) && inWidth > 40) return byColumns(gradient, x, w, geometry);
  const everyRowSees = rowsSeen(geometry).every(([first, last]) => first <= last);
  return everyRowSees && outWidth <= 80 ? byRows(gradient, x, w, geometry) : byTaps(gradient, x, w, geometry);
}
