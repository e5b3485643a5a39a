/** @module The cases of operators between floats and integers of a scale. */
import { float32 } from '../../../src/graph/index.ts';
import { type Case, fixed, given, uniform } from '../case.ts';

const zero = { dtype: 'uint8', shape: [], data: Uint8Array.of(100) } as const;
const zeros = { dtype: 'int8', shape: [3], data: Int8Array.of(0, -5, 7) } as const;

export const quantizationValueCases: readonly Case[] = [
  {
    op: 'QuantizeLinear',
    title: 'to uint8, cut off at both ends',
    inputs: [fixed(uniform(['batch', 4, 3], -9, 9))],
    build: (x) => x!.graph.add('QuantizeLinear', [x, x!.graph.scalar(0.05), x!.graph.constant(zero)])[0]!,
  },
  {
    op: 'QuantizeLinear',
    title: 'to int8 with a scale for each entry of an axis',
    inputs: [fixed(uniform(['batch', 3, 2], -1, 1))],
    build: (x) => {
      const parameters = [x!.graph.constant(float32([0.01, 0.02, 0.05])), x!.graph.constant(zeros)];
      return x!.graph.add('QuantizeLinear', [x, ...parameters], { axis: 1 })[0]!;
    },
  },
  {
    op: 'DequantizeLinear',
    title: 'from uint8',
    inputs: [given(['batch', 4], [0, 1, 99, 100, 101, 255], 'uint8')],
    build: (x) => x!.graph.add('DequantizeLinear', [x, x!.graph.scalar(0.05), x!.graph.constant(zero)])[0]!,
  },
  {
    op: 'DequantizeLinear',
    title: 'from int32 without a zero point, with a scale for each entry of an axis',
    inputs: [given(['batch', 3], [-70000, 0, 5], 'int32')],
    build: (x) =>
      x!.graph.add('DequantizeLinear', [x, x!.graph.constant(float32([0.01, 0.02, 0.05]))], { axis: 1 })[0]!,
  },
];
