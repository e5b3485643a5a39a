/** @module A scalar value and others of its graph -> its gradients with respect to them, in the same graph. */
import type { Graph } from './graph.ts';
import { multiply, sum } from './operators.ts';
import { unsupportedGradient } from './rules/gradient.ts';
import { ruleOf } from './rules/table.ts';
import { float32 } from './tensor.ts';
import type { Node, Value } from './vocabulary.ts';

/** Names of the values that depend on any of `sources` through differentiable paths. */
function dependents(graph: Graph, nodes: readonly Node[], sources: readonly Value[]): Set<string> {
  const names = new Set(sources.map((value) => value.name));
  for (const node of nodes) {
    if (ruleOf(node.op)?.gradient === 'flat' || !node.inputs.some((input) => names.has(input))) continue;
    for (const output of node.outputs) {
      const dtype = graph.values.get(output)?.dtype;
      if (dtype === 'float32' || dtype === 'float64') names.add(output);
    }
  }
  return names;
}

/**
 * Reverse-mode differentiation (Linnainmaa 1970): walks the nodes from the last to the first and adds the nodes
 * that compute the gradients. A value that is used several times gets the sum of its uses.
 *
 * @param of float32 of one element (shape [] or [1]), or of any shape when `seed` gives its gradient
 * @param withRespectTo inputs, initializers or intermediate values
 * @returns gradients of the same shapes; a value that `of` does not depend on has none
 * @throws {OnesheetError} GRAPH_OPERATOR, with the node, where an operator has no gradient rule
 */
export function differentiate(
  graph: Graph,
  of: Value,
  withRespectTo: readonly Value[],
  seed?: Value,
): ReadonlyMap<string, Value> {
  const nodes = [...graph.nodes];
  const needed = dependents(graph, nodes, withRespectTo);
  const contributions = new Map<string, Value[]>();
  const start = seed ?? graph.constant(float32([1], of.shape as number[]));
  contributions.set(of.name, [start]);
  const gradientOf = (name: string): Value | undefined => {
    const parts = contributions.get(name);
    if (parts === undefined) return undefined;
    const total = sum(parts);
    contributions.set(name, [total]);
    return total;
  };

  for (const node of nodes.reverse()) {
    // A value that is asked for may come from an operator that no gradient passes.
    if (!node.inputs.some((input) => needed.has(input))) continue;
    if (!node.outputs.some((output) => needed.has(output))) continue;
    const gradients = node.outputs.map((output) => (output === '' ? undefined : gradientOf(output)));
    if (gradients.every((gradient) => gradient === undefined)) continue;
    const rule = ruleOf(node.op)?.gradient;
    if (typeof rule !== 'function') unsupportedGradient(node, 'as it has no gradient rule');
    const outputs = node.outputs.map((output) => graph.value(output));
    const results = rule({
      node,
      inputs: node.inputs.map((input) => (input === '' ? undefined : graph.value(input))),
      outputs,
      gradient: gradients[0] ?? multiply(outputs[0]!, 0),
      gradients,
      needs: (index) => needed.has(node.inputs[index] ?? ''),
    });
    results.forEach((result, i) => {
      const input = node.inputs[i]!;
      if (!result || !needed.has(input)) return;
      contributions.set(input, [...(contributions.get(input) ?? []), result]);
    });
  }

  const found = new Map<string, Value>();
  for (const value of withRespectTo) {
    const gradient = gradientOf(value.name);
    if (gradient) found.set(value.name, gradient);
  }
  return found;
}
