/** @module Elementwise operators -> their results as functions of scalars. */
import { dataTypeOfCode } from '../../../src/graph/index.ts';
import { combine, type Dense } from './dense.ts';
import type { Application, Operators } from './operator.ts';

function truth(value: boolean): number {
  return value ? 1 : 0;
}

/** Abramowitz & Stegun 7.1.6: all terms have one sign, so nothing cancels. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function each(formula: (...values: readonly number[]) => number): Operators[string] {
  return ({ inputs }) => [combine(inputs as Dense[], formula)];
}

/** A function of one number and of the node's attributes. */
function unary(formula: (x: number, application: Application) => number): Operators[string] {
  return (application) => [combine([application.inputs[0]!], (x) => formula(x!, application))];
}

function binary(formula: (a: number, b: number) => number): Operators[string] {
  return each((a, b) => formula(a!, b!));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

const castTo: Readonly<Record<string, (x: number) => number>> = {
  bool: (x) => truth(x !== 0),
  uint8: (x) => Math.trunc(x) & 255,
  int32: Math.trunc,
  int64: Math.trunc,
};

export const elementwiseOperators: Operators = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: ({ inputs, dtype }) => [
    combine(inputs as Dense[], (a, b) => (dtype === 'int64' ? Math.trunc(a! / b!) : a! / b!)),
  ],
  Pow: binary((a, b) => a ** b),
  Mod: binary((a, b) => a - b * Math.floor(a / b)),
  Min: each(Math.min),
  Max: each(Math.max),
  Sum: each((...values) => total(values)),
  Mean: each((...values) => total(values) / values.length),
  Equal: binary((a, b) => truth(a === b)),
  Greater: binary((a, b) => truth(a > b)),
  GreaterOrEqual: binary((a, b) => truth(a >= b)),
  Less: binary((a, b) => truth(a < b)),
  LessOrEqual: binary((a, b) => truth(a <= b)),
  And: binary((a, b) => truth(a !== 0 && b !== 0)),
  Or: binary((a, b) => truth(a !== 0 || b !== 0)),
  Not: unary((x) => truth(x === 0)),
  Where: each((condition, a, b) => (condition ? a! : b!)),
  Relu: unary((x) => Math.max(x, 0)),
  LeakyRelu: unary((x, { int }) => (x >= 0 ? x : int('alpha', 0.01) * x)),
  PRelu: binary((x, slope) => (x >= 0 ? x : slope * x)),
  Mish: unary((x) => x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))))),
  Elu: unary((x, { int }) => (x >= 0 ? x : int('alpha', 1) * Math.expm1(x))),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Tanh: unary(Math.tanh),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Abs: unary(Math.abs),
  Neg: unary((x) => -x),
  Sign: unary(Math.sign),
  Erf: unary(erf),
  Reciprocal: unary((x) => 1 / x),
  Floor: unary(Math.floor),
  Identity: unary((x) => x),
  HardSigmoid: unary((x, { int }) => clamp(int('alpha', 0.2) * x + int('beta', 0.5), 0, 1)),
  HardSwish: unary((x) => x * clamp(x / 6 + 0.5, 0, 1)),
  Dropout: unary((x) => x),
  Clip: ({ inputs }) => {
    const [x, low, high] = inputs as [Dense, Dense | undefined, Dense | undefined];
    const bounds = [
      low?.data[0] ?? Number.NEGATIVE_INFINITY,
      high?.data[0] ?? Number.POSITIVE_INFINITY,
    ] as const;
    return [combine([x], (value) => clamp(value!, ...bounds))];
  },
  Cast: ({ inputs, int }) => {
    const convert = castTo[dataTypeOfCode(int('to', 1))!] ?? ((x: number) => x);
    return [combine([inputs[0]!], (x) => convert(x!))];
  },
};
