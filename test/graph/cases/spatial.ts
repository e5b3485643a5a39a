/** @module The cases of convolution, pooling and batch normalization. */
import { float, operators as op } from '../../../src/graph/index.ts';
import { type Case, fixed, type Input, normal, uniform } from '../case.ts';

type Attributes = Readonly<Record<string, number | string | readonly number[]>>;
type Shape = readonly (string | number)[];

/** x [batch, channels, height, width] and w [out, channels / group, kernel height, kernel width]. */
function conv(title: string, x: Shape, w: Shape, attributes: Attributes = {}, biased = false): Case {
  return {
    op: 'Conv',
    title,
    inputs: [normal(x), normal(w), ...(biased ? [normal([w[0]!])] : [])],
    build: (...inputs) => inputs[0]!.graph.add('Conv', inputs, attributes)[0]!,
    batch: 2,
  };
}

const pads = (n: number): number[] => [n, n, n, n];
const two = [2, 2];

const convolutionCases: readonly Case[] = [
  conv('1x1', ['batch', 3, 3, 4], [2, 3, 1, 1], {}, true),
  conv('1x1 at stride 2, even size', ['batch', 3, 4, 6], [2, 3, 1, 1], { strides: two }),
  conv('1x1 at stride 2, odd size', ['batch', 3, 5, 3], [2, 3, 1, 1], { strides: two }),
  conv('1x1 on padding', ['batch', 2, 3, 2], [2, 2, 1, 1], { pads: pads(1) }),
  conv(
    '3x3 same, where a product for each sample is cheaper',
    ['batch', 2, 5, 6],
    [2, 2, 3, 3],
    { pads: pads(1) },
    true,
  ),
  conv('3x3 same, where a product over the batch is cheaper', ['batch', 4, 2, 2], [3, 4, 3, 3], {
    pads: pads(1),
  }),
  conv('3x3 same on one position', ['batch', 2, 1, 1], [3, 2, 3, 3], { pads: pads(1) }),
  conv('3x3 valid', ['batch', 2, 5, 4], [3, 2, 3, 3]),
  conv('3x3 with auto_pad VALID', ['batch', 2, 5, 4], [3, 2, 3, 3], { auto_pad: 'VALID' }),
  conv('3x3 with much padding', ['batch', 2, 3, 3], [2, 2, 3, 3], { pads: pads(2) }),
  conv('3x3 with asymmetric padding of the same size', ['batch', 2, 4, 5], [2, 2, 3, 3], {
    pads: [2, 0, 0, 2],
  }),
  conv('3x3 with asymmetric padding', ['batch', 2, 4, 5], [2, 2, 3, 3], { pads: [0, 1, 1, 0] }),
  conv('3x3 with auto_pad SAME_UPPER', ['batch', 2, 5, 4], [2, 2, 3, 3], { auto_pad: 'SAME_UPPER' }),
  conv('3x3 at stride 2, even size', ['batch', 2, 6, 4], [3, 2, 3, 3], { pads: pads(1), strides: two }),
  conv('3x3 at stride 2, odd size', ['batch', 2, 7, 5], [3, 2, 3, 3], { pads: pads(1), strides: two }, true),
  conv('3x3 at stride 2 with asymmetric padding', ['batch', 2, 6, 4], [2, 2, 3, 3], {
    pads: [0, 0, 1, 1],
    strides: two,
  }),
  conv('3x3 at stride 2 with auto_pad SAME_UPPER, even size', ['batch', 2, 6, 4], [2, 2, 3, 3], {
    auto_pad: 'SAME_UPPER',
    strides: two,
  }),
  conv('3x3 at stride 2 with auto_pad SAME_UPPER, odd size', ['batch', 2, 5, 7], [2, 2, 3, 3], {
    auto_pad: 'SAME_UPPER',
    strides: two,
  }),
  conv('3x3 at stride 2 with auto_pad SAME_LOWER', ['batch', 2, 6, 4], [2, 2, 3, 3], {
    auto_pad: 'SAME_LOWER',
    strides: two,
  }),
  conv('3x3 at stride 3', ['batch', 2, 7, 8], [2, 2, 3, 3], { strides: [3, 3] }),
  conv('3x3 at strides 1 and 2', ['batch', 2, 5, 6], [2, 2, 3, 3], { pads: pads(1), strides: [1, 2] }),
  conv('2x2 with auto_pad SAME_UPPER', ['batch', 2, 3, 4], [2, 2, 2, 2], { auto_pad: 'SAME_UPPER' }),
  conv('2x2 with auto_pad SAME_LOWER', ['batch', 2, 3, 4], [2, 2, 2, 2], { auto_pad: 'SAME_LOWER' }),
  conv('5x5 same', ['batch', 2, 6, 5], [2, 2, 5, 5], { pads: pads(2) }),
  conv('5x5 same, larger than the map', ['batch', 2, 2, 3], [2, 2, 5, 5], { pads: pads(2) }),
  conv('5x5 at stride 2', ['batch', 2, 7, 6], [2, 2, 5, 5], { pads: pads(2), strides: two }),
  conv('1x3 same', ['batch', 2, 3, 5], [2, 2, 1, 3], { pads: [0, 1, 0, 1] }),
  conv('3x1 valid', ['batch', 2, 5, 3], [2, 2, 3, 1]),
  conv('depthwise 3x3 same', ['batch', 3, 4, 5], [3, 1, 3, 3], { group: 3, pads: pads(1) }, true),
  conv('depthwise 3x3 at stride 2, odd size', ['batch', 3, 5, 7], [3, 1, 3, 3], {
    group: 3,
    pads: pads(1),
    strides: two,
  }),
  conv('depthwise 3x3 at stride 2, even size', ['batch', 3, 6, 4], [3, 1, 3, 3], {
    group: 3,
    pads: pads(1),
    strides: two,
  }),
  conv('depthwise 3x3 same, wide', ['batch', 2, 2, 41], [2, 1, 3, 3], { group: 2, pads: pads(1) }),
  conv('depthwise 1x3, wider still', ['batch', 2, 1, 84], [2, 1, 1, 3], { group: 2 }),
  conv('depthwise 5x5 same, larger than the map', ['batch', 2, 2, 3], [2, 1, 5, 5], {
    group: 2,
    pads: pads(2),
  }),
  conv('depthwise 3x3 at stride 2, padded below and to the right', ['batch', 3, 6, 4], [3, 1, 3, 3], {
    group: 3,
    pads: [0, 0, 1, 1],
    strides: two,
  }),
  conv('depthwise 5x5 with auto_pad SAME_UPPER', ['batch', 2, 5, 6], [2, 1, 5, 5], {
    group: 2,
    auto_pad: 'SAME_UPPER',
    strides: two,
  }),
];

/** Convolutions in groups, or dilated, that pass no gradient to their weights. */
const frozenConvolutionCases: readonly Case[] = [
  {
    ...conv('in two groups', ['batch', 4, 4, 5], [6, 2, 3, 3], { group: 2, pads: pads(1) }),
    inputs: [normal(['batch', 4, 4, 5]), fixed(normal([6, 2, 3, 3]))],
  },
  {
    ...conv('in two groups at stride 2', ['batch', 4, 5, 6], [6, 2, 3, 3], {
      group: 2,
      pads: pads(1),
      strides: two,
    }),
    inputs: [normal(['batch', 4, 5, 6]), fixed(normal([6, 2, 3, 3]))],
  },
  {
    ...conv('depthwise with a multiplier', ['batch', 2, 4, 5], [4, 1, 3, 3], { group: 2, pads: pads(1) }),
    inputs: [normal(['batch', 2, 4, 5]), fixed(normal([4, 1, 3, 3]))],
  },
];

function pool(name: string, title: string, shape: Shape, attributes: Attributes): Case {
  return {
    op: name,
    title,
    inputs: [normal(shape)],
    build: (x) => x!.graph.add(name, [x], attributes)[0]!,
    batch: 2,
  };
}

/** Windows that lie apart, touch, overlap, and reach into padding. */
function pools(name: string, extra: Attributes = {}): Case[] {
  const suffix = Object.keys(extra).length === 0 ? '' : ', padding counted';
  const of = (title: string, shape: Shape, attributes: Attributes): Case =>
    pool(name, `${title}${suffix}`, shape, { ...attributes, ...extra });
  return [
    of('2x2 side by side', ['batch', 2, 4, 6], { kernel_shape: two, strides: two }),
    of('2x2 side by side, odd size', ['batch', 2, 5, 7], { kernel_shape: two, strides: two }),
    of('2x2 apart', ['batch', 2, 5, 8], { kernel_shape: two, strides: [3, 3] }),
    of('3x3 overlapping', ['batch', 2, 7, 5], { kernel_shape: [3, 3], strides: two }),
    of('3x3 overlapping, padded', ['batch', 2, 6, 5], { kernel_shape: [3, 3], strides: two, pads: pads(1) }),
    of('2x2 side by side, padded', ['batch', 2, 4, 4], { kernel_shape: two, strides: two, pads: pads(1) }),
    of('3x3 with asymmetric padding', ['batch', 2, 5, 4], {
      kernel_shape: [3, 3],
      strides: two,
      pads: [0, 1, 1, 0],
    }),
    of('3x3 at stride 1 with auto_pad SAME_UPPER', ['batch', 2, 4, 3], {
      kernel_shape: [3, 3],
      auto_pad: 'SAME_UPPER',
    }),
    of('2x2 with auto_pad SAME_UPPER, odd size', ['batch', 2, 5, 3], {
      kernel_shape: two,
      strides: two,
      auto_pad: 'SAME_UPPER',
    }),
    of('2x2 rounded up', ['batch', 2, 5, 7], { kernel_shape: two, strides: two, ceil_mode: 1 }),
    of('3x3 rounded up, padded', ['batch', 2, 6, 7], {
      kernel_shape: [3, 3],
      strides: two,
      pads: pads(1),
      ceil_mode: 1,
    }),
    of('of the whole map', ['batch', 2, 3, 4], { kernel_shape: [3, 4] }),
  ];
}

function normalization(title: string, shape: Shape, training: boolean, epsilon = 1e-5): Case {
  const channels = [shape[1]!];
  const statistics: Input[] = [fixed(normal(channels)), fixed(uniform(channels, 0.5, 2))];
  return {
    op: 'BatchNormalization',
    title: `${title}, ${training ? 'by the batch' : 'by running statistics'}`,
    inputs: [normal(shape), normal(channels), normal(channels), ...statistics],
    build: (x, scale, offset, mean, variance) =>
      op.batchNormalization(x!, scale!, offset!, mean!, variance!, { epsilon }),
    training,
  };
}

const normalizationCases: readonly Case[] = [true, false].flatMap((training) => [
  normalization('of a map', ['batch', 3, 2, 4], training),
  normalization('of a map, with a large epsilon', ['batch', 2, 3, 3], training, 0.5),
  normalization('of a sequence', ['batch', 3, 4], training),
  normalization('of vectors', ['batch', 4], training),
]);

function dropout(title: string, training: boolean, rate: number | undefined): Case {
  return {
    op: 'Dropout',
    title,
    inputs: [normal(['batch', 5])],
    build: (x) => x!.graph.add('Dropout', rate === undefined ? [x] : [x, x!.graph.scalar(rate)])[0]!,
    training,
  };
}

export const spatialCases: readonly Case[] = [
  ...convolutionCases,
  ...frozenConvolutionCases,
  ...pools('MaxPool'),
  pool('MaxPool', 'dilated', ['batch', 2, 7, 6], { kernel_shape: two, strides: two, dilations: two }),
  ...pools('AveragePool'),
  ...pools('AveragePool', { count_include_pad: 1 }),
  pool('GlobalAveragePool', 'of a map', ['batch', 3, 2, 4], {}),
  pool('GlobalAveragePool', 'of a sequence', ['batch', 3, 4], {}),
  pool('GlobalMaxPool', 'of a map', ['batch', 3, 2, 4], {}),
  {
    op: 'InstanceNormalization',
    title: 'of a map',
    inputs: [normal(['batch', 3, 2, 4]), normal([3]), normal([3])],
    build: (...inputs) => inputs[0]!.graph.add('InstanceNormalization', inputs, { epsilon: float(1e-3) })[0]!,
  },
  ...normalizationCases,
  dropout('in training', true, 0.25),
  dropout('in training, with the default rate', true, undefined),
  dropout('in inference', false, 0.25),
];

function convTranspose(title: string, x: Shape, w: Shape, attributes: Attributes = {}): Case {
  return {
    op: 'ConvTranspose',
    title,
    inputs: [fixed(normal(x)), fixed(normal(w))],
    build: (...inputs) => inputs[0]!.graph.add('ConvTranspose', inputs, attributes)[0]!,
  };
}

/** Operators, or forms of them, that pass no gradient. */
export const spatialValueCases: readonly Case[] = [
  conv('dilated', ['batch', 2, 7, 6], [2, 2, 3, 3], { dilations: two, pads: pads(1) }),
  conv('of a sequence', ['batch', 2, 7], [3, 2, 3], { pads: [1, 0] }),
  convTranspose('at stride 1', ['batch', 2, 3, 4], [2, 3, 3, 3]),
  convTranspose('at stride 2, padded, with output padding', ['batch', 2, 3, 4], [2, 3, 3, 3], {
    strides: two,
    pads: [1, 0, 1, 0],
    output_padding: [1, 0],
  }),
  convTranspose('in groups, dilated', ['batch', 4, 3, 4], [4, 2, 2, 2], { group: 2, dilations: two }),
  {
    op: 'MaxUnpool',
    title: 'of what MaxPool took',
    inputs: [fixed(normal(['batch', 2, 4, 5]))],
    build: (x) => {
      const attributes = { kernel_shape: two, strides: two };
      const pooled = x!.graph.add('MaxPool', [x], attributes, { outputs: 2 });
      return x!.graph.add('MaxUnpool', [...pooled, op.shapeOf(x!)], attributes)[0]!;
    },
  },
  {
    op: 'BatchNormalization',
    title: 'in training, with momentum',
    inputs: [normal(['batch', 3, 2, 2]), normal([3]), normal([3]), normal([3]), uniform([3], 0.5, 2)],
    build: (...inputs) =>
      inputs[0]!.graph.add(
        'BatchNormalization',
        inputs,
        { training_mode: 1, momentum: float(0.25) },
        { outputs: 3 },
      ),
  },
];
