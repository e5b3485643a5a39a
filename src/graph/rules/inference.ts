/** @module A node and the types of its inputs -> the questions that a shape rule asks of them. */
import { onesheetError } from '../../errors.ts';
import { formatShape, isSymbolic, type Shape } from '../tensor.ts';
import type { Attribute, Node, TensorType } from '../vocabulary.ts';

/** What a shape rule can ask: the node's inputs, attributes and, where known, the values of its inputs. */
export class InferenceContext {
  readonly node: Node;
  readonly inputs: readonly (TensorType | undefined)[];
  readonly #contents: readonly (Shape | undefined)[];

  constructor(
    node: Node,
    inputs: readonly (TensorType | undefined)[],
    contents: readonly (Shape | undefined)[],
  ) {
    this.node = node;
    this.inputs = inputs;
    this.#contents = contents;
  }

  input(index: number): TensorType {
    return this.inputs[index] ?? this.fail(`input ${index} is missing`);
  }

  integer(name: string, fallback: number): number {
    return this.#attribute(name, 'int') ?? fallback;
  }

  text(name: string, fallback: string): string {
    return this.#attribute(name, 'string') ?? fallback;
  }

  /** Integers, as many as the fallback has. */
  list(name: string, fallback: readonly number[]): readonly number[] {
    const list = this.#attribute(name, 'ints') ?? fallback;
    return list.length === fallback.length
      ? list
      : this.fail(`${name} needs ${fallback.length} elements but has ${list.length}`);
  }

  #attribute<Type extends Attribute['type']>(name: string, type: Type) {
    const attribute = this.node.attributes[name];
    if (attribute !== undefined && attribute.type !== type)
      this.fail(`attribute ${name} has the type ${attribute.type} instead of ${type}`);
    return attribute?.value as Extract<Attribute, { type: Type }>['value'] | undefined;
  }

  /** What an input holds that must be known, such as a shape; `undefined` when the input is omitted. */
  contents(index: number): Shape | undefined {
    const name = this.node.inputs[index];
    if (name === undefined || name === '') return undefined;
    return (
      this.#contents[index] ?? this.fail(`input ${index} (${name}) must be known when the graph is built`)
    );
  }

  /** The same for numbers: axes, bounds, pads. */
  integers(index: number): readonly number[] | undefined {
    const contents = this.contents(index);
    if (contents?.some(isSymbolic)) return this.fail(`input ${index} must not depend on the batch`);
    return contents as readonly number[] | undefined;
  }

  fail(problem: string): never {
    const shapes = this.node.inputs.map((name, i) => {
      const type = this.inputs[i];
      return type ? `${name} ${type.dtype}${formatShape(type.shape)}` : '(none)';
    });
    throw onesheetError('GRAPH_SHAPE', this.node.op, this.node.name, shapes.join(', '), problem);
  }
}

/** The types of a node's outputs. Rules may return more outputs than the node names. */
export type ShapeRule = (context: InferenceContext) => TensorType[];

/** A non-negative axis. */
export function axisOf(context: InferenceContext, axis: number, rank: number): number {
  if (axis < -rank || axis >= rank) context.fail(`axis ${axis} is outside of rank ${rank}`);
  return axis < 0 ? axis + rank : axis;
}
