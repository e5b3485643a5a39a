import { describe, expect, test } from 'vitest';
import { OnesheetError } from '../../src/errors.ts';
import { type DataType, Graph, operators as op, type Shape, type Value } from '../../src/graph/index.ts';

/** The message of the coded error with which building fails. */
function failureOf(
  build: (input: (shape: Shape, dtype?: DataType) => Value, graph: Graph) => unknown,
): string {
  const graph = new Graph();
  let count = 0;
  try {
    build((shape, dtype = 'float32') => graph.input(`x${count++}`, dtype, shape), graph);
  } catch (error) {
    if (error instanceof OnesheetError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing failed';
}

describe('a shape error names the operator, the node, the inputs and what was expected', () => {
  test('when shapes do not broadcast', () => {
    expect(failureOf((x) => op.add(x(['batch', 3]), x(['batch', 4])))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Add (node Add_0) cannot take x0 float32[batch, 3], x1 float32[batch, 4]: the shapes do not broadcast."`,
    );
  });
  test('when element types differ', () => {
    expect(failureOf((x) => op.multiply(x([3]), x([3], 'int64')))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Mul (node Mul_0) cannot take x0 float32[3], x1 int64[3]: the element types differ."`,
    );
  });
  test('when inner dimensions differ', () => {
    expect(failureOf((x) => op.matMul(x(['batch', 3]), x([4, 5])))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: MatMul (node MatMul_0) cannot take x0 float32[batch, 3], x1 float32[4, 5]: the inner dimensions differ."`,
    );
    expect(failureOf((x) => op.gemm(x(['batch', 3]), x([4, 3])))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Gemm (node Gemm_0) cannot take x0 float32[batch, 3], x1 float32[4, 3]: the inner dimensions differ."`,
    );
  });
  test('when a bias does not fit', () => {
    expect(failureOf((x) => op.gemm(x(['batch', 3]), x([3, 4]), x([5])))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Gemm (node Gemm_0) cannot take x0 float32[batch, 3], x1 float32[3, 4], x2 float32[5]: the bias does not broadcast to the product."`,
    );
    expect(failureOf((x) => op.conv(x(['batch', 3, 8, 8]), x([4, 3, 3, 3]), x([3])))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Conv (node Conv_0) cannot take x0 float32[batch, 3, 8, 8], x1 float32[4, 3, 3, 3], x2 float32[3]: the bias needs one element an output channel."`,
    );
  });
  test('when a convolution reads another number of channels', () => {
    expect(
      failureOf((x) => op.conv(x(['batch', 3, 8, 8]), x([4, 2, 3, 3]), undefined)),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Conv (node Conv_0) cannot take x0 float32[batch, 3, 8, 8], x1 float32[4, 2, 3, 3]: the weights read 2 channels in 1 group(s)."`,
    );
  });
  test('when a kernel is larger than the map', () => {
    expect(
      failureOf((x) => op.conv(x(['batch', 3, 2, 8]), x([4, 3, 3, 3]), undefined)),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Conv (node Conv_0) cannot take x0 float32[batch, 3, 2, 8], x1 float32[4, 3, 3, 3]: the kernel of 3 is larger than the padded extent 2."`,
    );
    expect(failureOf((x) => op.maxPool(x(['batch', 3, 4, 1]), { kernel: [2, 2] }))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: MaxPool (node MaxPool_0) cannot take x0 float32[batch, 3, 4, 1]: the kernel of 2 is larger than the padded extent 1."`,
    );
  });
  test('when height or width is not known', () => {
    expect(
      failureOf((x) => op.conv(x(['batch', 3, 'height', 8]), x([4, 3, 3, 3]), undefined)),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Conv (node Conv_0) cannot take x0 float32[batch, 3, height, 8], x1 float32[4, 3, 3, 3]: height and width must be known."`,
    );
  });
  test('when a rounded window would start in the padding', () => {
    const attributes = { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 };
    expect(
      failureOf((x, graph) => graph.add('MaxPool', [x(['batch', 3, 5, 5])], attributes)),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: MaxPool (node MaxPool_0) cannot take x0 float32[batch, 3, 5, 5]: rounded up, the last window would start in the padding."`,
    );
  });
  test('when elements do not fit into a shape', () => {
    expect(failureOf((x) => op.reshape(x(['batch', 4]), [-1, 3]))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Reshape (node Reshape_1) cannot take x0 float32[batch, 4], constant_0 int64[2]: 4*batch elements do not divide by 3."`,
    );
    expect(failureOf((x) => op.reshape(x([2, 4]), [3, 3]))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Reshape (node Reshape_1) cannot take x0 float32[2, 4], constant_0 int64[2]: 8 elements do not fit into [3, 3]."`,
    );
    expect(failureOf((x) => op.reshape(x([2, 4]), [-1, -1]))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Reshape (node Reshape_1) cannot take x0 float32[2, 4], constant_0 int64[2]: [-1, -1] is no shape."`,
    );
  });
  test('when an axis is outside', () => {
    expect(failureOf((x) => op.concat([x(['batch', 2]), x(['batch', 2])], 2))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Concat (node Concat_0) cannot take x0 float32[batch, 2], x1 float32[batch, 2]: axis 2 is outside of rank 2."`,
    );
    expect(failureOf((x) => op.reduceSum(x(['batch', 2]), [-3]))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: ReduceSum (node ReduceSum_1) cannot take x0 float32[batch, 2], constant_0 int64[1]: axis -3 is outside of rank 2."`,
    );
  });
  test('when the batch would be cut', () => {
    expect(failureOf((x) => op.slice(x(['batch', 2]), 0, 1, 2))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Slice (node Slice_3) cannot take x0 float32[batch, 2], constant_0 int64[1], constant_1 int64[1], constant_2 int64[1], constant_0 int64[1]: cannot slice a symbolic dimension."`,
    );
    expect(failureOf((x) => op.concat([x(['batch', 2]), x(['batch', 2])], 0))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Concat (node Concat_0) cannot take x0 float32[batch, 2], x1 float32[batch, 2]: cannot join along a symbolic dimension."`,
    );
  });
  test('when parts do not add up', () => {
    expect(
      failureOf((x, graph) =>
        graph.add('Split', [x(['batch', 6]), graph.integers([2, 3])], { axis: 1 }, { outputs: 2 }),
      ),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Split (node Split_1) cannot take x0 float32[batch, 6], constant_0 int64[2]: the parts do not add up to 6."`,
    );
  });
  test('when a shape is not known while building', () => {
    expect(
      failureOf((x, graph) => graph.add('Reshape', [x(['batch', 4]), x([2], 'int64')])),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Reshape (node Reshape_0) cannot take x0 float32[batch, 4], x1 int64[2]: input 1 (x1) must be known when the graph is built."`,
    );
  });
  test('when an attribute has the wrong type or length', () => {
    expect(
      failureOf((x, graph) => graph.add('Concat', [x(['batch', 4])], { axis: 'last' })),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Concat (node Concat_0) cannot take x0 float32[batch, 4]: attribute axis has the type string instead of int."`,
    );
    expect(
      failureOf((x) => op.conv(x(['batch', 3, 8, 8]), x([4, 3, 3, 3]), undefined, { strides: [2] })),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Conv (node Conv_0) cannot take x0 float32[batch, 3, 8, 8], x1 float32[4, 3, 3, 3]: strides needs 2 elements but has 1."`,
    );
  });
  test('when weights of a recurrence do not fit', () => {
    expect(
      failureOf((x, graph) =>
        graph.add(
          'GRU',
          [x([5, 'batch', 4]), x([1, 9, 4]), x([1, 9, 2])],
          { hidden_size: 3 },
          { outputs: 2 },
        ),
      ),
    ).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: GRU (node GRU_0) cannot take x0 float32[5, batch, 4], x1 float32[1, 9, 4], x2 float32[1, 9, 2]: input 2 needs the shape [1, 9, 3]."`,
    );
  });
  test('when an input is missing', () => {
    expect(failureOf((x, graph) => graph.add('Mul', [x([3])]))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Mul (node Mul_0) cannot take x0 float32[3]: expected 2 inputs."`,
    );
    expect(failureOf((x, graph) => graph.add('Mul', [x([3]), undefined]))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: Mul (node Mul_0) cannot take x0 float32[3], (none): input 1 is missing."`,
    );
    expect(failureOf((x, graph) => graph.add('MatMul', [x(['batch', 4])]))).toMatchInlineSnapshot(
      `"GRAPH_SHAPE: MatMul (node MatMul_0) cannot take x0 float32[batch, 4]: input 1 is missing."`,
    );
  });
});

test('an operator without a shape rule is named with its node', () => {
  expect(
    failureOf((x, graph) => graph.add('NonMaxSuppression', [x([1])], {}, { name: 'boxes' })),
  ).toMatchInlineSnapshot(
    `"GRAPH_OPERATOR: NonMaxSuppression (node boxes) is not supported by the operator set."`,
  );
  expect(
    failureOf((x, graph) => graph.add('Add', [x([1]), x([1])], {}, { domain: 'com.example', name: 'own' })),
  ).toMatchInlineSnapshot(
    `"GRAPH_OPERATOR: com.example.Add (node own) is not supported by the operator set."`,
  );
});

test('a name that is taken, or that nothing has, is refused', () => {
  expect(
    failureOf((x, graph) => {
      x([1]);
      graph.input('x0', 'float32', [1]);
    }),
  ).toMatchInlineSnapshot(`"GRAPH_NAME: The graph already has a value named x0."`);
  expect(failureOf((_, graph) => graph.value('absent'))).toMatchInlineSnapshot(
    `"GRAPH_VALUE: The graph has no value named absent."`,
  );
});

describe('the batch stays symbolic', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 6, 8, 8]);

  test('through convolution, pooling and flattening', () => {
    const w = graph.input('w', 'float32', [4, 6, 3, 3]);
    const pooled = op.maxPool(op.conv(x, w, undefined, { pads: [1, 1, 1, 1] }), { kernel: [2, 2] });
    expect(pooled.shape).toEqual(['batch', 4, 4, 4]);
    expect(graph.add('Flatten', [pooled])[0]!.shape).toEqual(['batch', 64]);
  });
  test('as a multiple, when other dimensions are folded into it, and back', () => {
    const folded = op.reshape(x, [-1, 8]);
    expect(folded.shape).toEqual(['48*batch', 8]);
    expect(op.reshape(folded, [-1, 6, 8, 8]).shape).toEqual(['batch', 6, 8, 8]);
  });
  test('through arithmetic on shapes', () => {
    const batch = graph.add('Gather', [op.shapeOf(x), graph.integers([0])])[0]!;
    const target = op.concat([batch, graph.integers([3, -1])], 0);
    expect(graph.contentsOf(target.name)).toEqual(['batch', 3, -1]);
    expect(graph.add('Reshape', [x, target])[0]!.shape).toEqual(['batch', 3, 128]);
    const doubled = graph.add('Mul', [batch, graph.integers([2])])[0]!;
    expect(graph.contentsOf(doubled.name)).toEqual(['2*batch']);
  });
});
