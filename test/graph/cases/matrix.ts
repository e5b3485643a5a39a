/** @module The cases of products, softmax, layer normalization and recurrences. */
import { type Attribute, float, operators as op } from '../../../src/graph/index.ts';
import { type Case, normal, uniform } from '../case.ts';

type Shape = readonly (string | number)[];

function matMul(title: string, a: Shape, b: Shape): Case {
  return { op: 'MatMul', title, inputs: [normal(a), normal(b)], build: (x, y) => op.matMul(x!, y!) };
}

function gemm(
  title: string,
  shapes: readonly Shape[],
  attributes: Readonly<Record<string, Attribute | number>> = {},
): Case {
  return {
    op: 'Gemm',
    title,
    inputs: shapes.map(normal),
    build: (...inputs) => inputs[0]!.graph.add('Gemm', inputs, attributes)[0]!,
  };
}

function softmax(name: string, title: string, shape: Shape, axis: number): Case {
  return {
    op: name,
    title,
    inputs: [normal(shape)],
    build: (x) => x!.graph.add(name, [x], { axis })[0]!,
  };
}

const directions = ['forward', 'reverse', 'bidirectional'] as const;

function recurrence(
  name: 'GRU' | 'LSTM',
  direction: (typeof directions)[number],
  { biased, outputs }: { readonly biased: boolean; readonly outputs: readonly number[] },
): Case {
  const [time, features, hidden] = [4, 3, 2];
  const count = direction === 'bidirectional' ? 2 : 1;
  const gates = (name === 'GRU' ? 3 : 4) * hidden;
  const weights = [normal([count, gates, features]), normal([count, gates, hidden])];
  const attributes = { direction, hidden_size: hidden, linear_before_reset: name === 'GRU' ? 1 : undefined };
  return {
    op: name,
    title: `${direction} ${biased ? 'with' : 'without'} biases, outputs ${outputs}`,
    inputs: [normal([time, 'batch', features]), ...weights, ...(biased ? [normal([count, 2 * gates])] : [])],
    build: (...inputs) => {
      const all = inputs[0]!.graph.add(name, inputs, attributes, { outputs: Math.max(...outputs) + 1 });
      return outputs.map((i) => all[i]!);
    },
  };
}

export const matrixCases: readonly Case[] = [
  matMul('of two matrices', ['batch', 4], [4, 3]),
  matMul('of a sequence with a matrix', ['batch', 3, 4], [4, 2]),
  matMul('of a matrix with a sequence', [3, 4], ['batch', 4, 2]),
  matMul('of two sequences', ['batch', 2, 4], ['batch', 4, 3]),
  matMul('with leading dimensions that broadcast', ['batch', 1, 2, 4], [3, 4, 2]),
  matMul('with one leading dimension of 1', [1, 2, 3], ['batch', 3, 2]),
  gemm('without a bias', [
    ['batch', 4],
    [4, 3],
  ]),
  gemm('with a bias for each column', [['batch', 4], [4, 3], [3]]),
  gemm('with a bias for each row', [
    [3, 4],
    [4, 2],
    [3, 1],
  ]),
  gemm('with a scalar bias', [['batch', 4], [4, 3], []]),
  gemm('with the first transposed', [[4, 'batch'], [4, 3], [3]], { transA: 1 }),
  gemm('with the second transposed', [['batch', 4], [3, 4], [3]], { transB: 1 }),
  gemm('with both transposed, scaled', [[4, 'batch'], [3, 4], [3]], {
    transA: 1,
    transB: 1,
    alpha: float(0.5),
    beta: float(2),
  }),
  ...['Softmax', 'LogSoftmax'].flatMap((name) => [
    softmax(name, 'over the last axis', ['batch', 4], -1),
    softmax(name, 'over a middle axis', ['batch', 3, 2], 1),
    softmax(name, 'over the batch', ['batch', 3], 0),
  ]),
  {
    op: 'LayerNormalization',
    title: 'over the last axis',
    inputs: [normal(['batch', 2, 5]), normal([5]), normal([5])],
    build: (...inputs) => inputs[0]!.graph.add('LayerNormalization', inputs)[0]!,
  },
  {
    op: 'LayerNormalization',
    title: 'over the last two axes',
    inputs: [normal(['batch', 3, 2, 4]), normal([2, 4]), normal([2, 4])],
    build: (...inputs) => inputs[0]!.graph.add('LayerNormalization', inputs, { axis: 2 })[0]!,
  },
  {
    op: 'LayerNormalization',
    title: 'without an offset, with a large epsilon',
    inputs: [normal(['batch', 5]), uniform([5], 0.5, 2)],
    build: (...inputs) =>
      inputs[0]!.graph.add('LayerNormalization', inputs, { axis: 1, epsilon: float(0.1) })[0]!,
  },
];

export const recurrentCases: readonly Case[] = directions.flatMap((direction) => [
  recurrence('GRU', direction, { biased: true, outputs: [0, 1] }),
  recurrence('GRU', direction, { biased: false, outputs: [1] }),
  recurrence('LSTM', direction, { biased: true, outputs: [0, 1, 2] }),
  recurrence('LSTM', direction, { biased: false, outputs: [0] }),
]);

/** Variants that serve inference only. */
export const recurrentValueCases: readonly Case[] = [
  {
    op: 'GRU',
    title: 'with an initial state and the reset before the product',
    inputs: [
      normal([4, 'batch', 3]),
      normal([1, 6, 3]),
      normal([1, 6, 2]),
      normal([1, 12]),
      normal([1, 'batch', 2]),
    ],
    build: (x, w, r, b, initial) =>
      x!.graph.add('GRU', [x, w, r, b, undefined, initial], { hidden_size: 2 }, { outputs: 2 }),
  },
  {
    op: 'LSTM',
    title: 'with initial states',
    inputs: [
      normal([4, 'batch', 3]),
      normal([1, 8, 3]),
      normal([1, 8, 2]),
      normal([1, 'batch', 2]),
      normal([1, 'batch', 2]),
    ],
    build: (x, w, r, hidden, memory) =>
      x!.graph.add(
        'LSTM',
        [x, w, r, undefined, undefined, hidden, memory],
        { hidden_size: 2 },
        { outputs: 3 },
      ),
  },
];
