import { describe, expect, test } from 'vitest';
import {
  differentiate,
  emitModel,
  float32,
  Graph,
  operators as op,
  readModel,
  type Tensor,
} from '../../src/graph/index.ts';
import { buildSource } from './case.ts';
import { differentiableCases, valueCases } from './cases/index.ts';
import { encode, failureOfModel, input, node, plain } from './file.ts';

describe('a model that was emitted', () => {
  const cases = [...differentiableCases, ...valueCases].filter((each) => each.op !== 'Constant');

  test('is read and emitted again to the same bytes, with every operator', () => {
    for (const each of cases) {
      const bytes = emitModel(buildSource(each));
      expect(Buffer.compare(emitModel(readModel(bytes).graph), bytes), `${each.op} ${each.title}`).toBe(0);
    }
  });

  test('keeps its metadata, symbols, weights and operator set', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 2]);
    const half = { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) } as const;
    const double = { dtype: 'float64', shape: [1], data: Float64Array.of(1 / 3) } as const;
    graph.output('half', op.identity(graph.initializer('half_weight', half)));
    graph.output('double', op.identity(graph.initializer('double_weight', double)));
    graph.output('y', op.reshape(x, [-1]));
    const metadata = { labels: '["Drama","Comedy"]', unicode: 'é — 電影', ['__proto__']: 'own' };
    const result = readModel(emitModel(graph, { metadata }));
    expect(result.opset).toBe(18);
    expect(Object.entries(result.metadata)).toEqual(Object.entries(metadata));
    expect(result.graph.outputs.get('y')!.shape).toEqual(['2*batch']);
    expect(result.graph.initializers.get('half_weight')).toEqual(half);
    expect(result.graph.initializers.get('double_weight')).toEqual(double);
  });

  test('can be differentiated', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 2]);
    const weight = graph.initializer('weight', float32([1, 2, 3, 4], [2, 2]));
    graph.output('y', op.relu(op.gemm(x, weight)));
    const { graph: copy } = readModel(emitModel(graph));
    const loss = op.reduceSum(copy.outputs.get('y')!, [0, 1]);
    expect([...differentiate(copy, loss, [copy.value('weight'), copy.value('x')]).keys()]).toEqual([
      'weight',
      'x',
    ]);
  });
});

describe('dimensions', () => {
  test('keep the names that the file gives them', () => {
    const { graph } = readModel(encode({ ...plain, inputs: [input('x', ['N', 3])] }));
    expect(graph.outputs.get('y')!.shape).toEqual(['N', 3]);
  });
  test('are the batch where the first is open', () => {
    const { graph } = readModel(encode({ ...plain, inputs: [input('x', [undefined, 3])] }));
    expect(graph.inputs[0]!.shape).toEqual(['batch', 3]);
  });
  test('can be given where they are open, or fixed', () => {
    const bytes = encode({ ...plain, inputs: [input('x', [undefined, undefined, 'W'])] });
    const inputShapes = { x: ['batch', 3, 8] };
    expect(readModel(bytes, { inputShapes }).graph.outputs.get('y')!.shape).toEqual(['batch', 3, 8]);
  });
  test('that stay open are refused, with the input and the remedy', () => {
    expect(failureOfModel({ inputs: [input('x', ['batch', undefined])] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: dimension 1 of input x is not known: give its shape through inputShapes."`,
    );
    expect(failureOfModel({ inputs: [input('x', ['batch', 's0*s1'])] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: dimension 1 of input x is s0*s1: give its shape through inputShapes."`,
    );
    expect(failureOfModel({ inputs: [input('x', undefined)] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: input x has no shape: give it through inputShapes."`,
    );
    expect(failureOfModel({ inputs: [input('x', [-1, 3])] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: input x has the negative dimension -1."`,
    );
  });
  test('that are given for nothing or at the wrong rank are refused', () => {
    expect(failureOfModel({}, { inputShapes: { z: [1] } })).toMatchInlineSnapshot(
      `"GRAPH_VALUE: The graph has no value named z."`,
    );
    expect(failureOfModel({}, { inputShapes: { x: [1] } })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: input x has 2 dimensions, not [1]."`,
    );
  });
});

describe('weights', () => {
  const data: readonly [string, object, Tensor['data']][] = [
    ['floats', { dataType: 1, floatData: [0.5, -2] }, Float32Array.of(0.5, -2)],
    [
      'raw floats',
      { dataType: 1, rawData: Buffer.from(Float32Array.of(0.5, -2).buffer) },
      Float32Array.of(0.5, -2),
    ],
    ['doubles', { dataType: 11, doubleData: [0.1, -2] }, Float64Array.of(0.1, -2)],
    ['half floats', { dataType: 10, int32Data: [0x3c00, 0xc000] }, Uint16Array.of(0x3c00, 0xc000)],
    ['bytes', { dataType: 2, int32Data: [255, 1] }, Uint8Array.of(255, 1)],
    ['signed bytes', { dataType: 3, int32Data: [-128, 1] }, Int8Array.of(-128, 1)],
    ['integers', { dataType: 6, int32Data: [-5, 7] }, Int32Array.of(-5, 7)],
    ['flags', { dataType: 9, int32Data: [0, 1] }, Uint8Array.of(0, 1)],
    ['long integers', { dataType: 7, int64Data: [-3, 2 ** 40] }, BigInt64Array.of(-3n, 2n ** 40n)],
  ];
  test.each(data)('are read from %s as they are', (_, fields, expected) => {
    const initializer = { name: 'w', dims: [2], ...fields };
    const bytes = encode({
      ...plain,
      nodes: [node('Identity', ['w'], ['z']), ...plain.nodes],
      initializers: [initializer],
    });
    expect(readModel(bytes).graph.initializers.get('w')!.data).toEqual(expected);
  });

  test('keep the largest integers, which stand for "to the end"', () => {
    const largest = Buffer.from(BigInt64Array.of(2n ** 63n - 1n).buffer);
    const bounds = [0n, 1n].map((value) => Buffer.from(BigInt64Array.of(value).buffer));
    const tensors = [bounds[1], largest, bounds[1]].map((rawData, i) => ({
      name: `bound${i}`,
      dims: [1],
      dataType: 7,
      rawData,
    }));
    const bytes = encode({
      ...plain,
      nodes: [node('Slice', ['x', 'bound0', 'bound1', 'bound2'], ['y'])],
      initializers: tensors,
    });
    expect(readModel(bytes).graph.outputs.get('y')!.shape).toEqual(['batch', 2]);
  });

  function damaged(fields: object): string {
    return failureOfModel({
      nodes: [node('Add', ['x', 'w'], ['y'])],
      initializers: [{ name: 'w', dims: [3], dataType: 1, ...fields }],
    });
  }
  test('that are shorter or longer than their dimensions are refused', () => {
    expect(damaged({ rawData: Buffer.alloc(8) })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: initializer w is float32[3] but holds 8 bytes."`,
    );
    expect(damaged({ floatData: [1, 2] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: initializer w is float32[3] but holds 2 elements."`,
    );
    expect(damaged({ int32Data: [1, 2, 3] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: initializer w is float32[3] but holds 0 elements."`,
    );
    expect(damaged({ dims: [2 ** 40, 2 ** 40] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: initializer w is float32[1099511627776, 1099511627776] but holds 0 elements."`,
    );
  });
  test('with impossible dimensions or types are refused', () => {
    expect(damaged({ dims: [-3], floatData: [1, 2, 3] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: initializer w has a negative dimension: float32[-3]."`,
    );
    expect(damaged({ dataType: 8 })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: initializer w has the element type 8, which onesheet does not know."`,
    );
  });
  test('are not allocated before their data was seen', () => {
    const before = process.memoryUsage();
    expect(damaged({ dims: [1 << 15, 1 << 15] })).toContain('holds 0 elements');
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 24);
  });
  test('in another file are refused', () => {
    const external = { dataLocation: 1, externalData: [{ key: 'location', value: 'weights.bin' }] };
    expect(damaged(external)).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: the data of initializer w is in another file (weights.bin), but onesheet reads single files: save it without external data."`,
    );
  });
});
