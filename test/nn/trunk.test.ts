import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildNetwork, onnxNetworkOptionsSchema, readTrunk, type Trunk } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { encode, type FileModel, floats, input, integers, node } from '../graph/file.ts';
import { familyFile, familyTrunk } from './family.ts';

const size = { height: 4, width: 4 };

function trunkOf(model: Partial<FileModel>, features?: string): Promise<Trunk> {
  const whole = { inputs: [input('pixels', ['n', 3, 4, 4])], nodes: [], outputs: [], ...model };
  return readTrunk(encode(whole), { source: 'some.onnx', ...size, features });
}

const weights = floats('w', [2, 3, 1, 1], [1, 2, 3, 4, 5, 6]);
const convolution = node('Conv', ['pixels', 'w'], ['map']);

test.each([
  ['resnet.plain', [32]],
  ['mobilenet_v3.plain', [24]],
  ['vit.folded', [8]],
])('%s is cut before its last dense layer', async (name, rest) => {
  const { features } = await familyTrunk(name, { height: 32, width: 32 });
  expect(features.shape).toEqual(['batch', ...rest]);
});

test('a network that takes any size is read at the one asked for', async () => {
  const { graph } = await familyTrunk('efficientnet.plain', { height: 48, width: 32 });
  expect(graph.inputs[0]!.shape).toEqual(['batch', 3, 48, 32]);
});

test('a network without a dense layer is cut at its output, or where one asks', async () => {
  const model = {
    initializers: [weights],
    nodes: [convolution, node('Relu', ['map'], ['end'])],
    outputs: [{ name: 'end' }],
  };
  expect((await trunkOf(model)).features.name).toBe('end');
  const { features, graph } = await trunkOf(model, 'map');
  expect(features.shape).toEqual(['batch', 2, 4, 4]);
  expect(graph.nodes.map((each) => each.op)).toEqual(['Conv']);
  await expect(trunkOf(model, 'nowhere')).rejects.toThrow(
    'Training cannot start from some.onnx: it has no tensor nowhere; by default it is cut at end.',
  );
});

test('a network with rows and columns before channels gets them so', async () => {
  const bytes = encode({
    inputs: [input('pixels', [1, 4, 4, 3])],
    initializers: [weights],
    nodes: [
      node('Transpose', ['pixels'], ['turned'], { perm: [0, 3, 1, 2] }),
      node('Conv', ['turned', 'w'], ['map']),
    ],
    outputs: [{ name: 'map' }],
  });
  const trunk = await readTrunk(bytes, { source: 'some.onnx', ...size });
  expect(trunk.picture).toMatchObject({ layout: 'NHWC', batch: 1, height: 4, width: 4 });
  const options = onnxNetworkOptionsSchema.parse({
    network: 'onnx',
    file: 'some.onnx',
    recurrence: 'gru',
    hidden: 3,
  });
  const { logits } = buildNetwork(options, { ...size, genres: 2, bias: [0, 0] }, Random.fromSeed(1), trunk);
  expect(logits.shape).toEqual(['batch', 2]);
});

test('an operator that is not supported is named with its node', async () => {
  const model = { nodes: [node('NonZero', ['pixels'], ['y'])], outputs: [{ name: 'y' }] };
  await expect(trunkOf(model)).rejects.toThrow('NonZero (node y) is not supported by the operator set.');
});

test('a network that reads only the first picture of a batch is found out', async () => {
  const model = {
    inputs: [input('pixels', [1, 3, 4, 4])],
    initializers: [weights, integers('zero', [0])],
    nodes: [
      convolution,
      node('Gather', ['map', 'zero'], ['first'], { axis: 0 }),
      node('Add', ['map', 'first'], ['y']),
    ],
    outputs: [{ name: 'y' }],
  };
  await expect(trunkOf(model)).rejects.toThrow(
    'Training cannot start from some.onnx: it was exported for batches of 1 and mixes pictures in larger ones: export it with a dynamic batch.',
  );
});

test.each<[string, Partial<FileModel>, RegExp]>([
  [
    'no picture',
    { inputs: [input('x', ['n', 5])], nodes: [node('Relu', ['x'], ['y'])], outputs: [{ name: 'y' }] },
    /expected one input \[batch, 3, height, width\] or \[batch, height, width, 3\], not x float32\[\?,5\]/,
  ],
  [
    'pictures in half precision',
    {
      inputs: [input('pixels', ['n', 3, 4, 4], 10)],
      nodes: [node('Relu', ['pixels'], ['y'])],
      outputs: [{ name: 'y' }],
    },
    /its input pixels is float16: export it in float32/,
  ],
  [
    'another input',
    {
      inputs: [input('pixels', ['n', 3, 4, 4]), input('noise', ['n', 1, 1, 1])],
      nodes: [node('Add', ['pixels', 'noise'], ['y'])],
      outputs: [{ name: 'y' }],
    },
    /its tensor y needs the input noise too/,
  ],
  [
    'an answer without the picture',
    { initializers: [weights], nodes: [node('Relu', ['w'], ['y'])], outputs: [{ name: 'y' }] },
    /its tensor y does not depend on the picture/,
  ],
  [
    'a tensor of a billion elements',
    {
      initializers: [integers('huge', [1, 3, 1, 1, 2 ** 30]), integers('axis', [4])],
      nodes: [
        node('Unsqueeze', ['pixels', 'axis'], ['wide']),
        node('Expand', ['wide', 'huge'], ['wider']),
        node('ReduceMax', ['wider', 'axis'], ['y'], { keepdims: 0 }),
      ],
      outputs: [{ name: 'y' }],
    },
    /its tensor wider has the shape .* which is too large/,
  ],
])('%s is refused in one sentence', async (_, model, message) => {
  await expect(trunkOf(model)).rejects.toThrow(message);
});

test('a file that is cut short is refused', async () => {
  const bytes = readFileSync(familyFile('resnet.plain'));
  await expect(readTrunk(bytes.subarray(0, 20_000), { source: 'cut.onnx', ...size })).rejects.toThrow(
    /cut\.onnx/,
  );
});
