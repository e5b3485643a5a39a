/** @module A network and one of its tensors -> the part that computes it, and the proof that a batch does not matter. */
import { onesheetError } from '../errors.ts';
import {
  emitModel,
  float32,
  type Graph,
  isSymbolic,
  type Node,
  rewrite,
  Session,
  type Shape,
  sizeOf,
  type Tensor,
  type Value,
} from '../graph/index.ts';
import { nodesFor } from './features.ts';

/** Elements of one tensor for one picture; more is no network for pictures, but a trap. */
const mostElements = 2 ** 28;

/** Networks that were exported while they trained still normalize by the batch and drop units. */
function asInference(node: Node): Node {
  if (node.op === 'Dropout')
    return { ...node, inputs: node.inputs.slice(0, 2), outputs: node.outputs.slice(0, 1) };
  if (node.op !== 'BatchNormalization') return node;
  const { training_mode: _, ...attributes } = node.attributes;
  return { ...node, outputs: node.outputs.slice(0, 1), attributes };
}

/**
 * A graph with one input and one output, in its form for inference.
 *
 * @throws {OnesheetError} TRUNK_UNSUITABLE when the tensor needs other inputs, or does not depend on the picture
 */
export function extract(
  source: Graph,
  input: string,
  features: Value,
  name: string,
): { graph: Graph; features: Value } {
  const nodes = nodesFor(source, features.name);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const other = source.inputs.find((each) => each.name !== input && read.has(each.name));
  if (other)
    throw onesheetError(
      'TRUNK_UNSUITABLE',
      name,
      `its tensor ${features.name} needs the input ${other.name} too`,
    );
  if (!read.has(input))
    throw onesheetError(
      'TRUNK_UNSUITABLE',
      name,
      `its tensor ${features.name} does not depend on the picture`,
    );
  const needed = new Set(nodes);
  const graph = rewrite(source, {
    input: (each, into) => each.name === input && into.keepInput(each),
    initializer: (key, tensor, into) => read.has(key) && into.keepInitializer(key, tensor),
    node: (node, into) => {
      if (!needed.has(node)) return;
      for (const { name: output, shape } of into.keepNode(asInference(node))) {
        if (elementsOf(shape) > mostElements)
          throw onesheetError(
            'TRUNK_UNSUITABLE',
            name,
            `its tensor ${output} has the shape [${shape}], which is too large`,
          );
      }
    },
    output: () => {},
  });
  graph.output(features.name, graph.value(features.name));
  return { graph, features: graph.value(features.name) };
}

/** Elements for one picture. */
function elementsOf(shape: Shape): number {
  return sizeOf(shape.map((dim) => (isSymbolic(dim) ? Number.parseInt(dim, 10) || 1 : dim)));
}

/** Numbers without structure, the same every time. */
function noise(tensor: Value, batch: number, offset: number): Tensor {
  const shape = [batch, ...(tensor.shape.slice(1) as number[])];
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => ((i + offset) * 2654435761) % 1021);
  return tensor.dtype === 'uint8'
    ? { dtype: 'uint8', shape, data: Uint8Array.from(values, (value) => value % 256) }
    : float32(
        Float32Array.from(values, (value) => value / 510 - 1),
        shape,
      );
}

async function compute(graph: Graph, feeds: readonly Tensor[]): Promise<Float32Array[]> {
  const [input] = graph.inputs as [Value];
  const session = await Session.create(emitModel(graph), { threads: 1 });
  try {
    const results: Float32Array[] = [];
    for (const feed of feeds) {
      const [output] = Object.values(await session.run({ [input.name]: feed }));
      results.push(output!.data as Float32Array);
    }
    return results;
  } finally {
    await session.release();
  }
}

/**
 * Compares what pictures give together, in the graph with a symbolic batch, with what they gave in the file's.
 *
 * @throws {OnesheetError} TRUNK_UNSUITABLE when the two differ by more than rounding
 */
export async function assertSameForEachPicture(
  fixed: Graph,
  symbolic: Graph,
  input: string,
  name: string,
): Promise<void> {
  const picture = fixed.value(input);
  const size = picture.shape[0] as number;
  const parts = [noise(picture, size, 0), noise(picture, size, 7919)];
  const { dtype, shape } = parts[0]!;
  const joined = dtype === 'uint8' ? new Uint8Array(2 * sizeOf(shape)) : new Float32Array(2 * sizeOf(shape));
  parts.forEach((part, i) => {
    joined.set(part.data as Float32Array, i * sizeOf(shape));
  });
  const expected = (await compute(fixed, parts)).flatMap((result) => [...result]);
  const both: Tensor = { dtype, shape: shape.with(0, 2 * size), data: joined };
  const [found] = (await compute(symbolic, [both])) as [Float32Array];
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const same =
    found.length === expected.length &&
    found.every((value, i) => Math.abs(value - expected[i]!) <= 1e-3 * scale);
  if (!same)
    throw onesheetError(
      'TRUNK_UNSUITABLE',
      name,
      `it was exported for batches of ${size} and mixes pictures in larger ones: export it with a dynamic batch`,
    );
}
