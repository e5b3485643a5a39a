import { expect, test } from 'vitest';
import { buildNetwork, type NetworkOptions, networkOptionsSchema } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { layersIn } from '../../src/report/architecture.ts';
import { drawNetwork } from '../../src/report/networkDrawing.ts';
import { tongueOf } from '../../src/report/words/tongue.ts';

const size = { height: 64, width: 48 };

function graphOf(options: object) {
  const network = networkOptionsSchema.parse(options) as NetworkOptions;
  return buildNetwork(network, { ...size, genres: 5, bias: [0, 0, 0, 0, 0] }, Random.fromSeed(1)).graph;
}

function parametersOf(graph: ReturnType<typeof graphOf>): number {
  return graph.parameters.reduce((sum, name) => sum + graph.initializers.get(name)!.data.length, 0);
}

const cnnRnn = graphOf({
  network: 'cnn-rnn',
  stages: [{ channels: 8 }, { channels: 16, halve: false, blocks: 1 }],
  hidden: 6,
  attention: 4,
});

test('a small network is shown kernel by kernel, with what comes out and what it weighs', () => {
  const layers = layersIn(cnnRnn, 20);
  expect(layers.map(({ name, output }) => [name, output])).toEqual([
    ['', [32, 24, 12]],
    ['stage1.conv', [16, 12, 8]],
    ['stage2.conv', [16, 12, 16]],
    ['stage2.block1.conv', [16, 12, 16]],
    ['', [16, 32]],
    ['gru', [16, 12]],
    ['attention', [12]],
    ['dense', [5]],
  ]);
  // 3 x 3 x 12 x 8 and the two vectors of the normalization.
  expect(layers[1]!.parameters).toBe(864 + 16);
  expect(layers[1]!.operations.map(({ does }) => does)).toEqual([
    'convolution',
    'maximumPool',
    'normalization',
    'activation',
  ]);
  // 12 x 5 and 5.
  expect(layers.at(-1)!.parameters).toBe(65);
});

test('every parameter is counted once, however many lines there are', () => {
  const mobilenet = graphOf({ network: 'mobilenet-v2', width: 0.35 });
  for (const graph of [cnnRnn, mobilenet])
    for (const most of [100, 28, 14, 8]) {
      const layers = layersIn(graph, most);
      expect(layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(parametersOf(graph));
      expect(layers.at(-1)!.output).toEqual([5]);
    }
});

test('a deep network is shown block by block, then by the size of its maps', () => {
  const mobilenet = graphOf({ network: 'mobilenet-v2', width: 0.35 });
  expect(layersIn(mobilenet, 1000).length).toBeGreaterThan(50);
  const blocks = layersIn(mobilenet, 28);
  expect(blocks.length).toBeLessThanOrEqual(28);
  expect(blocks.map(({ name }) => name)).toContain('expanded_conv_7');
  const stages = layersIn(mobilenet, 14);
  expect(stages.length).toBeLessThanOrEqual(14);
  expect(stages.filter(({ output }) => output.length === 3).map(({ output }) => output[0])).toEqual([
    32, 16, 8, 4, 2,
  ]);
});

test('the drawing names each layer with its shape and parameters, in the language, and cuts no word', () => {
  const layers = layersIn(cnnRnn, 20);
  const drawn = drawNetwork(layers, size, tongueOf('en'));
  expect(drawn.svg).toContain('>16 × 12 × 8<');
  expect(drawn.svg).toContain('>880<');
  expect(drawn.svg).toContain('bidirectional GRU');
  expect(drawn.svg).not.toContain('…');
  expect(drawNetwork(layers, size, tongueOf('de')).svg).toContain('GRU in beide Richtungen');
});

test('names of weights from a file are escaped in the drawing', () => {
  const evil = [{ name: '<b>&', operations: [], output: [4], parameters: 1, times: 1 }];
  expect(drawNetwork(evil, size, tongueOf('en')).svg).not.toContain('<b>');
});
