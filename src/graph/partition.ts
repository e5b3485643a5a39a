/** @module A graph and the initializers that may change -> the part that none of them reaches, and the rest. */
import { onesheetError } from '../errors.ts';
import type { Graph } from './graph.ts';
import { addedWhenRead, rewrite } from './rewrite.ts';
import type { Node } from './vocabulary.ts';

export interface Partition {
  /** From the graph's inputs to the boundary; nothing in it changes. */
  readonly lower: Graph;
  /** From the boundary to the graph's outputs. */
  readonly upper: Graph;
  /** Names of the values that cross, outputs of `lower` and inputs of `upper`. */
  readonly boundary: readonly string[];
}

/**
 * Cuts a network where the first changing initializer or Dropout enters. All names are kept.
 *
 * @param changing names of the initializers that training changes
 * @throws {OnesheetError} FEATURES_UNCACHED when nothing lies below the cut, or what crosses is not float32
 */
export function partitionFrozen(source: Graph, changing: ReadonlySet<string>): Partition {
  const fixed = new Set(source.inputs.map(({ name }) => name));
  for (const name of source.initializers.keys()) if (!changing.has(name)) fixed.add(name);
  const [below, above]: [Node[], Node[]] = [[], []];
  for (const node of source.nodes) {
    const isFixed =
      node.op !== 'Dropout' &&
      node.inputs.every((name) => name === '' || fixed.has(name)) &&
      node.outputs.every((name) => name === '' || isOfBatch(source, name));
    (isFixed ? below : above).push(node);
    if (isFixed) for (const name of node.outputs) fixed.add(name);
  }
  const computedBelow = new Set(below.flatMap(({ outputs }) => outputs));
  const used = new Set(above.flatMap(({ inputs }) => inputs));
  for (const { name } of source.outputs.values()) used.add(name);
  const boundary = [...computedBelow].filter((name) => used.has(name));
  const crossingInput = source.inputs.find(({ name }) => used.has(name));
  if (boundary.length === 0 || crossingInput)
    throw onesheetError(
      'FEATURES_UNCACHED',
      `${crossingInput?.name ?? 'the input'} is read by layers that learn`,
    );
  const [kept, crossing] = [new Set(above), new Set(boundary)];
  const lower = rewrite(source, {
    initializer: addedWhenRead,
    node: (node, into) => kept.has(node) || into.keepNode(node),
    output: () => {},
  });
  for (const name of boundary) {
    const value = lower.value(name);
    if (value.dtype !== 'float32')
      throw onesheetError('FEATURES_UNCACHED', `${name}, which layers that learn read, is ${value.dtype}`);
    lower.output(name, value);
  }
  const upper = rewrite(source, {
    input: () => {},
    initializer: addedWhenRead,
    node: (node, into) => {
      if (kept.has(node)) into.keepNode(node);
      else for (const name of node.outputs) if (crossing.has(name)) into.keepInput(source.value(name));
    },
  });
  return { lower, upper, boundary };
}

/** Whether a value is computed for each element of the batch, and has the batch as its first dimension. */
function isOfBatch(source: Graph, name: string): boolean {
  return source.inputs.some(({ shape }) => shape[0] === source.value(name).shape[0]);
}
