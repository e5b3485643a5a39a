/** @module Operators between floats and integers of a scale -> their results, one element at a time. */
import { type Dense, dense } from './dense.ts';
import type { Application, Operators } from './operator.ts';

/** Scale and zero point of the element at a place. */
function parametersAt({ inputs, int }: Application): (index: number) => [scale: number, zero: number] {
  const [x, scale, zero] = inputs as [Dense, Dense, Dense?];
  if (scale.shape.length === 0) return () => [scale.data[0]!, zero?.data[0] ?? 0];
  const axis = int('axis', 1);
  const inner = x.shape.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  return (index) => {
    const at = Math.floor(index / inner) % x.shape[axis]!;
    return [scale.data[at]!, zero?.data[at] ?? 0];
  };
}

function each(
  formula: (value: number, scale: number, zero: number, dtype: string) => number,
): Operators[string] {
  return (application) => {
    const x = application.inputs[0]!;
    const at = parametersAt(application);
    const values = Array.from(x.data, (value, i) => formula(value, ...at(i), application.dtype));
    return [dense(values, x.shape)];
  };
}

/** To the nearest integer, and halves to the even one. */
function roundEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

export const quantizationOperators: Operators = {
  QuantizeLinear: each((value, scale, zero, dtype) => {
    const [low, high] = dtype === 'uint8' ? [0, 255] : [-128, 127];
    return Math.min(high, Math.max(low, roundEven(value / Math.fround(scale)) + zero));
  }),
  DequantizeLinear: each((value, scale, zero) => (value - zero) * scale),
};
