/** @module The cases of elementwise operators. */
import { type Attribute, float, operators as op, type Value } from '../../../src/graph/index.ts';
import { type Case, fixed, given, type Input, normal, uniform } from '../case.ts';

type Attributes = Readonly<Record<string, Attribute | number>>;

function apply(name: string, attributes: Attributes = {}) {
  return (...inputs: readonly Value[]): Value => inputs[0]!.graph.add(name, inputs, attributes)[0]!;
}

function unary(name: string, x: Input, attributes: Attributes = {}, title = 'of [batch, 4]'): Case {
  return { op: name, title, inputs: [x], build: apply(name, attributes) };
}

/** Every way in which two shapes can broadcast. */
const broadcasts: readonly (readonly [string, readonly (string | number)[], readonly (string | number)[]])[] =
  [
    ['the same shape', ['batch', 3], ['batch', 3]],
    ['a scalar', ['batch', 3], []],
    ['a row', ['batch', 2, 3], [3]],
    ['a column', ['batch', 2, 3], [2, 1]],
    ['channels', ['batch', 3, 2, 2], [1, 3, 1, 1]],
    ['over the batch', [1, 3], ['batch', 3]],
    ['both ways', ['batch', 1, 2], [3, 1]],
    ['a constant of one element in the middle', [2, 1, 3], ['batch', 1, 4, 1]],
  ];

function binary(name: string, draw: (shape: Input['shape']) => Input): Case[] {
  return broadcasts.map(([title, a, b]) => ({
    op: name,
    title: `with ${title}`,
    inputs: [draw(a), draw(b)],
    build: apply(name),
  }));
}

const square: Input['shape'] = ['batch', 4];
const positive = uniform(square, 0.3, 2);

export const elementwiseCases: readonly Case[] = [
  ...binary('Add', normal),
  ...binary('Sub', normal),
  ...binary('Mul', normal),
  ...binary('Div', (shape) => uniform(shape, 0.5, 2)),
  ...binary('Pow', (shape) => uniform(shape, 0.5, 2)),
  ...binary('Max', normal),
  ...binary('Min', normal),
  {
    op: 'Pow',
    title: 'of negative numbers to a fixed integer power',
    inputs: [normal(square)],
    build: (x) => op.power(x!, 3),
  },
  {
    op: 'Mul',
    title: 'of a value with itself',
    inputs: [normal(square)],
    build: (x) => op.multiply(x!, x!),
  },
  { op: 'Sum', title: 'of one', inputs: [normal(square)], build: apply('Sum') },
  {
    op: 'Sum',
    title: 'of three that broadcast',
    inputs: [normal(square), normal([4]), normal(['batch', 1])],
    build: apply('Sum'),
  },
  { op: 'Max', title: 'of one', inputs: [normal(square)], build: apply('Max') },
  {
    op: 'Max',
    title: 'of three that broadcast',
    inputs: [normal(square), normal([4]), normal(['batch', 1])],
    build: apply('Max'),
  },
  {
    op: 'Min',
    title: 'of three that broadcast',
    inputs: [normal(square), normal([4]), normal(['batch', 1])],
    build: apply('Min'),
  },
  {
    op: 'Where',
    title: 'of the same shape',
    inputs: [given(square, [1, 0, 0], 'bool'), normal(square), normal(square)],
    build: apply('Where'),
  },
  {
    op: 'Where',
    title: 'with branches that broadcast',
    inputs: [given(['batch', 1, 1], [1, 0, 1], 'bool'), normal([2, 1]), normal([3])],
    build: apply('Where'),
  },
  {
    op: 'Clip',
    title: 'between bounds',
    inputs: [normal(square)],
    build: (x) => op.clip(x!, -0.5, 0.7),
  },
  {
    op: 'Clip',
    title: 'from below only',
    inputs: [normal(square)],
    build: (x) => x!.graph.add('Clip', [x, x!.graph.scalar(0.2)])[0]!,
  },
  {
    op: 'Clip',
    title: 'from above only',
    inputs: [normal(square)],
    build: (x) => x!.graph.add('Clip', [x, undefined, x!.graph.scalar(0.2)])[0]!,
  },
  { op: 'Clip', title: 'without bounds', inputs: [normal(square)], build: apply('Clip') },
  {
    op: 'Identity',
    title: 'twice in a sum',
    inputs: [normal(square)],
    build: (x) => op.add(op.identity(x!), op.identity(x!)),
  },
  unary('Neg', normal(square)),
  unary('Relu', normal(square)),
  unary('LeakyRelu', normal(square)),
  unary('LeakyRelu', normal(square), { alpha: float(0.3) }, 'with alpha 0.3'),
  unary('Elu', normal(square)),
  unary('Elu', normal(square), { alpha: float(0.5) }, 'with alpha 0.5'),
  {
    op: 'PRelu',
    title: 'with a slope for each channel',
    inputs: [normal(['batch', 3, 2, 2]), uniform([3, 1, 1], 0.1, 0.9)],
    build: apply('PRelu'),
  },
  unary('Mish', normal(square)),
  unary('Mish', uniform(square, -8, 8), {}, 'of large numbers'),
  unary('Sigmoid', normal(square)),
  unary('Tanh', normal(square)),
  unary('Softplus', normal(square)),
  unary('Softplus', uniform(square, -30, 30), {}, 'of large numbers'),
  unary('Exp', normal(square)),
  unary('Log', positive),
  unary('Sqrt', positive),
  unary('Reciprocal', positive),
  unary('Abs', normal(square)),
  unary('Erf', normal(square)),
  unary('HardSigmoid', uniform(square, -4, 4)),
  unary(
    'HardSigmoid',
    uniform(square, -4, 4),
    { alpha: float(0.4), beta: float(0.3) },
    'with its attributes',
  ),
  unary('HardSwish', uniform(square, -5, 5)),
  unary('Sigmoid', normal([]), {}, 'of a scalar'),
];

const numbers = fixed(normal(square));
const flags = given(square, [1, 0, 0, 1, 1], 'bool');
const moreFlags = given(square, [0, 0, 1], 'bool');

/** Operators that pass no gradient. */
export const elementwiseValueCases: readonly Case[] = [
  unary('Sign', given(square, [-2, 0, 3])),
  unary('Floor', numbers),
  unary('Not', flags),
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((name) => ({
    op: name,
    title: 'with ties',
    inputs: [given(square, [1, 2, 3, 4, 5]), given([4], [1, 3, 2, 4])],
    build: apply(name),
  })),
  {
    op: 'Mod',
    title: 'of integers of both signs',
    inputs: [given(square, [7, -7, 3], 'int64'), given([4], [3, 2, 5, 4], 'int64')],
    build: apply('Mod'),
  },
  ...['And', 'Or'].map((name) => ({
    op: name,
    title: 'of flags',
    inputs: [flags, moreFlags],
    build: apply(name),
  })),
  {
    op: 'Mean',
    title: 'of three that broadcast',
    inputs: [numbers, fixed(normal([4])), fixed(normal(['batch', 1]))],
    build: apply('Mean'),
  },
  {
    op: 'Add',
    title: 'of integers',
    inputs: [given(square, [1, -2, 3], 'int64'), given([4], [5, 6, 7, 8], 'int64')],
    build: apply('Add'),
  },
  {
    op: 'Where',
    title: 'of integers',
    inputs: [flags, given(square, [1, -2, 3], 'int64'), given([4], [5, 6, 7, 8], 'int64')],
    build: apply('Where'),
  },
];
