/** @module A finished graph -> for each of its nodes that matters, whether it works on blocked maps. */
import type { Graph } from '../graph.ts';
import { isSymbolic } from '../tensor.ts';
import type { Gradient, Node } from '../vocabulary.ts';
import {
  type Convolution,
  convolutionOf,
  isElementwise,
  isGradientThatFits,
  isMap,
  isPooling,
  isReduction,
  type Transposed,
  transposedOf,
} from './shapes.ts';

/** How a node is computed. */
export type Form =
  | { readonly kind: 'plain' }
  /** With the activation that follows it, if nothing else reads what it makes. */
  | { readonly kind: 'convolution'; readonly convolution: Convolution; activation?: Node }
  /** The activation of the convolution before it. */
  | { readonly kind: 'joined' }
  | { readonly kind: 'transposed'; readonly transposed: Transposed }
  /** A gradient that is computed in another way than the graph's. */
  | { readonly kind: 'gradient'; readonly meaning: Gradient }
  /** Could be computed either way; `blocked` says how it is. */
  | { readonly kind: 'elementwise' | 'reduction' | 'pooling'; blocked: boolean };

/** Moving bytes of truth costs two more passes than moving numbers. */
const costOfBool = 3;

/** A map, who makes it and who reads it. */
interface Passage {
  readonly cost: number;
  /** Whether it is an output of the graph, and so has to be plain. */
  readonly isOutput: boolean;
  producer?: Node;
  readonly consumers: Node[];
}

/**
 * Convolutions work on blocked maps wherever they can. Everything that could work on either is decided by what is moved
 * from one layout into the other: starting with all of them blocked, each changes its mind as long as less is moved,
 * or as much and it becomes plain.
 */
export class Plan {
  readonly #source: Graph;
  readonly #outputs: ReadonlySet<string>;
  readonly #forms = new Map<Node, Form>();
  readonly #passages = new Map<string, Passage>();

  /** @param batch posters in every batch, if that is known */
  constructor(source: Graph, block: number, batch: number | undefined) {
    this.#source = source;
    this.#outputs = new Set([...source.outputs.values()].map(({ name }) => name));
    const gradients = new Map<string, Gradient>();
    for (const [name, meaning] of source.meanings)
      if (isGradientThatFits(meaning, block, batch)) gradients.set(name, meaning);
    const { nodes, needed } = liveNodes(source, gradients);
    const isNeeded = (name: string): boolean => needed.has(name);
    for (const node of nodes) {
      const meaning = gradients.get(node.outputs[0]!);
      this.#forms.set(node, meaning ? { kind: 'gradient', meaning } : formOf(node, source, block, isNeeded));
    }
    for (const node of nodes) {
      for (const [i, name] of [...new Set(inputsOf(node, gradients))].entries())
        if (name !== '' && !(node.op.startsWith('Conv') && i > 0))
          this.#passage(name, source, block)?.consumers.push(node);
      const made = this.#passage(node.outputs[0]!, source, block);
      if (made) made.producer = node;
    }
    this.#settle(nodes);
    this.#join(nodes);
  }

  formOf(node: Node): Form {
    return this.#forms.get(node) ?? { kind: 'plain' };
  }

  #passage(name: string, source: Graph, block: number): Passage | undefined {
    const value = source.value(name);
    if (!isMap(value, block) || !isSymbolic(value.shape[0]!)) return undefined;
    let passage = this.#passages.get(name);
    if (passage === undefined) {
      const size = value.shape.slice(1).reduce<number>((product, dim) => product * (dim as number), 1);
      const cost = value.dtype === 'bool' ? size * costOfBool : size;
      passage = { cost, isOutput: this.#outputs.has(name), consumers: [] };
      this.#passages.set(name, passage);
    }
    return passage;
  }

  #reads(node: Node, name: string): boolean {
    const form = this.#forms.get(node)!;
    if (form.kind === 'convolution') return form.convolution.kind !== 'fewChannels';
    if (form.kind === 'gradient') return form.meaning.kind !== 'dense' || form.meaning.x.name !== name;
    return form.kind === 'transposed' || isBlocked(form);
  }

  #writes(node: Node): boolean {
    const form = this.#forms.get(node)!;
    if (form.kind === 'convolution' || form.kind === 'transposed') return true;
    if (form.kind === 'gradient') return form.meaning.kind === 'maximum';
    return form.kind !== 'reduction' && isBlocked(form);
  }

  /** What is moved of the maps that a node reads and writes. */
  #moved(node: Node): number {
    let total = 0;
    for (const name of new Set([...node.inputs, node.outputs[0]!])) {
      const passage = this.#passages.get(name);
      if (passage === undefined) continue;
      const made = passage.producer !== undefined && this.#writes(passage.producer);
      const isMoved = passage.consumers.some((consumer) => this.#reads(consumer, name) !== made);
      if (isMoved || (passage.isOutput && made)) total += passage.cost;
    }
    return total;
  }

  /** The convolution that can compute an activation along with itself, as nothing else reads what it makes. */
  #joins(node: Node): (Form & { kind: 'convolution' }) | undefined {
    if (!isActivation(node, this.#source)) return undefined;
    const name = node.inputs[0]!;
    const passage = this.#passages.get(name);
    if (passage?.producer === undefined || passage.isOutput || passage.consumers.length > 1) return undefined;
    const form = this.#forms.get(passage.producer)!;
    return form.kind === 'convolution' ? form : undefined;
  }

  #join(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (!isBlocked(this.#forms.get(node)!)) continue;
      const convolution = this.#joins(node);
      if (convolution === undefined) continue;
      convolution.activation = node;
      this.#forms.set(node, { kind: 'joined' });
    }
  }

  #settle(nodes: readonly Node[]): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const node of [...nodes, ...nodes.toReversed()]) {
        const form = this.#forms.get(node)!;
        if (!('blocked' in form)) continue;
        const before = this.#moved(node);
        form.blocked = !form.blocked;
        const after = this.#moved(node);
        if (after < before || (after === before && !form.blocked && !this.#joins(node))) changed = true;
        else form.blocked = !form.blocked;
      }
    }
  }
}

function isBlocked(form: Form): boolean {
  return 'blocked' in form && form.blocked;
}

type Gradients = ReadonlyMap<string, Gradient>;

/** What a node reads, if what it means is computed in another way. */
function inputsOf(node: Node, gradients: Gradients): readonly string[] {
  const meaning = gradients.get(node.outputs[0]!);
  if (meaning === undefined) return node.inputs;
  const read = [meaning.gradient, meaning.x, ...(meaning.kind === 'maximum' ? [meaning.pooled] : [])];
  return read.map(({ name }) => name);
}

/** Whether an operator is an activation with known bounds. */
function isActivation({ op, inputs }: Node, source: Graph): boolean {
  const bounds = inputs.slice(1);
  return (
    op === 'Relu' ||
    (op === 'Clip' && bounds.length === 2 && bounds.every((name) => source.initializers.has(name)))
  );
}

/** Nodes on which the outputs depend, in order, and all values that are read. */
function liveNodes(source: Graph, gradients: Gradients): { nodes: Node[]; needed: ReadonlySet<string> } {
  const needed = new Set([...source.outputs.values()].map((value) => value.name));
  const live: Node[] = [];
  for (const node of source.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of inputsOf(node, gradients)) needed.add(input);
    live.push(node);
  }
  return { nodes: live.reverse(), needed };
}

function formOf(node: Node, source: Graph, block: number, isNeeded: (name: string) => boolean): Form {
  const convolution = convolutionOf(node, source, block);
  if (convolution) return { kind: 'convolution', convolution };
  const transposed = transposedOf(node, source, block);
  if (transposed) return { kind: 'transposed', transposed };
  if (isElementwise(node, source, block)) return { kind: 'elementwise', blocked: true };
  if (isReduction(node, source, block)) return { kind: 'reduction', blocked: true };
  if (isPooling(node, source, block, isNeeded)) return { kind: 'pooling', blocked: true };
  return { kind: 'plain' };
}
