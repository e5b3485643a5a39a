/** @module The words in which graphs are written: attributes, nodes, values and what initializers are to training. */
import type { DataType, Shape, Tensor } from './tensor.ts';

/** An attribute keeps ONNX's distinction between integers and floats, which JavaScript's numbers lack. */
export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: Tensor };
export type Attributes = Readonly<Record<string, Attribute>>;

/** Plain numbers become integers; wrap a float with {@link float}. */
export type AttributeInput = number | readonly number[] | string | readonly string[] | Attribute | undefined;

/** A float attribute, e.g. `{ epsilon: float(1e-5) }`. */
export function float(value: number): Attribute {
  return { type: 'float', value };
}

export function attributesOf(inputs: Readonly<Record<string, AttributeInput>>): Attributes {
  const attributes: Record<string, Attribute> = {};
  for (const [name, input] of Object.entries(inputs)) {
    if (input === undefined) continue;
    if (typeof input === 'number') attributes[name] = { type: 'int', value: input };
    else if (typeof input === 'string') attributes[name] = { type: 'string', value: input };
    else if (!Array.isArray(input)) attributes[name] = input as Attribute;
    else if (typeof input[0] === 'string') attributes[name] = { type: 'strings', value: input };
    else attributes[name] = { type: 'ints', value: input };
  }
  return attributes;
}

export interface Node {
  readonly name: string;
  /** ONNX operator name, e.g. `Conv`. */
  readonly op: string;
  /** Operator set; the empty string is ONNX's own. */
  readonly domain: string;
  /** Value names; the empty string stands for an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface TensorType {
  readonly dtype: DataType;
  readonly shape: Shape;
}

/** A value of a graph: an input, a constant or the output of a node. */
export interface Value extends TensorType {
  readonly graph: GraphBuilder;
  readonly name: string;
}

export interface AddOptions {
  readonly domain?: string;
  /** Number of outputs. @default 1 */
  readonly outputs?: number;
  readonly name?: string;
  /** What the outputs are, for operators beyond ONNX's own set, which no rule knows. */
  readonly types?: readonly TensorType[];
}

/** The gradient of a convolution's weights, [out, in / group, kernel height, kernel width]. */
export interface WeightGradient {
  readonly kind: 'depthwise' | 'dense';
  readonly gradient: Value;
  readonly x: Value;
  readonly kernel: readonly [number, number];
  readonly strides: readonly number[];
  /** Top, left, bottom, right. */
  readonly pads: readonly number[];
}

/** The gradient of a maximum's input, over windows that lie side by side and cover all of the map. */
export interface MaximumGradient {
  readonly kind: 'maximum';
  readonly gradient: Value;
  readonly x: Value;
  /** What the pooling gave. */
  readonly pooled: Value;
  readonly kernel: readonly [number, number];
}

/** A gradient for which ONNX lacks an operator. */
export type Gradient = WeightGradient | MaximumGradient;

/** Weights [in, out, ...kernel] of a convolution's gradient: its own weights [out, in, ...kernel], with taps reversed. */
export interface FlippedWeights {
  readonly kind: 'flipped';
  readonly weights: Value;
}

/** What a value is, where a graph computes it by operators that suit some machines better than others. */
export type Meaning = Gradient | FlippedWeights;

/** What a formula may do with the graph to which its values belong. */
export interface GraphBuilder {
  add(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Readonly<Record<string, AttributeInput>>,
    options?: AddOptions,
  ): Value[];
  constant(tensor: Tensor): Value;
  scalar(value: number): Value;
  integers(values: readonly number[]): Value;
  value(name: string): Value;
  /** Notes what a value is, for who knows a better way to compute it. */
  note(value: Value, meaning: Meaning): void;
  contentsOf(name: string): Shape | undefined;
  numberOf(name: string): number | undefined;
}

/** What an initializer is to training; it is said when the initializer is made. */
export type Role =
  /** Learned by gradients. */
  | {
      readonly kind: 'parameter';
      /** What is learned at one rate and frozen together. */
      readonly layer: string;
      /** Whether its values are drawn anew, or come from a file in which they were learned. */
      readonly origin: 'fresh' | 'file';
    }
  /** Follows the batches instead of the gradient, as running means do. */
  | { readonly kind: 'statistic'; readonly layer: string }
  | { readonly kind: 'constant' };

export const constantRole: Role = { kind: 'constant' };
