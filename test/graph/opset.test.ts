import { describe, expect, test } from 'vitest';
import { emitModel, float32, readModel, Session, type Tensor } from '../../src/graph/index.ts';
import { Random } from '../../src/random.ts';
import { encode, type FileModel, f, floats, input, integers, node } from './file.ts';

const random = Random.fromSeed(3);

function noise(shape: readonly number[]): Tensor {
  const length = shape.reduce((product, dim) => product * dim, 1);
  return float32(
    Float32Array.from({ length }, () => random.normal()),
    shape,
  );
}

async function run(bytes: Uint8Array, x: Tensor): Promise<Record<string, Tensor>> {
  const session = await Session.create(bytes, { threads: 1 });
  try {
    return await session.run({ x });
  } finally {
    await session.release();
  }
}

type Attributes = Readonly<Record<string, unknown>>;

/** One node on x, [batch, 4, 3, 2] unless another shape is given. */
function one(
  title: string,
  opset: number,
  op: string,
  attributes: Attributes,
  options: {
    readonly shape?: readonly (number | string)[];
    readonly more?: readonly string[];
    readonly outputs?: readonly string[];
    readonly initializers?: FileModel['initializers'];
    readonly read?: readonly string[];
  } = {},
): [string, FileModel, readonly (number | string)[]] {
  const {
    shape = ['batch', 4, 3, 2],
    more = [],
    outputs = ['y'],
    initializers = [],
    read = outputs,
  } = options;
  const model: FileModel = {
    opset,
    nodes: [node(op, ['x', ...more], outputs, attributes)],
    inputs: [input('x', shape)],
    outputs: read.map((name) => ({ name })),
    initializers,
    irVersion: 7,
  };
  return [`${op} of operator set ${opset} ${title}`, model, shape];
}

const perChannel = ['scale', 'offset', 'mean', 'variance'];
const channelWeights = perChannel.map((name, i) => floats(name, [4], [1 + i, 2, 0.5, 3 - 0.5 * i]));

const models: readonly ReturnType<typeof one>[] = [
  one('exactly', 20, 'Gelu', {}),
  one('by the hyperbolic tangent', 20, 'Gelu', { approximate: 'tanh' }),
  one('with axes as an attribute', 11, 'ReduceMean', { axes: [2, 3], keepdims: 0 }),
  one('with negative axes as an attribute', 13, 'ReduceMax', { axes: [-1] }),
  one('over everything', 17, 'ReduceMin', { keepdims: 0 }),
  one('with axes as an attribute', 13, 'ReduceSumSquare', { axes: [1] }),
  one('with axes as an attribute', 11, 'ReduceSum', { axes: [0, 1] }),
  one('with axes as an attribute', 11, 'Squeeze', { axes: [1, 3] }, { shape: ['batch', 1, 3, 1] }),
  one('without axes', 11, 'Squeeze', {}, { shape: ['batch', 1, 3, 1] }),
  one('with axes as an attribute', 9, 'Unsqueeze', { axes: [0, 5] }),
  one('with sizes as an attribute', 11, 'Split', { axis: 1, split: [1, 3] }, { outputs: ['y', 'z'] }),
  one('into equal parts', 11, 'Split', { axis: 1 }, { outputs: ['y', 'z'] }),
  one('into equal parts', 13, 'Split', { axis: -2 }, { outputs: ['a', 'b', 'c'], read: ['b'] }),
  one('into parts by their number', 18, 'Split', { axis: 2, num_outputs: 2 }, { outputs: ['y', 'z'] }),
  one('with bounds as attributes', 7, 'Clip', { min: f(-0.5), max: f(0.25) }),
  one('with one bound as an attribute', 10, 'Clip', { max: f(0.25) }),
  one('with pads as an attribute', 9, 'Pad', { pads: [0, 0, 1, 2, 0, 1, 0, 0], value: f(1.5) }),
  one('that reflects', 10, 'Pad', { pads: [0, 0, 1, 0, 0, 0, 1, 1], mode: 'reflect' }),
  one('with bounds as attributes', 9, 'Slice', { starts: [1, -2], ends: [3, 2 ** 31], axes: [1, 2] }),
  one('of leading axes', 7, 'Slice', { starts: [0, 1], ends: [2 ** 31, 3] }),
  one(
    'with a rate as an attribute and a mask',
    10,
    'Dropout',
    { ratio: f(0.3) },
    { outputs: ['y', 'mask'], read: ['y'] },
  ),
  one('over all that follows an axis', 11, 'Softmax', { axis: 1 }),
  one('with its old default axis', 9, 'Softmax', {}, { shape: ['batch', 4, 3] }),
  one('over the last axis', 11, 'Softmax', { axis: -1 }),
  one('over an axis before ones', 11, 'Softmax', { axis: 1 }, { shape: ['batch', 4, 1, 1] }),
  one('over all that follows an axis', 12, 'LogSoftmax', { axis: 2 }),
  one('over a middle axis', 13, 'Softmax', { axis: 1 }),
  one(
    'with spatial',
    8,
    'BatchNormalization',
    { spatial: 1, epsilon: f(0.01) },
    { more: perChannel, initializers: channelWeights },
  ),
  one('of its own time', 9, 'BatchNormalization', {}, { more: perChannel, initializers: channelWeights }),
  one(
    'with indices that nothing reads',
    8,
    'MaxPool',
    { kernel_shape: [2, 2], storage_order: 1 },
    { outputs: ['y', 'indices'], read: ['y'] },
  ),
  one('with trivial dilations', 19, 'AveragePool', { kernel_shape: [2, 2], dilations: [1, 1] }),
  one('with saturation', 19, 'Cast', { to: 6, saturate: 1 }),
  one(
    'that means zero by 0',
    14,
    'Reshape',
    { allowzero: 1 },
    { more: ['shape'], initializers: [integers('shape', [-1, 12])] },
  ),
  one(
    'that copies dimensions',
    8,
    'Reshape',
    {},
    { more: ['shape'], initializers: [integers('shape', [0, -1])] },
  ),
  one('of a newer set', 22, 'HardSwish', {}),
];

describe('a model of another operator set computes the same after it was read', () => {
  test.each(models)('%s', async (_, model, shape) => {
    const x = noise(shape.map((dim) => (typeof dim === 'string' ? 2 : dim)));
    const bytes = encode(model);
    const { graph, opset } = readModel(bytes);
    expect(opset).toBe(model.opset);
    const [expected, actual] = [await run(bytes, x), await run(emitModel(graph), x)];
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, tensor] of Object.entries(expected)) {
      expect(actual[name]!.shape).toEqual(tensor.shape);
      const difference = Array.from(tensor.data as ArrayLike<number | bigint>, (value, i) =>
        Math.abs(Number(value) - Number(actual[name]!.data[i])),
      );
      expect(Math.max(...difference)).toBeLessThan(1e-6);
    }
  });

  test('with constants as nodes, in all their forms', async () => {
    const tensor = { type: 4, t: { dims: [2], dataType: 1, floatData: [3, 4] } };
    const model: FileModel = {
      opset: 12,
      nodes: [
        node('Constant', [], ['a'], { value: tensor }),
        node('Constant', [], ['b'], { value_float: f(0.5) }),
        node('Constant', [], ['c'], { value_floats: { type: 6, floats: [1, -1] } }),
        node('Constant', [], ['axes'], { value_ints: [0, -1] }),
        node('Constant', [], ['one'], { value_int: 1 }),
        node('Add', ['x', 'a'], ['xa']),
        node('Mul', ['xa', 'b'], ['xab']),
        node('Sub', ['xab', 'c'], ['xabc']),
        node('Reshape', ['xabc', 'axes'], ['shaped']),
        node('Gather', ['shaped', 'one'], ['y'], { axis: 1 }),
      ],
      inputs: [input('x', ['batch', 2])],
      outputs: [{ name: 'y' }],
      irVersion: 7,
    };
    const bytes = encode(model);
    const { graph } = readModel(bytes);
    expect(graph.nodes.map((each) => each.op)).toEqual(['Add', 'Mul', 'Sub', 'Reshape', 'Gather']);
    const x = noise([3, 2]);
    expect(await run(emitModel(graph), x)).toEqual(await run(bytes, x));
  });

  test('with initializers listed as inputs, and nodes without names', async () => {
    const model: FileModel = {
      opset: 7,
      irVersion: 3,
      nodes: [node('Add', ['x', 'w'], ['sum']), node('Relu', ['sum'], ['y'])],
      inputs: [input('x', ['batch', 2]), input('w', [2])],
      outputs: [input('y', ['batch', 2])],
      initializers: [floats('w', [2], [0.5, -0.5])],
    };
    const { graph } = readModel(encode(model));
    expect(graph.inputs.map((value) => value.name)).toEqual(['x']);
    expect(graph.nodes.map((each) => each.name)).toEqual(['sum', 'y']);
    const x = noise([3, 2]);
    expect(await run(emitModel(graph), x)).toEqual(await run(encode(model), x));
  });
});

describe('forms that the written operator set lacks are refused by name', () => {
  test.each([
    one(
      'without spatial',
      7,
      'BatchNormalization',
      { spatial: 0 },
      { more: perChannel, initializers: channelWeights },
    ),
    one(
      'in training',
      9,
      'BatchNormalization',
      {},
      { more: perChannel, initializers: channelWeights, outputs: ['y', 'm', 'v'] },
    ),
    one(
      'with indices by columns',
      12,
      'MaxPool',
      { kernel_shape: [2, 2], storage_order: 1 },
      { outputs: ['y', 'i'] },
    ),
    one('with dilation', 19, 'AveragePool', { kernel_shape: [2, 2], dilations: [2, 2] }),
    one(
      'that wraps around',
      19,
      'Pad',
      { mode: 'wrap' },
      { more: ['pads'], initializers: [integers('pads', [0, 0, 1, 0, 0, 0, 0, 0])] },
    ),
  ])('%s', (_, model) => {
    expect(() => readModel(encode(model))).toThrow(/\(node y\) is not supported by the operator set/);
  });
});
