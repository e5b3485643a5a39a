/** @module A network's graph -> the names of its weights and statistics, and the same network with others. */
import { Graph, type Tensor } from '../graph/index.ts';

/** Inputs of operators that hold learned weights, by operator. */
const weightInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  Add: [0, 1],
  Mul: [0, 1],
  Expand: [0],
  Concat: [0, 1],
  PRelu: [1],
  InstanceNormalization: [1, 2],
  BatchNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GRU: [1, 2, 3],
  LSTM: [1, 2, 3],
};

/** Inputs of operators that hold statistics gathered while training. */
const statisticInputs: Readonly<Record<string, readonly number[]>> = { BatchNormalization: [3, 4] };

function initializersAt(graph: Graph, inputs: Readonly<Record<string, readonly number[]>>): string[] {
  const names = new Set<string>();
  for (const node of graph.nodes) {
    for (const index of inputs[node.op] ?? []) {
      const name = node.inputs[index] ?? '';
      const tensor = graph.initializers.get(name);
      if (tensor?.dtype === 'float32' && !name.startsWith('constant_') && tensor.data.length > 1)
        names.add(name);
    }
  }
  return [...names];
}

/** Names of the weights that training may change, in the order of the network. */
export function parametersOf(graph: Graph): string[] {
  return initializersAt(graph, weightInputs);
}

/** Names of the running means and variances, which follow the batches instead of the gradient. */
export function statisticsOf(graph: Graph): string[] {
  return initializersAt(graph, statisticInputs);
}

/** The same network with other weights; names that `weights` lacks keep theirs. */
export function withWeights(graph: Graph, weights: ReadonlyMap<string, Float32Array>): Graph {
  const copy = new Graph();
  for (const input of graph.inputs) copy.input(input.name, input.dtype, input.shape);
  for (const [name, tensor] of graph.initializers) {
    const data = weights.get(name);
    copy.initializer(name, data ? ({ ...tensor, data } satisfies Tensor) : tensor);
  }
  for (const node of graph.nodes) copy.addNode(node);
  for (const [name, value] of graph.outputs) copy.output(name, copy.value(value.name));
  return copy;
}
