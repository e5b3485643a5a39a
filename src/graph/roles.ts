/** @module A graph that was read from a file -> the same graph, whose initializers have the roles that its operators tell. */
import { constantPrefix, type Graph } from './graph.ts';
import { ruleOf } from './rules/table.ts';
import type { Node, Role } from './vocabulary.ts';

/** The initializer that holds a node's matrix or kernel; `undefined` when it has none. */
export function kernelOf(graph: Graph, node: Node): string | undefined {
  return ruleOf(node.op)
    ?.kernel?.map((index) => node.inputs[index] ?? '')
    .find((name) => (graph.initializers.get(name)?.shape.length ?? 0) >= 2);
}

/** How many layers a graph has: kernels and matrices, each counted where it is first read. */
export function layersOf(graph: Graph): number {
  return new Set(graph.nodes.map((node) => kernelOf(graph, node)).filter((name) => name !== undefined)).size;
}

/**
 * Files do not say what training may change, so it is inferred here, and nowhere else. Layers are counted from 1: one
 * begins with every kernel and every matrix, in the order of the graph, and what normalizes, scales or shifts after
 * it belongs to it. A float32 initializer is a parameter or a statistic by the input at which an operator reads it. Of
 * single numbers that are added or multiplied, a file's constants cannot be told from its parameters: they stay
 * constant, and so does what is read before the first layer, which prepares the picture, and what a file of onesheet's
 * own calls a constant.
 */
export function inferRoles(graph: Graph): void {
  const roles = new Map<string, Role>();
  const seen = new Map<string, number>();
  let layer = 0;
  for (const node of graph.nodes) {
    const kernel = kernelOf(graph, node);
    if (kernel !== undefined && !seen.has(kernel)) layer += 1;
    for (const name of node.inputs)
      if (graph.initializers.has(name) && !seen.has(name)) seen.set(name, layer);
    const rule = ruleOf(node.op);
    node.inputs.forEach((name, index) => {
      const tensor = graph.initializers.get(name);
      const at = seen.get(name);
      if (tensor?.dtype !== 'float32' || !at || name.startsWith(constantPrefix)) return;
      const isShared = ambiguous.has(node.op) && tensor.data.length === 1;
      if (rule?.parameters?.includes(index) && !isShared)
        roles.set(name, { kind: 'parameter', layer: String(at), origin: 'file' });
      else if (rule?.statistics?.includes(index)) roles.set(name, { kind: 'statistic', layer: String(at) });
    });
  }
  for (const name of graph.initializers.keys())
    graph.roles.set(name, roles.get(name) ?? { kind: 'constant' });
}

/** Operators of arithmetic, at which constants stand as often as parameters. */
const ambiguous: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Expand', 'Concat']);
