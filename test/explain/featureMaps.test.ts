import { expect, test } from 'vitest';
import { chooseFeatureMap, featureMapsOf } from '../../src/explain/index.ts';
import { Graph, operators as op } from '../../src/graph/index.ts';
import { decodeModel } from '../../src/model/index.ts';
import { buildNetwork, networkOptionsSchema } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { tinyModel } from '../model/fixture.ts';

test('the maps of the cnn-rnn lie between its pixels and its recurrence, the last being the deepest', () => {
  const { graph } = decodeModel(tinyModel(), 'tiny.onnx');
  const maps = featureMapsOf(graph);
  expect(maps.map(({ height, width }) => `${height}x${width}`)).toEqual([
    '12x8', // convolution of the folded pixels
    '6x4',
    '6x4',
    '6x4',
    '6x4',
    '6x4',
    '6x4',
  ]);
  expect(chooseFeatureMap(graph, undefined)).toEqual(maps.at(-1));
  expect(chooseFeatureMap(graph, undefined, 1)).toEqual(maps[0]);
  expect(chooseFeatureMap(graph, '6x4')).toEqual(maps.at(-1));
  expect(chooseFeatureMap(graph, maps[2]!.name)).toEqual(maps[2]);
});

test('a network without a convolution has no feature map', () => {
  const graph = new Graph();
  const image = graph.input('image', 'uint8', ['batch', 4, 4, 3]);
  const pixels = op.transpose(op.cast(image, 'float32'), [0, 3, 1, 2]);
  graph.output('logit', op.reduceMean(pixels, [2, 3]));
  expect(featureMapsOf(graph)).toEqual([]);
  expect(() => chooseFeatureMap(graph, undefined)).toThrow(/has no convolutional feature map/);
});

test('of MobileNetV2, whose block 16 is also read by its maxima, the map is that block, which all of the picture passes', () => {
  const options = networkOptionsSchema.parse({
    network: 'mobilenet-v2',
    width: 0.1,
    maximaOf: 'expanded_conv_16',
    recurrence: 'none',
  });
  const input = { height: 96, width: 64, genres: 3, bias: [0, 0, 0] };
  const { graph } = buildNetwork(options, input, Random.fromSeed(1));
  expect(featureMapsOf(graph).at(-1)!.name).toContain('Conv_1');
  expect(chooseFeatureMap(graph, undefined)).toMatchObject({ name: 'expanded_conv_16', height: 3, width: 2 });
  expect(chooseFeatureMap(graph, undefined, 1)).toMatchObject({ height: 6, width: 4 });
});
