/** @module Operators that work element by element -> their rules. */
import { addDims, dimsOfBoth, quotient, remainder } from '../contents.ts';
import {
  add,
  and,
  divide,
  equal,
  exp,
  greater,
  indicator,
  less,
  log,
  multiply,
  negate,
  positive,
  power,
  sigmoid,
  sign,
  softplus,
  subtract,
  sum,
  tanh,
  where,
} from '../operators.ts';
import {
  broadcastShapes,
  type DataType,
  type Dim,
  formatShape,
  multiplyDims,
  type Shape,
} from '../tensor.ts';
import type { Value } from '../vocabulary.ts';
import { type GradientContext, type GradientRule, unbroadcast } from './gradient.ts';
import type { ShapeRule } from './inference.ts';
import type { ContentsRule, OperatorRule, OperatorRules } from './rule.ts';

export const sameAsInput: ShapeRule = (context) => [{ ...context.input(0) }];

/** @param operands their number, where the operator does not take any */
export function elementwise(result?: DataType, operands?: number): ShapeRule {
  return (context) => {
    if (operands !== undefined && context.inputs.length !== operands)
      context.fail(`expected ${operands} inputs`);
    let shape: Shape = context.input(0).shape;
    for (let i = 1; i < context.inputs.length; i++) {
      const other = context.input(i);
      shape = broadcastShapes(shape, other.shape) ?? context.fail('the shapes do not broadcast');
      if (other.dtype !== context.input(0).dtype) context.fail('the element types differ');
    }
    return [{ dtype: result ?? context.input(0).dtype, shape }];
  };
}

/** A rule for y = f(x): the derivative as a function of x and y, times the gradient of y. */
function unary(derivative: (x: Value, y: Value, context: GradientContext) => Value): GradientRule {
  return (context) => [
    multiply(context.gradient, derivative(context.inputs[0]!, context.outputs[0]!, context)),
  ];
}

/** A rule for y = f(a, b): one expression for each operand, summed over what broadcasting repeated. */
function binary(
  left: (gradient: Value, a: Value, b: Value, y: Value) => Value,
  right: (gradient: Value, a: Value, b: Value, y: Value) => Value,
): GradientRule {
  return ({ inputs, outputs, gradient, needs }) => {
    const [a, b] = inputs as [Value, Value];
    const y = outputs[0]!;
    return [
      needs(0) ? unbroadcast(left(gradient, a, b, y), a.shape) : undefined,
      needs(1) ? unbroadcast(right(gradient, a, b, y), b.shape) : undefined,
    ];
  };
}

function floatAttribute({ node }: GradientContext, name: string, fallback: number): number {
  return (node.attributes[name]?.value as number | undefined) ?? fallback;
}

const addAll: GradientRule = ({ inputs, gradient, needs }) =>
  inputs.map((input, i) => (needs(i) ? unbroadcast(gradient, input!.shape) : undefined));

/** Of Max and Min: the operands that equal the result share the gradient equally. */
const extremum: GradientRule = ({ inputs, outputs, gradient, needs }) => {
  const chosen = inputs.map((input) => indicator(equal(input!, outputs[0]!)));
  const share = divide(gradient, sum(chosen));
  return inputs.map((input, i) =>
    needs(i) ? unbroadcast(multiply(share, chosen[i]!), input!.shape) : undefined,
  );
};

/**
 * Zero at and beyond the bounds, as ReLU6 wants it. It looks at the output, so that nobody but Clip needs the input,
 * and onnxruntime can join Clip to the convolution before it.
 */
const clip: GradientRule = ({ inputs, outputs, gradient }) => {
  const [low, high] = inputs.slice(1).map(boundIn);
  const y = outputs[0]!;
  const above = low && (low.graph.numberOf(low.name) === 0 ? y : subtract(y, low));
  const below = high && subtract(high, y);
  const room = above && below ? multiply(above, below) : (above ?? below);
  return [room ? multiply(gradient, positive(room)) : gradient];
};

/** A bound, unless it is known to be infinite: then it bounds nothing. */
function boundIn(bound: Value | undefined): Value | undefined {
  const known = bound?.graph.numberOf(bound.name);
  return known === undefined || Number.isFinite(known) ? bound : undefined;
}

function hardSigmoidSlope(x: Value, alpha: number, beta: number): Value {
  const line = add(multiply(x, alpha), beta);
  return multiply(indicator(and(greater(line, 0), less(line, 1))), alpha);
}

/** The slope may be repeated, the input not. */
const preluTypes: ShapeRule = (context) => {
  const x = context.input(0);
  const both = broadcastShapes(x.shape, context.input(1).shape);
  if (formatShape(both ?? []) !== formatShape(x.shape))
    context.fail('the slope does not broadcast to the input');
  return [{ ...x }];
};

/** Of integers that stand for dimensions. */
const both =
  (combine: (a: Dim, b: Dim) => Dim | undefined): ContentsRule =>
  ([first, second]) =>
    first && second && dimsOfBoth(first, second, combine);

/** y = f(x), element by element. */
const map = (gradient: GradientRule | 'flat'): OperatorRule => ({ types: sameAsInput, gradient });

const pair = elementwise(undefined, 2);
const any = elementwise();

export const elementwiseRules = {
  Add: { types: pair, contents: both((a, b) => addDims(a, b, 1)), gradient: addAll, parameters: [0, 1] },
  Sub: {
    types: pair,
    contents: both((a, b) => addDims(a, b, -1)),
    gradient: binary(
      (g) => g,
      (g) => negate(g),
    ),
    parameters: [0, 1],
  },
  Mul: {
    types: pair,
    contents: both(multiplyDims),
    gradient: binary(
      (g, _a, b) => multiply(g, b),
      (g, a) => multiply(g, a),
    ),
    parameters: [0, 1],
  },
  Div: {
    types: pair,
    contents: both(quotient),
    gradient: binary(
      (g, _a, b) => divide(g, b),
      (g, _a, b, y) => negate(divide(multiply(g, y), b)),
    ),
    parameters: [0, 1],
  },
  Mod: { types: pair, contents: both(remainder), gradient: 'flat' },
  Pow: {
    types: pair,
    gradient: binary(
      (g, a, b) => multiply(g, multiply(b, power(a, subtract(b, 1)))),
      (g, a, _b, y) => multiply(g, multiply(y, log(a))),
    ),
  },
  Min: { types: any, gradient: extremum },
  Max: { types: any, gradient: extremum },
  Sum: { types: any, gradient: addAll },
  Mean: { types: any, gradient: 'none' },
  Identity: { types: sameAsInput, contents: ([first]) => first, gradient: ({ gradient }) => [gradient] },
  Neg: map(({ gradient }) => [negate(gradient)]),
  Abs: map(unary((x) => sign(x))),
  Sign: map('flat'),
  Floor: map('flat'),
  Reciprocal: map(unary((_x, y) => negate(multiply(y, y)))),
  Exp: map(unary((_x, y) => y)),
  Log: map(({ inputs, gradient }) => [divide(gradient, inputs[0]!)]),
  Sqrt: map(({ outputs, gradient }) => [divide(gradient, multiply(outputs[0]!, 2))]),
  Erf: map(unary((x) => multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI)))),
  Clip: map(clip),
  Relu: map(unary((_x, y) => positive(y))),
  LeakyRelu: map(unary((x, _y, context) => where(greater(x, 0), 1, floatAttribute(context, 'alpha', 0.01)))),
  PRelu: {
    types: preluTypes,
    gradient: ({ inputs, gradient, needs }) => {
      const [x, slope] = inputs as [Value, Value];
      const positive = greater(x, 0);
      return [
        needs(0) ? multiply(gradient, where(positive, 1, slope)) : undefined,
        needs(1) ? unbroadcast(multiply(gradient, where(positive, 0, x)), slope.shape) : undefined,
      ];
    },
    parameters: [1],
  },
  Elu: map(unary((x, y, context) => where(greater(x, 0), 1, add(y, floatAttribute(context, 'alpha', 1))))),
  Sigmoid: map(unary((_x, y) => multiply(y, subtract(1, y)))),
  Tanh: map(unary((_x, y) => subtract(1, multiply(y, y)))),
  Softplus: map(unary((x) => sigmoid(x))),
  Mish: map(
    unary((x) => {
      const inner = tanh(softplus(x));
      return add(inner, multiply(multiply(x, sigmoid(x)), subtract(1, multiply(inner, inner))));
    }),
  ),
  HardSigmoid: map(
    unary((x, _y, context) =>
      hardSigmoidSlope(x, floatAttribute(context, 'alpha', 0.2), floatAttribute(context, 'beta', 0.5)),
    ),
  ),
  HardSwish: map(
    unary((x) => {
      const inside = indicator(and(greater(x, -3), less(x, 3)));
      const slope = multiply(inside, add(multiply(x, 1 / 3), 0.5));
      return add(slope, indicator(greater(x, 3)));
    }),
  ),
} satisfies OperatorRules;
