/** @module A classifier's graph -> the tensor at which to cut it, so that what remains describes the picture. */
import { onesheetError } from '../errors.ts';
import { type Graph, kernelOf, type Node, type Value } from '../graph/index.ts';

/** Nodes that a value depends on, in order. */
export function nodesFor(graph: Graph, name: string): Node[] {
  const needed = new Set([name]);
  const found: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    found.push(node);
  }
  return found.reverse();
}

/** Whether a layer sees one vector a picture, as the last one of a classifier does. */
function readsVector({ shape }: Value): boolean {
  return shape.length === 2 || (shape.length === 4 && shape.slice(2).every((dim) => dim === 1));
}

/** The output that stands for the whole network: `logits` by name, else the first one of two dimensions, else the first. */
function mainOutput(graph: Graph): Value {
  const outputs = [...graph.outputs.values()].filter(({ dtype }) => dtype === 'float32');
  return (
    graph.outputs.get('logits') ??
    outputs.find(({ shape }) => shape.length === 2) ??
    outputs[0] ??
    [...graph.outputs.values()][0]!
  );
}

/**
 * The tensor that was asked for, else what the last dense layer reads, else, in a network that ends without one, its
 * output.
 *
 * @throws {OnesheetError} TRUNK_UNSUITABLE for a tensor that the network lacks or whose shape no head can read
 */
export function chooseFeatures(graph: Graph, source: string, asked: string | null): Value {
  const output = mainOutput(graph);
  const last = nodesFor(graph, output.name).findLast((node) => kernelOf(graph, node) !== undefined);
  const weight = last && kernelOf(graph, last);
  const read = last && graph.value(last.inputs.find((name) => name !== weight)!);
  const byDefault = read && readsVector(read) ? read : output;
  const features = asked === null ? byDefault : graph.values.get(asked);
  if (!features)
    throw onesheetError(
      'TRUNK_UNSUITABLE',
      source,
      `it has no tensor ${asked}; by default it is cut at ${byDefault.name}`,
    );
  const { name, dtype, shape } = features;
  if (dtype !== 'float32' || shape.length < 2 || shape.length > 4)
    throw onesheetError(
      'TRUNK_UNSUITABLE',
      source,
      `its tensor ${name} is ${dtype}[${shape}], but features are float32 of two to four dimensions${dtype === 'float16' ? ': export it in float32' : ''}`,
    );
  return features;
}
