/** @module Operators and their inputs -> a graph whose every value has a known element type and shape. */
import { onesheetError } from '../errors.ts';
import { contentsOfTensor } from './contents.ts';
import { inferTypes } from './infer.ts';
import { ruleOf } from './rules/table.ts';
import { type DataType, float32, formatShape, int64, type Shape, type Tensor } from './tensor.ts';
import {
  type AddOptions,
  type AttributeInput,
  attributesOf,
  constantRole,
  type GraphBuilder,
  type Meaning,
  type Node,
  type Role,
  type TensorType,
  type Value,
} from './vocabulary.ts';

/** What the names of constants begin with, in graphs and in the files made of them. */
export const constantPrefix = 'constant_';

/**
 * A network or a training step as ONNX operators. Nodes stand in the order in which they were added, which is
 * an order of execution. Initializers are constants; when a graph is emitted, chosen ones can become inputs.
 */
export class Graph implements GraphBuilder {
  readonly inputs: Value[] = [];
  /** Output name -> value, in order. */
  readonly outputs = new Map<string, Value>();
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Tensor>();
  /** What each initializer is to training. */
  readonly roles = new Map<string, Role>();
  readonly values = new Map<string, Value>();
  /** What some values are, by name. */
  readonly meanings = new Map<string, Meaning>();
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

  /** A named tensor: a weight, a statistic, a constant. */
  initializer(name: string, tensor: Tensor, role: Role = constantRole): Value {
    const value = this.#declare(name, tensor.dtype, tensor.shape);
    this.initializers.set(name, tensor);
    this.roles.set(name, role);
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
    options: AddOptions = {},
  ): Value[] {
    const name = options.name ?? this.#freshName(op);
    const outputNames = Array.from({ length: options.outputs ?? 1 }, (_, i) =>
      i === 0 ? name : `${name}:${i}`,
    );
    const node = {
      name,
      op,
      domain: options.domain ?? '',
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: outputNames,
      attributes: attributesOf(attributes),
    };
    return this.addNode(node, options.types);
  }

  /**
   * Adds a node whose names are given, as when a file is read. Outputs named '' are left out.
   *
   * @param given what the outputs are, where no rule knows the operator
   */
  addNode(node: Node, given?: readonly TensorType[]): Value[] {
    const inputs = node.inputs.map((input) => (input === '' ? undefined : this.value(input)));
    const contents = node.inputs.map((input) => this.#contents.get(input));
    const types = given ?? inferTypes(node, inputs, contents);
    const known = given ? undefined : ruleOf(node.op)?.contents?.(contents, node, inputs[0]?.shape);
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

  note(value: Value, meaning: Meaning): void {
    this.meanings.set(value.name, meaning);
  }

  /** The integers that a small value holds, where they are known: a shape, axes, bounds. */
  contentsOf(name: string): Shape | undefined {
    return this.#contents.get(name);
  }

  /** The number that a constant scalar holds. */
  numberOf(name: string): number | undefined {
    const tensor = this.initializers.get(name);
    const isKnown = this.roles.get(name) === constantRole && tensor?.data.length === 1;
    return isKnown ? Number(tensor.data[0]) : undefined;
  }

  /** Names of the parameters, in the order in which the network reads them. */
  get parameters(): readonly string[] {
    return this.#initializersOf('parameter');
  }

  /** Names of the statistics, in the order in which the network reads them. */
  get statistics(): readonly string[] {
    return this.#initializersOf('statistic');
  }

  #initializersOf(kind: Role['kind']): string[] {
    const read = new Set(this.nodes.flatMap((node) => node.inputs));
    return [...read].filter((name) => this.roles.get(name)?.kind === kind);
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
