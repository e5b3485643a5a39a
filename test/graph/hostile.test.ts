import { describe, expect, test } from 'vitest';
import { emitModel, float32, Graph, operators as op } from '../../src/graph/index.ts';
import { Random } from '../../src/random.ts';
import { failureOf, failureOfModel, floats, input, node, plain } from './file.ts';

describe('a graph that is not sound is refused', () => {
  test('when a node reads what nothing computes', () => {
    expect(failureOfModel({ nodes: [node('Relu', ['z'], ['y'])] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: node y reads z, which nothing computes."`,
    );
  });
  test('when nodes are out of order', () => {
    const nodes = [node('Relu', ['z'], ['y']), node('Abs', ['x'], ['z'])];
    expect(failureOfModel({ nodes })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: node y reads z, which is computed only later."`,
    );
  });
  test('when nodes form a cycle', () => {
    const nodes = [node('Add', ['x', 'b'], ['a']), node('Neg', ['a'], ['b']), node('Relu', ['b'], ['y'])];
    expect(failureOfModel({ nodes })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: node a reads b, which depends on its own output."`,
    );
    expect(failureOfModel({ nodes: [node('Add', ['x', 'y'], ['y'])] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: node y reads y, which depends on its own output."`,
    );
  });
  test('when names are used twice', () => {
    const twice = [...plain.nodes, node('Abs', ['x'], ['y'])];
    expect(failureOfModel({ nodes: twice })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: two values are named y."`,
    );
    expect(failureOfModel({ inputs: [...plain.inputs, ...plain.inputs] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: two inputs are named x."`,
    );
    expect(failureOfModel({ outputs: [...plain.outputs, ...plain.outputs] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: two outputs are named y."`,
    );
    expect(
      failureOfModel({ initializers: [floats('w', [1], [2]), floats('w', [1], [2])] }),
    ).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: two initializers are named w."`,
    );
  });
  test('when an output is missing', () => {
    expect(failureOfModel({ outputs: [input('z', ['batch', 3])] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: output z is computed by nothing."`,
    );
    expect(failureOfModel({ outputs: [] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: it has no outputs."`,
    );
  });
  test('when inputs do not fit an operator', () => {
    const nodes = [node('Conv', ['x', 'x'], ['y'], {}, 'stem')];
    expect(failureOfModel({ nodes })).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Conv (node stem) cannot take x float32[batch, 3], x float32[batch, 3]: expected [batch, channels, ...] and weights alike."`,
    );
  });
  test('when an output that the runtime needs has no name', () => {
    expect(
      failureOfModel({ nodes: [node('Split', ['x'], ['y', '', 'z'], { axis: 1 })] }),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Split (node y) cannot take x float32[batch, 3]: every part needs a name."`,
    );
  });
});

describe('what is beyond the operator set is refused by name', () => {
  test('control flow', () => {
    const attributes = { then_branch: { type: 5, g: Buffer.from([]) } };
    const branch = node('If', ['x'], ['y'], {}, 'choose');
    expect(
      failureOfModel({ nodes: [{ ...branch, ...node('If', ['x'], ['y'], attributes, 'choose') }] }),
    ).toMatchInlineSnapshot(`"GRAPH_OPERATOR: If (node choose) is not supported by the operator set."`);
    expect(failureOfModel({ nodes: [node('Loop', ['x'], ['y'], {}, 'again')] })).toMatchInlineSnapshot(
      `"GRAPH_OPERATOR: Loop (node again) is not supported by the operator set."`,
    );
  });
  test('a subgraph where none belongs', () => {
    const attributes = { alpha: { type: 5, g: Buffer.from([]) } };
    expect(failureOfModel({ nodes: [node('Relu', ['x'], ['y'], attributes, 'odd')] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: attribute alpha of node odd is a subgraph or has an unknown type."`,
    );
  });
  test('operators that it lacks, its own or of others', () => {
    expect(failureOfModel({ nodes: [node('Resize', ['x'], ['y'], {}, 'grow')] })).toMatchInlineSnapshot(
      `"GRAPH_OPERATOR: Resize (node grow) is not supported by the operator set."`,
    );
    const foreign = { ...node('Gelu', ['x'], ['y'], {}, 'gate'), domain: 'com.microsoft' };
    expect(failureOfModel({ nodes: [foreign] })).toMatchInlineSnapshot(
      `"GRAPH_OPERATOR: com.microsoft.Gelu (node gate) is not supported by the operator set."`,
    );
  });
  test('operator sets that are too old or too new', () => {
    expect(failureOfModel({ opset: 6 })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: it needs operator set 6, but 7 to 22 are known: export it with opset_version=7."`,
    );
    expect(failureOfModel({ opset: 99 })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: it needs operator set 99, but 7 to 22 are known: export it with opset_version=22."`,
    );
    expect(failureOfModel({ domain: 'ai.onnx.ml' })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: it does not use ONNX's own operators."`,
    );
  });
  test('sparse weights', () => {
    expect(failureOfModel({ sparseInitializers: [Buffer.from([])] })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: it holds sparse tensors."`,
    );
  });
});

describe('bytes that are no model', () => {
  test('are called so', () => {
    expect(failureOf(Buffer.from('this is a text file, not a model'))).toMatch(
      /^MODEL_UNREADABLE: the model is not an ONNX model that onesheet can read: it is not an ONNX file \(/,
    );
    expect(failureOf(new Uint8Array(0), { source: 'empty.onnx' })).toMatchInlineSnapshot(
      `"MODEL_UNREADABLE: empty.onnx is not an ONNX model that onesheet can read: it is not an ONNX file (no graph or no operator set)."`,
    );
    expect(failureOf(Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]))).toContain(
      'it is not an ONNX file',
    );
  });

  test('are refused above 2 GB before they are read', () => {
    expect(failureOf(new Uint8Array(2 ** 31), { source: 'huge.onnx' })).toMatchInlineSnapshot(
      `"MODEL_TOO_LARGE: huge.onnx has 2147483648 bytes: expected a model of less than 2 GB."`,
    );
  });

  /** A model with convolution, recurrence, reductions, shapes and metadata, to be damaged. */
  function victim(): Uint8Array {
    const graph = new Graph();
    const random = Random.fromSeed(5);
    const weight = (shape: readonly number[]) =>
      float32(
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
        shape,
      );
    const x = graph.input('x', 'float32', ['batch', 2, 4, 4]);
    const y = op.conv(x, graph.initializer('w', weight([3, 2, 3, 3])), undefined, { pads: [1, 1, 1, 1] });
    const pooled = op.maxPool(op.clip(y, -1, 1), { kernel: [2, 2] });
    const halves = op.split(op.pad(pooled, [0, 0, 0, 1], [0, 0, 0, 1]), 3, 2);
    const rows = op.transpose(op.squeeze(op.reduceMean(op.concat(halves, 1), [3], true), [3]), [2, 0, 1]);
    const weights = [graph.initializer('gw', weight([1, 6, 6])), graph.initializer('gr', weight([1, 6, 2]))];
    const states = graph.add('GRU', [rows, ...weights], { hidden_size: 2, linear_before_reset: 1 })[0]!;
    const flat = graph.add('Flatten', [op.reverse(op.unsqueeze(states, [0]), 4)], { axis: 3 })[0]!;
    const target = op.concat([graph.integers([-1]), graph.integers([2])], 0);
    graph.output('y', op.softmax(graph.add('Reshape', [flat, target])[0]!, 1));
    graph.output('z', op.expandLike(op.reduceMax(x, [0]), x));
    return emitModel(graph, { metadata: { labels: 'a,b' } });
  }

  test('because the end is missing give a coded error, wherever the file was cut', () => {
    const whole = victim();
    expect(failureOf(whole)).toBe('nothing failed');
    for (let length = 0; length < whole.length; length++)
      expect(failureOf(whole.subarray(0, length)), `cut at ${length}`).toMatch(
        /^[A-Z]+_[A-Z_]+: |^nothing failed$/,
      );
  });

  test('because some were changed give a graph or a coded error, never another one', () => {
    const whole = victim();
    const random = Random.fromSeed(17);
    for (let trial = 0; trial < 4000; trial++) {
      const bytes = Uint8Array.from(whole);
      const changes = 1 + random.integer(3);
      for (let i = 0; i < changes; i++) {
        const value = random.pick([0, 1, 2, 3, 8, 127, 128, 255, random.integer(256)]);
        bytes[random.integer(bytes.length)] = value;
      }
      expect(failureOf(bytes), `trial ${trial}`).toMatch(/^[A-Z]+_[A-Z_]+: |^nothing failed$/);
    }
  });
});
