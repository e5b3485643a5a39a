/** @module A network's graph -> the multiplications and additions that it needs; a machine -> the most of them that it does a second. */
import { bindShape, emitModel, float32, Graph, type Node, Session, type Value } from '../src/graph/index.ts';

/** Multiplications and additions of one node, each counted as one operation. */
function operationsOf(graph: Graph, node: Node, batch: number): number {
  const shapeOf = (name: string): number[] => bindShape(graph.value(name).shape, { batch });
  const productOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);
  const [a = '', b = '', c = ''] = node.inputs;
  const out = (): number => productOf(shapeOf(node.outputs.find((name) => name !== '')!));
  switch (node.op) {
    case 'Conv':
      return 2 * out() * productOf(shapeOf(b).slice(1));
    case 'ConvTranspose':
      return 2 * productOf(shapeOf(a)) * productOf(shapeOf(b).slice(1));
    case 'MatMul':
      return 2 * out() * shapeOf(a).at(-1)!;
    case 'Gemm': {
      const transposed = node.attributes.transA?.value === 1;
      return 2 * out() * shapeOf(a)[transposed ? 0 : 1]!;
    }
    case 'GRU':
    case 'LSTM': {
      // [steps, batch, features], [directions, gates, features], [directions, gates, hidden]
      const [steps, size] = shapeOf(a) as [number, number];
      return 2 * steps * size * (productOf(shapeOf(b)) + productOf(shapeOf(c)));
    }
    default:
      return 0;
  }
}

/** Whether a node multiplies by weights. */
const multiplies: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'GRU', 'LSTM']);

/**
 * What the products of a network need for a batch: convolutions, matrix products and recurrences, not what lies
 * between them. A training step needs each three times, for its output and the gradients of its input and weights;
 * twice where nothing before it is learned. What an implementation computes beyond that does not count.
 *
 * @returns floating-point operations
 */
export function operationsNeeded(graph: Graph, batch: number, isTraining: boolean): number {
  const learned = new Set(graph.parameters);
  let sum = 0;
  for (const node of graph.nodes) {
    const isReached = node.inputs.some((name) => learned.has(name));
    if (multiplies.has(node.op)) {
      const passes = isTraining ? 1 + (learned.has(node.inputs[0]!) ? 1 : 0) + (isReached ? 1 : 0) : 1;
      sum += passes * operationsOf(graph, node, batch);
    }
    if (isReached) for (const output of node.outputs) learned.add(output);
  }
  return sum;
}

const products = [768, 1024, 1536, 2048].map((n) => {
  const graph = new Graph();
  const [a, b] = ['a', 'b'].map((name) => graph.input(name, 'float32', [n, n])) as [Value, Value];
  graph.output('result', graph.add('MatMul', [a, b])[0]!);
  return graph;
});

/** A convolution whose weights are constant, for which onnxruntime has its fastest kernels. */
function convolution(): Graph {
  const [channels, height, width] = [256, 15, 10];
  const graph = new Graph();
  const map = graph.input('map', 'float32', [32, channels, height, width]);
  const shape = [channels, channels, 3, 3];
  const weight = graph.constant(float32(new Float32Array(channels * channels * 9).fill(0.01), shape));
  graph.output('result', graph.add('Conv', [map, weight], { pads: [1, 1, 1, 1] })[0]!);
  return graph;
}

/**
 * @returns the most floating-point operations a second that onnxruntime reaches in float32: of matrix products of several
 * sizes and of a convolution, which may be faster than they, each in several turns
 */
export async function peakOfArithmetic(threads: number): Promise<number> {
  let peak = 0;
  for (const graph of [...products, convolution()]) {
    const session = await Session.create(emitModel(graph), { threads });
    const feeds = Object.fromEntries(
      [...graph.inputs].map(({ name, shape }) => {
        const dims = shape as readonly number[];
        const count = dims.reduce((product, dim) => product * dim, 1);
        return [name, float32(new Float32Array(count).fill(0.5), dims)];
      }),
    );
    const operations = graph.nodes.reduce((sum, node) => sum + operationsOf(graph, node, 1), 0);
    for (let turn = 0; turn < 8; turn++) {
      const start = performance.now();
      await session.run(feeds);
      peak = Math.max(peak, operations / ((performance.now() - start) / 1000));
    }
    await session.release();
  }
  return peak;
}
