/** @module A graph -> the same graph with every value that no input changes computed once and kept. */
import { onesheetError } from '../errors.ts';
import { emitModel } from './emit.ts';
import type { Graph } from './graph.ts';
import { rewrite } from './rewrite.ts';
import { inferRoles } from './roles.ts';
import { Session } from './runtime.ts';
import { elementTypes, isSymbolic, type Tensor } from './tensor.ts';
import type { Node } from './vocabulary.ts';

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
  const computed = wanted.length === 0 ? {} : await compute(graph, folded, wanted);
  const copy = rewrite(graph, {
    node: (node, into) => {
      if (!folded.has(node)) into.keepNode(node);
      for (const output of node.outputs) if (computed[output]) into.keepInitializer(output, computed[output]);
    },
  });
  inferRoles(copy);
  return copy;
}

/** What the constant nodes give. */
async function compute(
  source: Graph,
  nodes: ReadonlySet<Node>,
  wanted: readonly string[],
): Promise<Readonly<Record<string, Tensor>>> {
  const constants = rewrite(source, {
    input: () => {},
    node: (node, into) => nodes.has(node) && into.keepNode(node),
    output: () => {},
  });
  for (const name of wanted) constants.output(name, constants.value(name));
  const session = await Session.create(emitModel(constants), { threads: 1 });
  try {
    const results = Object.entries(await session.run({}));
    return Object.fromEntries(
      results.map(([name, tensor]) => [name, { ...tensor, shape: [...tensor.shape] }]),
    );
  } finally {
    await session.release();
  }
}
