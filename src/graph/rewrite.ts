/** @module A graph and edits of its inputs, initializers, nodes and outputs -> the same graph with those edits. */
import { Graph } from './graph.ts';
import type { Tensor } from './tensor.ts';
import type { Node, Value } from './vocabulary.ts';

/**
 * What happens to each part of the source, in the order of the source. A part whose edit is not given is kept as it is;
 * an edit that adds nothing leaves its part out.
 */
export interface Edits {
  readonly input?: (input: Value, into: Rewriting) => void;
  readonly initializer?: (name: string, tensor: Tensor, into: Rewriting) => void;
  readonly node?: (node: Node, into: Rewriting) => void;
  readonly output?: (name: string, value: Value, into: Rewriting) => void;
}

/** The edit by which only those initializers are kept that a kept node reads. */
export const addedWhenRead = (): void => {};

/** The graph in the making, and what stands in it for the values of its source. An initializer that was left out is added once it is read. */
export class Rewriting {
  readonly source: Graph;
  readonly graph: Graph;
  readonly #standIns = new Map<string, Value>();

  constructor(source: Graph) {
    this.source = source;
    // Fresh values keep clear of all names of the source, so that every name can be kept.
    this.graph = new Graph(source.values.keys());
  }

  /** What stands for a value of the source: another one where it was replaced, else the one of its name. */
  read(name: string): Value {
    const standIn = this.#standIns.get(name) ?? this.graph.values.get(name);
    if (standIn) return standIn;
    const tensor = this.source.initializers.get(name);
    return tensor ? this.keepInitializer(name, tensor) : this.graph.value(name);
  }

  /** Lets another value of the copy stand for one of the source from now on. */
  replace(name: string, value: Value): void {
    if (name !== '') this.#standIns.set(name, value);
  }

  isReplaced(name: string): boolean {
    return this.#standIns.has(name);
  }

  keepInput({ name, dtype, shape }: Value): Value {
    return this.graph.input(name, dtype, shape);
  }

  /** The initializer in its role, perhaps with another tensor. */
  keepInitializer(name: string, tensor: Tensor): Value {
    return this.graph.initializer(name, tensor, this.source.roles.get(name));
  }

  /** The node, perhaps changed, reading what stands for its inputs. */
  keepNode(node: Node): Value[] {
    const inputs = node.inputs.map((name) => (name === '' ? '' : this.read(name).name));
    return this.graph.addNode({ ...node, inputs });
  }
}

/** Copies a graph with edits; names, roles and order stay. */
export function rewrite(source: Graph, edits: Edits = {}): Graph {
  const into = new Rewriting(source);
  const {
    input = (value) => into.keepInput(value),
    initializer = (name, tensor) => into.keepInitializer(name, tensor),
    node = (each) => into.keepNode(each),
    output = (name, value) => into.graph.output(name, into.read(value.name)),
  } = edits;
  for (const value of source.inputs) input(value, into);
  for (const [name, tensor] of source.initializers) initializer(name, tensor, into);
  for (const each of source.nodes) node(each, into);
  for (const [name, value] of source.outputs) output(name, value, into);
  return into.graph;
}
