import { expect, test } from 'vitest';
import { operationsNeeded, peakOfArithmetic } from '../../bench/arithmetic.ts';
import { float32, Graph, type Value } from '../../src/graph/index.ts';

const parameter = { kind: 'parameter', layer: 'layer', origin: 'fresh' } as const;

/** A 3x3 convolution from 2 to 4 channels that halves 8x8, then a product of its 64 values with 64 x 5 weights. */
function network(): Graph {
  const graph = new Graph();
  const image = graph.input('image', 'float32', ['batch', 2, 8, 8]);
  const zeros = (...shape: number[]) =>
    float32(new Float32Array(shape.reduce((product, dim) => product * dim, 1)), shape);
  const kernel = graph.initializer('kernel', zeros(4, 2, 3, 3), parameter);
  const options = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  const map = graph.add('Conv', [image, kernel], options)[0] as Value;
  const flat = graph.add('Flatten', [map], { axis: 1 })[0] as Value;
  const weights = graph.initializer('weights', zeros(64, 5), parameter);
  graph.output('logit', graph.add('MatMul', [flat, weights])[0] as Value);
  return graph;
}

const convolution = 2 * (4 * 4 * 4) * (2 * 3 * 3);
const product = 2 * 64 * 5;

test('a prediction needs two operations for each product of a value and a weight', () => {
  expect(operationsNeeded(network(), 3, false)).toBe(3 * (convolution + product));
});

test('a training step needs them for both gradients too, but none for the gradient of the pixels', () => {
  expect(operationsNeeded(network(), 3, true)).toBe(3 * (2 * convolution + 3 * product));
});

test('the peak of arithmetic is above what plain loops reach', async () => {
  expect(await peakOfArithmetic(1)).toBeGreaterThan(1e9);
});
