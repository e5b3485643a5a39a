/** @module The cases of operators that move elements, and of reductions. */
import { type Attribute, float32, int64, operators as op, type Value } from '../../../src/graph/index.ts';
import { type Case, fixed, given, normal } from '../case.ts';

type Shape = readonly (string | number)[];

/** An operator whose further inputs are known integers. */
function withIntegers(
  name: string,
  title: string,
  shape: Shape,
  lists: readonly (readonly number[] | undefined)[],
  attributes: Readonly<Record<string, number | string>> = {},
): Case {
  return {
    op: name,
    title,
    inputs: [normal(shape)],
    build: (x) => {
      const { graph } = x!;
      return graph.add(name, [x, ...lists.map((list) => list && graph.integers(list))], attributes)[0]!;
    },
  };
}

function attributed(
  name: string,
  title: string,
  shape: Shape,
  attributes: Readonly<Record<string, Attribute | number | string | readonly number[]>>,
  outputs = 1,
): Case {
  return {
    op: name,
    title,
    inputs: [normal(shape)],
    build: (x) => x!.graph.add(name, [x], attributes, { outputs }),
  };
}

function slice(
  title: string,
  shape: Shape,
  [starts, ends, axes, steps]: readonly [
    readonly number[],
    readonly number[],
    (readonly number[])?,
    (readonly number[])?,
  ],
): Case {
  return withIntegers('Slice', title, shape, [starts, ends, axes, steps]);
}

function reductions(name: string): Case[] {
  const shape = ['batch', 3, 2, 2];
  return [
    withIntegers(name, 'of everything', shape, [], { keepdims: 0 }),
    withIntegers(name, 'of everything, keeping dimensions', shape, []),
    withIntegers(name, 'over the batch', shape, [[0]], { keepdims: 0 }),
    withIntegers(name, 'over batch and positions', shape, [[0, 2, 3]]),
    withIntegers(name, 'over a negative axis', shape, [[-1]], { keepdims: 0 }),
    withIntegers(name, 'over an axis of one element', ['batch', 1, 2], [[1]], { keepdims: 0 }),
    withIntegers(name, 'over no axes, as noop_with_empty_axes says', ['batch', 2], [[]], {
      noop_with_empty_axes: 1,
    }),
  ];
}

/** A part of the outputs, so that the gradients of the others are missing. */
function only(title: string, name: string, shape: Shape, outputs: number, pick: readonly number[]): Case {
  return {
    op: name,
    title,
    inputs: [normal(shape)],
    build: (x) => {
      const all = x!.graph.add(name, [x, x!.graph.integers([1, 3, 2])], { axis: 1 }, { outputs });
      return pick.map((i) => all[i]!);
    },
  };
}

const toEnd = 2 ** 53;

export const layoutCases: readonly Case[] = [
  withIntegers('Reshape', 'to a known shape', [2, 6], [[3, 4]]),
  withIntegers('Reshape', 'that folds the batch', ['batch', 4, 3], [[-1, 3]]),
  withIntegers('Reshape', 'that copies dimensions', ['batch', 4, 3], [[0, 2, -1]]),
  {
    op: 'Reshape',
    title: 'by arithmetic on shapes, as exporters write it',
    inputs: [normal(['batch', 4, 3])],
    build: (x) => {
      const { graph } = x!;
      const batch = op.unsqueeze(
        graph.add('Gather', [op.shapeOf(x!), graph.constant(int64([0], []))])[0]!,
        [0],
      );
      return graph.add('Reshape', [x, op.concat([batch, graph.integers([12])], 0)])[0]!;
    },
  },
  attributed('Flatten', 'to [batch, rest]', ['batch', 2, 3], {}),
  attributed('Flatten', 'at a negative axis', ['batch', 2, 3], { axis: -1 }),
  attributed('Flatten', 'at axis 0', ['batch', 2, 3], { axis: 0 }),
  attributed('Flatten', 'at the end', ['batch', 2], { axis: 2 }),
  withIntegers('Unsqueeze', 'in two places', ['batch', 3], [[0, -1]]),
  withIntegers('Squeeze', 'of chosen axes', ['batch', 1, 3, 1], [[1, -1]]),
  withIntegers('Squeeze', 'of all axes of one element', ['batch', 1, 3, 1], []),
  attributed('Transpose', 'in reverse', ['batch', 2, 4], {}),
  attributed('Transpose', 'by a cycle', ['batch', 2, 4, 3], { perm: [1, 3, 0, 2] }),
  {
    op: 'Concat',
    title: 'of three along channels',
    inputs: [normal(['batch', 2, 2]), normal(['batch', 1, 2]), normal(['batch', 3, 2])],
    build: (...parts) => op.concat(parts, 1),
  },
  {
    op: 'Concat',
    title: 'of one value twice, along a negative axis',
    inputs: [normal(['batch', 2])],
    build: (x) => op.concat([x!, x!], -1),
  },
  attributed('Split', 'into equal parts', ['batch', 6], { axis: 1, num_outputs: 3 }, 3),
  attributed(
    'Split',
    'into parts of which the last is smaller',
    ['batch', 5],
    { axis: -1, num_outputs: 2 },
    2,
  ),
  only('into given sizes', 'Split', ['batch', 6, 2], 3, [0, 1, 2]),
  only('of which one part is read', 'Split', ['batch', 6, 2], 3, [1]),
  slice('within an axis', ['batch', 6], [[1], [4], [1]]),
  slice(
    'of several axes at once',
    ['batch', 4, 5],
    [
      [1, -3],
      [toEnd, -1],
      [1, 2],
    ],
  ),
  slice(
    'of leading axes',
    [4, 5],
    [
      [1, 2],
      [3, 4],
    ],
  ),
  slice('to the very end', ['batch', 4], [[-2], [toEnd], [-1]]),
  slice('beyond the bounds', ['batch', 4], [[-9], [9], [1]]),
  slice('of everything, the batch too', ['batch', 4], [[0], [toEnd], [0]]),
  slice('with step -1 over all', ['batch', 4], [[-1], [-toEnd], [1], [-1]]),
  slice('with step -1 within', ['batch', 6], [[4], [1], [1], [-1]]),
  slice('with step -1 from beyond the end', ['batch', 5], [[9], [0], [1], [-1]]),
  slice(
    'with step -1 in two axes',
    ['batch', 3, 4],
    [
      [-1, 2],
      [-toEnd, 0],
      [1, 2],
      [-1, -1],
    ],
  ),
  withIntegers('Pad', 'before and after', ['batch', 2, 3], [[0, 1, 0, 0, 2, 1]]),
  withIntegers('Pad', 'that crops', ['batch', 4, 5], [[0, -1, 2, 0, 1, -2]]),
  {
    op: 'Pad',
    title: 'with a value of its own',
    inputs: [normal(['batch', 3])],
    build: (x) => x!.graph.add('Pad', [x, x!.graph.integers([0, 1, 0, 1]), x!.graph.scalar(2.5)])[0]!,
  },
  withIntegers('Pad', 'of chosen axes', ['batch', 2, 3], [[1, 0, 2, 1], undefined, [2, -2]]),
  withIntegers('Expand', 'of a row', [3], [[2, 3]]),
  withIntegers('Expand', 'of inner and outer axes', ['batch', 1, 3], [[4, 1, 2, 1]]),
  {
    op: 'Expand',
    title: 'to the shape of another value',
    inputs: [normal([3, 1]), fixed(normal(['batch', 3, 2]))],
    build: (x, other) => op.expandLike(x!, other!),
  },
  {
    op: 'Gather',
    title: 'of one element, which drops the axis',
    inputs: [normal(['batch', 4, 3])],
    build: (x) => x!.graph.add('Gather', [x, x!.graph.constant(int64([2], []))], { axis: 1 })[0]!,
  },
  withIntegers('Gather', 'of the last element, keeping the axis', ['batch', 4, 3], [[-1]], { axis: -1 }),
  attributed('SpaceToDepth', 'in squares of 2', ['batch', 3, 4, 6], { blocksize: 2 }),
  attributed('Cast', 'to its own type', ['batch', 3], { to: 1 }),
  ...['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceSumSquare'].flatMap(reductions),
];

function shapeCase(title: string, attributes: Readonly<Record<string, number>>): Case {
  return {
    op: 'Shape',
    title,
    inputs: [fixed(normal(['batch', 4, 3]))],
    build: (x) => x!.graph.add('Shape', [x], attributes)[0]!,
  };
}

/** Numbers in a constant's shape. */
function scalars(graph: Value['graph'], values: readonly number[]): Value[] {
  return values.map((value) => graph.constant(int64([value], [])));
}

const grid = fixed(normal(['batch', 2, 3]));

/** Operators, or forms of them, that pass no gradient. */
export const layoutValueCases: readonly Case[] = [
  shapeCase('of everything', {}),
  shapeCase('of some dimensions', { start: 1, end: -1 }),
  { op: 'Size', title: 'with the batch', inputs: [grid], build: (x) => x!.graph.add('Size', [x])[0]! },
  ...[
    { axis: 1, keepdims: 0 },
    { axis: -1, keepdims: 1 },
  ].map((attributes) => ({
    op: 'ArgMax',
    title: `along axis ${attributes.axis}`,
    inputs: [grid],
    build: (x: Value | undefined) => x!.graph.add('ArgMax', [x], attributes)[0]!,
  })),
  {
    op: 'Constant',
    title: 'of four numbers',
    inputs: [grid],
    build: (x) => {
      const value = { type: 'tensor', value: float32([1, 2, 3]) } as const;
      return op.add(x!, x!.graph.add('Constant', [], { value })[0]!);
    },
  },
  {
    op: 'ConstantOfShape',
    title: 'of zeros in the shape of the input',
    inputs: [grid],
    build: (x) => op.add(x!, x!.graph.add('ConstantOfShape', [op.shapeOf(x!)])[0]!),
  },
  {
    op: 'ConstantOfShape',
    title: 'whose integers serve as a shape',
    inputs: [normal([1, 3])],
    build: (x) => {
      const { graph } = x!;
      const value = { type: 'tensor', value: int64([-1]) } as const;
      const open = graph.add('ConstantOfShape', [graph.integers([2])], { value })[0]!;
      const wanted = op.concat([op.shapeOf(x!), graph.integers([3])], 0);
      const two = op.slice(wanted, 0, 0, 2);
      const same = op.equal(two, graph.add('Mul', [open, graph.integers([-1])])[0]!);
      const target = graph.add('Where', [same, graph.integers([4, 4]), two])[0]!;
      return graph.add('Expand', [x, target])[0]!;
    },
  },
  {
    op: 'Range',
    title: 'in steps of -2',
    inputs: [grid],
    build: (x) => x!.graph.add('Range', scalars(x!.graph, [7, 0, -2]))[0]!,
  },
  {
    op: 'Range',
    title: 'that names the elements to gather',
    inputs: [grid],
    build: (x) => {
      const order = x!.graph.add('Range', scalars(x!.graph, [2, -1, -1]))[0]!;
      return x!.graph.add('Gather', [x, order], { axis: 2 })[0]!;
    },
  },
  {
    op: 'Cast',
    title: 'of bytes to float32',
    inputs: [given(['batch', 3], [0, 7, 255], 'uint8')],
    build: (x) => op.cast(x!, 'float32'),
  },
  {
    op: 'Cast',
    title: 'of numbers to integers and flags',
    inputs: [given(['batch', 3], [-1.5, 0, 2.5])],
    build: (x) => [op.cast(x!, 'int64'), op.cast(x!, 'bool')],
  },
  {
    op: 'Gather',
    title: 'of several rows',
    inputs: [grid],
    build: (x) =>
      x!.graph.add('Gather', [x, x!.graph.constant(int64([2, 0, -1, 1], [2, 2]))], { axis: 2 })[0]!,
  },
  {
    op: 'Pad',
    title: 'by repeating the edge',
    inputs: [grid],
    build: (x) => x!.graph.add('Pad', [x, x!.graph.integers([0, 1, 2, 0, 0, 1])], { mode: 'edge' })[0]!,
  },
  {
    op: 'Slice',
    title: 'with steps of 2 and -2',
    inputs: [fixed(normal(['batch', 5, 6]))],
    build: (x) => {
      const bounds = [
        [0, -1],
        [toEnd, -toEnd],
        [1, 2],
        [2, -2],
      ].map((list) => x!.graph.integers(list));
      return x!.graph.add('Slice', [x, ...bounds])[0]!;
    },
  },
  {
    op: 'ScatterElements',
    title: 'that adds up',
    inputs: [grid],
    build: (x) => {
      const flat = op.reshape(x!, [-1]);
      const { graph } = x!;
      const updates = [graph.integers([1, 4, 1]), graph.constant(float32([10, 20, 30]))];
      return graph.add('ScatterElements', [flat, ...updates], { axis: 0, reduction: 'add' })[0]!;
    },
  },
  {
    op: 'ScatterElements',
    title: 'that replaces',
    inputs: [grid],
    build: (x) => {
      const { graph } = x!;
      const updates = [
        graph.constant(int64([2, 0], [1, 1, 2])),
        graph.constant(float32([10, 20], [1, 1, 2])),
      ];
      return graph.add('ScatterElements', [x, ...updates], { axis: 2 })[0]!;
    },
  },
  ...['DCR', 'CRD'].map((mode) => ({
    op: 'DepthToSpace',
    title: `in the order ${mode}`,
    inputs: [fixed(normal(['batch', 8, 2, 3]))],
    build: (x: Value | undefined) => x!.graph.add('DepthToSpace', [x], { blocksize: 2, mode })[0]!,
  })),
];
