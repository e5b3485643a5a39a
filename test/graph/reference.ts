/** @module A graph and its inputs -> every value in float64 arithmetic, computed naively. */
import { bindShape, type Graph, type Node, type Tensor } from '../../src/graph/index.ts';
import { type Dense, dense } from './reference/dense.ts';
import { elementwiseOperators } from './reference/elementwise.ts';
import { layoutOperators } from './reference/layout.ts';
import { linearOperators } from './reference/linear.ts';
import { applicationOf, type Operators } from './reference/operator.ts';
import { quantizationOperators } from './reference/quantization.ts';
import { spatialOperators } from './reference/spatial.ts';

const operators: Operators = {
  ...elementwiseOperators,
  ...layoutOperators,
  ...linearOperators,
  ...quantizationOperators,
  ...spatialOperators,
};

export function denseOf(tensor: Tensor): Dense {
  return dense(Array.from(tensor.data as ArrayLike<number | bigint>, Number), tensor.shape);
}

function nodesFor(graph: Graph, names: readonly string[]): Node[] {
  const needed = new Set(names);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  return nodes.reverse();
}

function apply(node: Node, values: ReadonlyMap<string, Dense>, graph: Graph): readonly Dense[] {
  const constant = node.attributes.value;
  if (node.op === 'Constant' && constant?.type === 'tensor') return [denseOf(constant.value)];
  const operator = operators[node.op];
  if (!operator) throw new Error(`The reference has no ${node.op}`);
  const first = node.outputs.find((output) => output !== '')!;
  const inputs = node.inputs.map((input) => (input === '' ? undefined : values.get(input)!));
  return operator(applicationOf(node, inputs, graph.value(first).dtype));
}

/**
 * Computes the named values and all that they depend on.
 *
 * @throws when a value does not have the shape that the graph inferred for it
 */
export function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, Dense>>,
  names: readonly string[],
  batch: number,
): Map<string, Dense> {
  const values = new Map(Object.entries(feeds));
  for (const [name, tensor] of graph.initializers) values.set(name, denseOf(tensor));
  for (const node of nodesFor(graph, names)) {
    apply(node, values, graph).forEach((result, i) => {
      const name = node.outputs[i] ?? '';
      if (name === '') return;
      const inferred = bindShape(graph.value(name).shape, { batch }).join();
      if (inferred !== result.shape.join())
        throw new Error(`${node.op} gave [${result.shape}] where the graph inferred [${inferred}]`);
      values.set(name, result);
    });
  }
  return values;
}
