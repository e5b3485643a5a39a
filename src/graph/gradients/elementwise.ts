/** @module Gradient rules of elementwise operators. */
import type { Value } from '../graph.ts';
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
  power,
  sigmoid,
  sign,
  softplus,
  subtract,
  sum,
  tanh,
  where,
} from '../operators.ts';
import { type GradientContext, type GradientRule, unbroadcast } from './rule.ts';

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
  const [, low, high] = inputs as [Value, Value | undefined, Value | undefined];
  const y = outputs[0]!;
  const above = low && greater(y, low);
  const below = high && less(y, high);
  const inside = above && below ? and(above, below) : (above ?? below);
  return [inside ? multiply(gradient, indicator(inside)) : gradient];
};

const select: GradientRule = ({ inputs, gradient, needs }) => {
  const [condition, a, b] = inputs as [Value, Value, Value];
  return [
    undefined,
    needs(1) ? unbroadcast(where(condition, gradient, 0), a.shape) : undefined,
    needs(2) ? unbroadcast(where(condition, 0, gradient), b.shape) : undefined,
  ];
};

function hardSigmoidSlope(x: Value, alpha: number, beta: number): Value {
  const line = add(multiply(x, alpha), beta);
  return multiply(indicator(and(greater(line, 0), less(line, 1))), alpha);
}

export const elementwiseRules: Readonly<Record<string, GradientRule>> = {
  Add: addAll,
  Sum: addAll,
  Sub: binary(
    (g) => g,
    (g) => negate(g),
  ),
  Mul: binary(
    (g, _a, b) => multiply(g, b),
    (g, a) => multiply(g, a),
  ),
  Div: binary(
    (g, _a, b) => divide(g, b),
    (g, _a, b, y) => negate(divide(multiply(g, y), b)),
  ),
  Pow: binary(
    (g, a, b) => multiply(g, multiply(b, power(a, subtract(b, 1)))),
    (g, a, _b, y) => multiply(g, multiply(y, log(a))),
  ),
  Max: extremum,
  Min: extremum,
  Clip: clip,
  Where: select,
  Identity: ({ gradient }) => [gradient],
  Neg: ({ gradient }) => [negate(gradient)],
  Relu: unary((_x, y) => indicator(greater(y, 0))),
  LeakyRelu: unary((x, _y, context) => where(greater(x, 0), 1, floatAttribute(context, 'alpha', 0.01))),
  PRelu: ({ inputs, gradient, needs }) => {
    const [x, slope] = inputs as [Value, Value];
    const positive = greater(x, 0);
    return [
      needs(0) ? multiply(gradient, where(positive, 1, slope)) : undefined,
      needs(1) ? unbroadcast(multiply(gradient, where(positive, 0, x)), slope.shape) : undefined,
    ];
  },
  Mish: unary((x) => {
    const inner = tanh(softplus(x));
    return add(inner, multiply(multiply(x, sigmoid(x)), subtract(1, multiply(inner, inner))));
  }),
  Elu: unary((x, y, context) => where(greater(x, 0), 1, add(y, floatAttribute(context, 'alpha', 1)))),
  Sigmoid: unary((_x, y) => multiply(y, subtract(1, y))),
  Tanh: unary((_x, y) => subtract(1, multiply(y, y))),
  Softplus: unary((x) => sigmoid(x)),
  Exp: unary((_x, y) => y),
  Log: ({ inputs, gradient }) => [divide(gradient, inputs[0]!)],
  Sqrt: ({ outputs, gradient }) => [divide(gradient, multiply(outputs[0]!, 2))],
  Reciprocal: unary((_x, y) => negate(multiply(y, y))),
  Abs: unary((x) => sign(x)),
  Erf: unary((x) => multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI))),
  HardSigmoid: unary((x, _y, context) =>
    hardSigmoidSlope(x, floatAttribute(context, 'alpha', 0.2), floatAttribute(context, 'beta', 0.5)),
  ),
  HardSwish: unary((x) => {
    const inside = indicator(and(greater(x, -3), less(x, 3)));
    const slope = multiply(inside, add(multiply(x, 1 / 3), 0.5));
    return add(slope, indicator(greater(x, 3)));
  }),
};
