/** @module A graph whose first input has a batch of fixed size -> the same computation for batches of any size. */
import { OnesheetError, onesheetError } from '../errors.ts';
import type { Graph } from './graph.ts';
import { concat, shapeOf, slice } from './operators.ts';
import { type Rewriting, rewrite } from './rewrite.ts';
import { isSymbolic, type Shape, sizeOf } from './tensor.ts';
import type { Node, Value } from './vocabulary.ts';

/** Readings of the file that are tried before it is refused. */
const mostAttempts = 500;

/** A reshaping that can be read in several ways: which one is tried. */
interface Choice {
  readonly options: number;
  readonly taken: number;
}

/** Whether a Reshape's axis can hold the batch: whether it covers the place at which posters follow each other. */
function holdsBatch(shape: readonly number[], axis: number, stride: number, fixed: number): boolean {
  const after = sizeOf(shape.slice(axis + 1));
  return (
    shape[axis]! % fixed === 0 && stride % after === 0 && (after * shape[axis]!) % (stride * fixed) === 0
  );
}

/**
 * The axes of a Reshape's result that may hold the batch, the likeliest first: one that is the batch alone, the
 * axis at which it was, any other.
 */
function axesForBatch(
  from: Shape,
  before: readonly number[],
  result: readonly number[],
  fixed: number,
): number[] {
  const at = from.findIndex(isSymbolic);
  const after = sizeOf(before.slice(at + 1));
  // Within its axis the batch is what changes slowest, or fastest.
  const strides = [(after * before[at]!) / fixed, after];
  const likelihood = (axis: number): number => (result[axis] === fixed ? 0 : axis === at ? 1 : 2);
  return result
    .map((_, axis) => axis)
    .filter((axis) => strides.some((stride) => holdsBatch(result, axis, stride, fixed)))
    .sort((a, b) => likelihood(a) - likelihood(b));
}

/** One reading of the graph. `choose` says which of several axes a Reshape puts the batch on. */
function reading(source: Graph, batched: string, choose: (options: number) => number): Graph {
  const fixed = source.value(batched).shape[0] as number;
  return rewrite(source, {
    input: (input, into) =>
      into.keepInput(
        input.name === batched ? { ...input, shape: ['batch', ...input.shape.slice(1)] } : input,
      ),
    node: (node, into) => {
      const x = node.inputs[0] ? into.graph.values.get(node.inputs[0]) : undefined;
      if (node.op === 'Reshape' && x?.shape.some(isSymbolic)) reshape(node, x, into, fixed, choose);
      else if (node.op === 'Concat') join(node, into);
      else into.keepNode(node);
    },
    output: (name, { name: inner, shape }, into) => {
      const value = into.read(inner);
      if (value.shape[0] !== 'batch' || value.shape.slice(1).join() !== shape.slice(1).join())
        throw onesheetError(
          'GRAPH_SHAPE',
          'output',
          name,
          value.shape.join(),
          `expected a batch of [${shape}]`,
        );
      into.graph.output(name, value);
    },
  });
}

/** A target without the batch was made for the one size: the batch takes an axis of it. */
function reshape(
  node: Node,
  x: Value,
  into: Rewriting,
  fixed: number,
  choose: (options: number) => number,
): void {
  const target = into.graph.contentsOf(node.inputs[1]!);
  const before = into.source.value(x.name).shape as readonly number[];
  const result = into.source.value(node.outputs[0]!).shape as readonly number[];
  if (target === undefined || target.some(isSymbolic)) {
    into.keepNode(node);
    return;
  }
  const axes = axesForBatch(x.shape, before, result, fixed);
  if (axes.length === 0)
    throw onesheetError('GRAPH_SHAPE', node.op, node.name, `[${before}]`, `[${result}] mixes posters`);
  const axis = axes.length === 1 ? axes[0]! : axes[choose(axes.length)]!;
  const shape = into.graph.integers(result.with(axis, -1));
  into.keepNode({ ...node, inputs: [x.name, shape.name], attributes: {} });
}

/** What is the same for every poster, such as a class token, is repeated for the batch before it is joined. */
function join(node: Node, into: Rewriting): void {
  const { graph } = into;
  const values = node.inputs.map((name) => into.read(name));
  const batched = values.find((value) => value.shape.some(isSymbolic));
  const at = batched?.shape.findIndex(isSymbolic) ?? -1;
  const inputs = values.map((value) => {
    if (!batched || value.shape[at] !== 1 || value.shape.length !== batched.shape.length) return value.name;
    const sizes = slice(shapeOf(batched), 0, at, at + 1);
    const parts = value.shape.map((dim, i) => (i === at ? sizes : graph.integers([dim as number])));
    return graph.add('Expand', [value, concat(parts, 0)])[0]!.name;
  });
  into.keepNode({ ...node, inputs });
}

/** The choices after the last one is taken on; `undefined` when all are exhausted. */
function nextChoices(choices: readonly Choice[]): Choice[] | undefined {
  const last = choices.findLastIndex(({ options, taken }) => taken + 1 < options);
  if (last < 0) return undefined;
  return [...choices.slice(0, last), { ...choices[last]!, taken: choices[last]!.taken + 1 }];
}

/**
 * Exporters that were given one picture write its batch of 1 into shapes. Here the batch becomes symbolic again:
 * a Reshape to constants puts it on the axis that covers the place where pictures follow each other in memory,
 * and where there are several such axes they are tried until all operators fit. Shapes alone cannot tell a wrong
 * reading in every case, so the caller compares numbers.
 *
 * @param input name of the input whose first dimension is the batch
 * @returns the graph, whose every output keeps its shape but for the batch in front
 * @throws {OnesheetError} GRAPH_SHAPE, with the node, when no reading fits
 */
export function withSymbolicBatch(source: Graph, input: string): Graph {
  let choices: Choice[] | undefined = [];
  let failure: unknown;
  for (let attempt = 0; choices !== undefined && attempt < mostAttempts; attempt++) {
    const given: readonly Choice[] = choices;
    const made: Choice[] = [];
    const choose = (options: number): number => {
      const choice = given[made.length] ?? { options, taken: 0 };
      made.push(choice);
      return choice.taken;
    };
    try {
      return reading(source, input, choose);
    } catch (error) {
      if (!(error instanceof OnesheetError)) throw error;
      failure ??= error;
    }
    choices = nextChoices(made);
  }
  throw failure;
}
