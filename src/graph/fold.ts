/** @module A graph -> the same graph with every value that no input changes computed once and kept. */
import { onesheetError } from '../errors.ts';
import { emitModel } from './emit.ts';
import { Graph, type Node } from './graph.ts';
import { Session } from './runtime.ts';
import { elementTypes, isSymbolic } from './tensor.ts';

/** Constants of a network take no more; a file that asks for more is refused before anything is computed. */
const maximumBytes = 2 ** 31;

/** Nodes that depend on no input, in order. */
function constantNodes(graph: Graph): Set<Node> {
  const constant = new Set(graph.initializers.keys());
  const found = new Set<Node>();
  for (const node of graph.nodes) {
    if (!node.inputs.every((name) => name === '' || constant.has(name))) continue;
    found.add(node);
    for (const output of node.outputs) constant.add(output);
  }
  return found;
}

function checkSize(graph: Graph, nodes: Iterable<Node>): void {
  for (const { op, name, outputs } of nodes) {
    for (const output of outputs) {
      if (output === '') continue;
      const { dtype, shape } = graph.value(output);
      const bytes = shape.reduce<number>(
        (product, dim) => product * (isSymbolic(dim) ? Infinity : dim),
        elementTypes[dtype].bytes,
      );
      if (bytes > maximumBytes)
        throw onesheetError('GRAPH_SHAPE', op, name, 'constants', 'the result has more than 2 GB');
    }
  }
}

/**
 * Computes what exporters leave to be computed of constants, such as a transposed weight or a shape, so that
 * operators read their weights from initializers. Names stay; a folded value bears the name of its node's output.
 * An Identity of a weight becomes a weight of its own.
 *
 * @throws {OnesheetError} GRAPH_SHAPE for a constant of more than 2 GB
 */
export async function foldConstants(graph: Graph): Promise<Graph> {
  const folded = constantNodes(graph);
  checkSize(graph, folded);
  const outputNames = new Set([...graph.outputs.values()].map((value) => value.name));
  const read = new Set(graph.nodes.filter((node) => !folded.has(node)).flatMap((node) => node.inputs));
  const wanted = [...folded]
    .flatMap((node) => node.outputs)
    .filter((name) => name !== '' && (read.has(name) || outputNames.has(name)));
  const copy = new Graph(graph.values.keys());
  for (const input of graph.inputs) copy.input(input.name, input.dtype, input.shape);
  for (const [name, tensor] of graph.initializers) copy.initializer(name, tensor);
  if (wanted.length > 0) {
    const constants = new Graph(graph.values.keys());
    for (const [name, tensor] of graph.initializers) constants.initializer(name, tensor);
    for (const node of folded) constants.addNode(node);
    for (const name of wanted) constants.output(name, constants.value(name));
    const session = await Session.create(emitModel(constants), { threads: 1 });
    try {
      for (const [name, tensor] of Object.entries(await session.run({})))
        copy.initializer(name, { ...tensor, shape: [...tensor.shape] });
    } finally {
      await session.release();
    }
  }
  for (const node of graph.nodes) if (!folded.has(node)) copy.addNode(node);
  for (const [name, value] of graph.outputs) copy.output(name, copy.value(value.name));
  return copy;
}
