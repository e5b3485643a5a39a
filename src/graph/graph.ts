/** @module Operators and their inputs -> a graph whose every value has a known element type and shape. */
import { onesheetError } from '../errors.ts';
import { contentsOfNode, contentsOfTensor } from './contents.ts';
import { inferTypes } from './infer.ts';
import { type DataType, float32, formatShape, int64, type Shape, type Tensor } from './tensor.ts';

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
  readonly graph: Graph;
  readonly name: string;
}

/** Plain numbers become integers; wrap a float with {@link float}. */
export type AttributeInput = number | readonly number[] | string | readonly string[] | Attribute | undefined;

/** A float attribute, e.g. `{ epsilon: float(1e-5) }`. */
export function float(value: number): Attribute {
  return { type: 'float', value };
}

function attributesOf(inputs: Readonly<Record<string, AttributeInput>>): Attributes {
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

/**
 * A network or a training step as ONNX operators. Nodes stand in the order in which they were added, which is
 * an order of execution. Initializers are constants; when a graph is emitted, chosen ones can become inputs.
 */
export class Graph {
  readonly inputs: Value[] = [];
  /** Output name -> value, in order. */
  readonly outputs = new Map<string, Value>();
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Tensor>();
  readonly values = new Map<string, Value>();
  readonly #producers = new Map<string, Node>();
  /** What small integer values hold, where it is known. */
  readonly #contents = new Map<string, Shape>();
  readonly #constants = new Map<string, Value>();
  readonly #reserved: ReadonlySet<string>;
  #counter = 0;

  /** @param reserved names that fresh values keep clear of, as they are going to be declared */
  constructor(reserved: Iterable<string> = []) {
    this.#reserved = new Set(reserved);
  }

  input(name: string, dtype: DataType, shape: Shape): Value {
    const value = this.#declare(name, dtype, shape);
    this.inputs.push(value);
    return value;
  }

  /** A named constant: a weight, a statistic. */
  initializer(name: string, tensor: Tensor): Value {
    const value = this.#declare(name, tensor.dtype, tensor.shape);
    this.initializers.set(name, tensor);
    const known = contentsOfTensor(tensor);
    if (known) this.#contents.set(name, known);
    return value;
  }

  /** An unnamed constant; equal small ones are shared. */
  constant(tensor: Tensor): Value {
    if (tensor.data.length > 64) return this.initializer(this.#freshName('constant'), tensor);
    const key = `${tensor.dtype}${formatShape(tensor.shape)}${tensor.data.join(',')}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const value = this.initializer(this.#freshName('constant'), tensor);
    this.#constants.set(key, value);
    return value;
  }

  scalar(value: number): Value {
    return this.constant(float32([value], []));
  }

  integers(values: readonly number[]): Value {
    return this.constant(int64(values));
  }

  /**
   * Adds a node and returns its outputs.
   *
   * @throws {OnesheetError} GRAPH_SHAPE when the inputs do not fit the operator, GRAPH_OPERATOR when its shape
   * rule is unknown.
   */
  add(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, AttributeInput>> = {},
    options: { readonly domain?: string; readonly outputs?: number; readonly name?: string } = {},
  ): Value[] {
    const name = options.name ?? this.#freshName(op);
    const outputNames = Array.from({ length: options.outputs ?? 1 }, (_, i) =>
      i === 0 ? name : `${name}:${i}`,
    );
    return this.addNode({
      name,
      op,
      domain: options.domain ?? '',
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: outputNames,
      attributes: attributesOf(attributes),
    });
  }

  /** Adds a node whose names are given, as when a file is read. Outputs named '' are left out. */
  addNode(node: Node): Value[] {
    const inputs = node.inputs.map((input) => (input === '' ? undefined : this.value(input)));
    const contents = node.inputs.map((input) => this.#contents.get(input));
    const types = inferTypes(node, inputs, contents);
    const known = contentsOfNode(node, contents, inputs[0]?.shape);
    if (known && node.outputs[0]) this.#contents.set(node.outputs[0], known);
    this.nodes.push(node);
    return node.outputs.map((output, i) => {
      const type = types[i];
      if (type === undefined)
        throw onesheetError('GRAPH_OPERATOR', node.op, node.name, `the operator set with output ${i}`);
      if (output !== '') this.#producers.set(output, node);
      return output === ''
        ? { graph: this, name: '', ...type }
        : this.#declare(output, type.dtype, type.shape);
    });
  }

  /** Declares a value as the graph's output; the value gets that name through an Identity if it has another. */
  output(name: string, value: Value): void {
    const named = value.name === name ? value : (this.add('Identity', [value], {}, { name })[0] as Value);
    this.outputs.set(name, named);
  }

  value(name: string): Value {
    const value = this.values.get(name);
    if (!value) throw onesheetError('GRAPH_VALUE', name);
    return value;
  }

  /** The integers that a small value holds, where they are known: a shape, axes, bounds. */
  contentsOf(name: string): Shape | undefined {
    return this.#contents.get(name);
  }

  /** The node that computes a value; `undefined` for inputs and initializers. */
  producerOf(name: string): Node | undefined {
    return this.#producers.get(name);
  }

  #freshName(prefix: string): string {
    let name: string;
    do name = `${prefix}_${this.#counter++}`;
    while (this.values.has(name) || this.#reserved.has(name));
    return name;
  }

  #declare(name: string, dtype: DataType, shape: Shape): Value {
    if (this.values.has(name)) throw onesheetError('GRAPH_NAME', name);
    const value: Value = { graph: this, name, dtype, shape };
    this.values.set(name, value);
    return value;
  }
}
