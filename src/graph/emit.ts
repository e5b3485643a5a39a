/** @module A graph -> the bytes of an ONNX model. */

import type { Graph } from './graph.ts';
import { attributeTypeCodes, modelMessage } from './schema.ts';
import { elementTypes, isSymbolic, type Shape, type Tensor } from './tensor.ts';
import type { Attribute, Node, Value } from './vocabulary.ts';

/** Operator set of the models that onesheet writes: 18 takes the axes of every reduction as an input. */
const opsetVersion = 18;
const irVersion = 8;

export interface EmitOptions {
  /** Initializers that become inputs, in this order: the weights of a training step. */
  readonly asInputs?: readonly string[];
  /**
   * Whether onnxruntime shall compute the last output first, and so on: of gradients, which are named from the first
   * layer to the last, those that come first on the way back, so that maps are needed no longer than they have to be.
   *
   * @default false, as onnxruntime likes
   */
  readonly lastOutputFirst?: boolean;
  /** metadata_props of the model. */
  readonly metadata?: Readonly<Record<string, string>>;
}

function tensorMessage(name: string, tensor: Tensor): object {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return {
    name,
    dims: tensor.shape,
    dataType: elementTypes[tensor.dtype].code,
    rawData: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

function attributeMessage(name: string, attribute: Attribute): object {
  const type = attributeTypeCodes[attribute.type];
  switch (attribute.type) {
    case 'int':
      return { name, type, i: attribute.value };
    case 'ints':
      return { name, type, ints: attribute.value };
    case 'float':
      return { name, type, f: attribute.value };
    case 'floats':
      return { name, type, floats: attribute.value };
    case 'string':
      return { name, type, s: Buffer.from(attribute.value) };
    case 'strings':
      return { name, type, strings: attribute.value.map((text) => Buffer.from(text)) };
    case 'tensor':
      return { name, type, t: tensorMessage('', attribute.value) };
  }
}

function shapeMessage(shape: Shape): object {
  return { dim: shape.map((dim) => (isSymbolic(dim) ? { dimParam: dim } : { dimValue: dim })) };
}

function valueMessage(value: Value): object {
  const tensorType = { elemType: elementTypes[value.dtype].code, shape: shapeMessage(value.shape) };
  return { name: value.name, type: { tensorType } };
}

/** Names of the values that the outputs depend on, and so of the nodes worth emitting. */
function reachable(graph: Graph): Set<string> {
  const needed = new Set([...graph.outputs.values()].map((value) => value.name));
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    if (node.outputs.some((output) => needed.has(output))) for (const input of node.inputs) needed.add(input);
  }
  return needed;
}

/**
 * The same nodes with those that nobody reads at the end, in the order of the outputs. onnxruntime computes the last of
 * them with all that it depends on, then the one before. A copy that only names an output does not count with it, but
 * what is copied.
 */
function finalNodesLast(graph: Graph, nodes: readonly Node[]): Node[] {
  const readers = new Map<string, number>();
  for (const node of nodes)
    for (const input of node.inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const readsOf = (node: Node): number =>
    node.outputs.reduce((sum, output) => sum + (readers.get(output) ?? 0), 0);
  const final = new Set<Node>();
  for (const { name } of graph.outputs.values()) {
    const node = graph.producerOf(name);
    if (node === undefined || readsOf(node) > 0) continue;
    const copied = node.op === 'Identity' ? graph.producerOf(node.inputs[0]!) : undefined;
    if (copied && readsOf(copied) === 1) final.add(copied);
    final.add(node);
  }
  return [...nodes.filter((node) => !final.has(node)), ...final];
}

/** Serializes what the outputs depend on; unused nodes, initializers and inputs are left out. */
export function emitModel(graph: Graph, options: EmitOptions = {}): Uint8Array {
  const needed = reachable(graph);
  const asInputs = new Set(options.asInputs ?? []);
  const live = graph.nodes.filter((node) => node.outputs.some((output) => needed.has(output)));
  const nodes = options.lastOutputFirst ? finalNodesLast(graph, live) : live;
  const domains = new Set(nodes.map((node) => node.domain).filter((domain) => domain !== ''));
  const inputs = [...graph.inputs, ...[...asInputs].map((name) => graph.value(name))];
  const type = modelMessage();
  return type
    .encode(
      type.fromObject({
        irVersion,
        producerName: 'onesheet',
        opsetImport: [
          { domain: '', version: opsetVersion },
          ...[...domains].map((domain) => ({ domain, version: 1 })),
        ],
        metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
        graph: {
          name: 'onesheet',
          node: nodes.map((node) => ({
            name: node.name,
            opType: node.op,
            domain: node.domain,
            input: node.inputs,
            output: node.outputs,
            attribute: Object.entries(node.attributes).map(([name, value]) => attributeMessage(name, value)),
          })),
          initializer: [...graph.initializers]
            .filter(([name]) => needed.has(name) && !asInputs.has(name))
            .map(([name, tensor]) => tensorMessage(name, tensor)),
          input: inputs.filter((value) => needed.has(value.name)).map(valueMessage),
          output: [...graph.outputs.values()].map(valueMessage),
        },
      }),
    )
    .finish();
}
