import { float32, Graph, operators as op, type Value } from '../../src/graph/index.ts';
import { resizeRule } from '../../src/image/index.ts';
import { decodeModel, encodeModel, type Model } from '../../src/model/index.ts';
import { Random } from '../../src/random.ts';
import { tinyMetadata } from '../model/fixture.ts';

export const size = { height: 24, width: 16 };
const genres = ['Corner', 'Rest'];

/** Bias of the logits of {@link cornerModel}. */
export const bias = [-0.75, 0.25];

/** uint8 [24, 16, 3] of noise. */
export function noisyPixels(seed: number): Uint8Array {
  const random = Random.fromSeed(seed);
  return Uint8Array.from({ length: size.height * size.width * 3 }, () => random.integer(256));
}

/**
 * A network whose truth is known: brightness, averaged over 4 x 4 pixels, is a feature map of 6 x 4; the logit
 * of `Corner` is the sum of its upper left 2 x 2 places, that of `Rest` the sum of all others, plus a bias. So it
 * is linear after the map.
 */
export function cornerModel(read: (features: Value) => Value = (features) => features): Model {
  const graph = new Graph();
  const image = graph.input('image', 'uint8', ['batch', size.height, size.width, 3]);
  const pixels = op.multiply(op.transpose(op.cast(image, 'float32'), [0, 3, 1, 2]), 1 / 255);
  const kernel = graph.initializer('conv.weight', float32(new Float32Array(48).fill(1 / 48), [1, 3, 4, 4]));
  const features = op.relu(op.conv(pixels, kernel, undefined, { strides: [4, 4] })); // [batch, 1, 6, 4]
  const flat = op.reshape(read(features), [-1, 24]);
  const weights = new Float32Array(2 * 24);
  for (let at = 0; at < 24; at++) weights[Math.floor(at / 4) < 2 && at % 4 < 2 ? at : 24 + at] = 1;
  const dense = graph.initializer('dense.weight', float32(weights, [2, 24]));
  const offset = graph.initializer('dense.bias', float32(bias));
  graph.output('logit', op.gemm(flat, dense, offset, { transposeB: true }));
  const metadata = {
    ...tinyMetadata,
    name: 'corner',
    genres,
    prevalence: [0.5, 0.5],
    resize: resizeRule(size),
    calibration: { scale: [1, 1], bias: [0, 0] },
    policies: [],
  };
  return decodeModel(encodeModel(graph, metadata), 'corner.onnx');
}

/** Sums of a map within the upper left quarter-and-third that `Corner` reads, and elsewhere. */
export function sumsOf(values: Float32Array): { corner: number; rest: number } {
  let [corner, rest] = [0, 0];
  values.forEach((value, at) => {
    if (Math.floor(at / size.width) < 8 && at % size.width < 8) corner += value;
    else rest += value;
  });
  return { corner, rest };
}
