/** @module A finished graph -> for each of its nodes that matters, whether it works on blocked maps. */
import type { Graph } from '../graph.ts';
import { isSymbolic } from '../tensor.ts';
import type { DepthwiseWeightGradient, Node } from '../vocabulary.ts';
import {
  type Convolution,
  convolutionOf,
  isElementwise,
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
  | { readonly kind: 'weightGradient'; readonly meaning: DepthwiseWeightGradient }
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
    const meanings = new Map(
      [...source.meanings].filter(([, { x }]) => batch !== undefined && isMap(x, block)),
    );
    const nodes = liveNodes(source, meanings);
    for (const node of nodes) {
      const meaning = meanings.get(node.outputs[0]!);
      this.#forms.set(node, meaning ? { kind: 'weightGradient', meaning } : formOf(node, source, block));
    }
    for (const node of nodes) {
      for (const [i, name] of [...new Set(inputsOf(node, meanings))].entries())
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

  #reads(node: Node): boolean {
    const form = this.#forms.get(node)!;
    if (form.kind === 'convolution') return form.convolution.kind !== 'fewChannels';
    return form.kind === 'transposed' || form.kind === 'weightGradient' || isBlocked(form);
  }

  #writes(node: Node): boolean {
    const form = this.#forms.get(node)!;
    if (form.kind === 'convolution' || form.kind === 'transposed') return true;
    return form.kind !== 'reduction' && isBlocked(form);
  }

  /** What is moved of the maps that a node reads and writes. */
  #moved(node: Node): number {
    const around = new Set([...node.inputs, node.outputs[0]!].map((name) => this.#passages.get(name)));
    let total = 0;
    for (const passage of around) {
      if (passage === undefined) continue;
      const made = passage.producer !== undefined && this.#writes(passage.producer);
      const isMoved = passage.consumers.some((consumer) => this.#reads(consumer) !== made);
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

type Meanings = ReadonlyMap<string, DepthwiseWeightGradient>;

/** What a node reads, if what it means is computed in another way. */
function inputsOf(node: Node, meanings: Meanings): readonly string[] {
  const meaning = meanings.get(node.outputs[0]!);
  return meaning ? [meaning.gradient.name, meaning.x.name] : node.inputs;
}

/** Whether an operator is an activation with known bounds. */
function isActivation({ op, inputs }: Node, source: Graph): boolean {
  const bounds = inputs.slice(1);
  return (
    op === 'Relu' ||
    (op === 'Clip' && bounds.length === 2 && bounds.every((name) => source.initializers.has(name)))
  );
}

/** Nodes on which the outputs depend, in order. */
function liveNodes(source: Graph, meanings: Meanings): Node[] {
  const needed = new Set([...source.outputs.values()].map((value) => value.name));
  const live: Node[] = [];
  for (const node of source.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of inputsOf(node, meanings)) needed.add(input);
    live.push(node);
  }
  return live.reverse();
}

function formOf(node: Node, source: Graph, block: number): Form {
  const convolution = convolutionOf(node, source, block);
  if (convolution) return { kind: 'convolution', convolution };
  const transposed = transposedOf(node, source, block);
  if (transposed) return { kind: 'transposed', transposed };
  if (isElementwise(node, source, block)) return { kind: 'elementwise', blocked: true };
  if (isReduction(node, source, block)) return { kind: 'reduction', blocked: true };
  if (isPooling(node, source, block)) return { kind: 'pooling', blocked: true };
  return { kind: 'plain' };
}
