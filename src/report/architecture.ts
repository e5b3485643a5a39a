/** @module A model's graph -> its layers in order: what each does, what comes out and how many parameters it has. */
import { type Graph, kernelOf, type Node, type Shape } from '../graph/index.ts';

/** What an operator does, in words that every language has. */
export type Operation =
  | {
      readonly does: 'convolution' | 'depthwise';
      readonly kernel: readonly number[];
      readonly stride: number;
    }
  | { readonly does: 'maximumPool' | 'averagePool'; readonly kernel: readonly number[] }
  | {
      readonly does:
        | 'dense'
        | 'product'
        | 'gru'
        | 'lstm'
        | 'normalization'
        | 'mean'
        | 'maximum'
        | 'concat'
        | 'residual'
        | 'gate'
        | 'softmax'
        | 'dropout'
        | 'fold';
    }
  | { readonly does: 'activation'; readonly name: string };

/** One layer, or several that follow each other and are shown as one. */
export interface Layer {
  /** Its weights' common name; empty for what has no weights. */
  readonly name: string;
  readonly operations: readonly Operation[];
  /** Without the batch; height, width and channels of a map, steps and features of a sequence, or features. */
  readonly output: readonly number[];
  readonly parameters: number;
  /** How many equal layers it stands for. */
  readonly times: number;
}

const activations: Readonly<Record<string, string>> = {
  Relu: 'ReLU',
  LeakyRelu: 'leaky ReLU',
  PRelu: 'PReLU',
  Elu: 'ELU',
  Gelu: 'GELU',
  Sigmoid: 'sigmoid',
  HardSigmoid: 'hard sigmoid',
  HardSwish: 'hard swish',
  Tanh: 'tanh',
  Mish: 'Mish',
};

/** The integers of an attribute; none where the node does not have it. */
function attributeNumbers({ attributes }: Node, name: string): readonly number[] {
  const attribute = attributes[name];
  if (attribute?.type === 'ints') return attribute.value;
  return attribute?.type === 'int' ? [attribute.value] : [];
}

/** What people call an operator; nothing for those that only move numbers about. */
function operationOf(graph: Graph, node: Node): Operation | undefined {
  const isComputed = (name: string) => !graph.initializers.has(name);
  switch (node.op) {
    case 'Conv': {
      const weight = graph.value(node.inputs[1]!).shape as readonly number[];
      const [stride = 1] = attributeNumbers(node, 'strides');
      const [groups = 1] = attributeNumbers(node, 'group');
      const does = groups > 1 && groups === weight[0] ? 'depthwise' : 'convolution';
      return { does, kernel: weight.slice(2), stride };
    }
    case 'Gemm':
      return { does: 'dense' };
    case 'MatMul':
      return { does: node.inputs.every(isComputed) ? 'product' : 'dense' };
    case 'GRU':
      return { does: 'gru' };
    case 'LSTM':
      return { does: 'lstm' };
    case 'MaxPool':
      return { does: 'maximumPool', kernel: attributeNumbers(node, 'kernel_shape') };
    case 'AveragePool':
      return { does: 'averagePool', kernel: attributeNumbers(node, 'kernel_shape') };
    case 'GlobalAveragePool':
    case 'ReduceMean':
      return { does: 'mean' };
    case 'GlobalMaxPool':
    case 'ReduceMax':
      return { does: 'maximum' };
    case 'BatchNormalization':
    case 'LayerNormalization':
    case 'InstanceNormalization':
      return { does: 'normalization' };
    case 'Concat':
      return { does: 'concat' };
    case 'Softmax':
      return { does: 'softmax' };
    case 'Dropout':
      return { does: 'dropout' };
    case 'SpaceToDepth':
      return { does: 'fold' };
    case 'Clip':
      return { does: 'activation', name: 'ReLU6' };
    case 'Add':
      return node.inputs.every(isComputed) ? { does: 'residual' } : undefined;
    case 'Mul':
      return node.inputs.every(isComputed) ? { does: 'gate' } : undefined;
    default:
      return activations[node.op] === undefined
        ? undefined
        : { does: 'activation', name: activations[node.op]! };
  }
}

/** The nodes that the logits are computed by, in order. */
function nodesOfLogits(graph: Graph): Node[] {
  const wanted = new Set<string>([graph.outputs.get('logit')!.name]);
  const found = graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => wanted.has(name))) return false;
    for (const name of inputs) wanted.add(name);
    return true;
  });
  return found.reverse();
}

/**
 * A shape without its batch, which is the dimension without a number, else the first: height, width and channels of a
 * map, and all else as it is.
 */
function withoutBatch(shape: Shape): number[] {
  const sizes = shape.filter((size) => typeof size === 'number');
  const rest = sizes.length < shape.length ? sizes : sizes.slice(1);
  return rest.length === 3 ? [rest[1]!, rest[2]!, rest[0]!] : rest;
}

/** The name that the weights of a layer have in common: that of its kernel without the last part. */
function layerName(kernel: string): string {
  const cut = kernel.lastIndexOf('.');
  return cut < 0 ? kernel : kernel.slice(0, cut);
}

/** Whether a node begins the pooling of a map or a sequence. */
function beginsPooling({ op }: Node): boolean {
  return /^(?:Global\w+Pool|ReduceMean|ReduceMax)$/.test(op);
}

interface Draft {
  name: string;
  operations: Operation[];
  output: readonly number[];
  parameters: number;
  times: number;
}

/** Layers as finely as the graph has them: one begins at every kernel and at every pooling. */
function finest(graph: Graph): Layer[] {
  const layers: Draft[] = [];
  const counted = new Set<string>();
  const begin = (name: string) => layers.push({ name, operations: [], output: [], parameters: 0, times: 1 });
  const kernels = new Set<string>();
  for (const node of nodesOfLogits(graph)) {
    const kernel = kernelOf(graph, node);
    const isNew = kernel !== undefined && !kernels.has(kernel);
    const last = layers.at(-1);
    if (kernel !== undefined) kernels.add(kernel);
    if (isNew && (last === undefined || last.name !== layerName(kernel))) begin(layerName(kernel));
    else if (beginsPooling(node) && last !== undefined && last.name !== '') begin('');
    else if (last === undefined) begin('');
    const layer = layers.at(-1)!;
    const operation = operationOf(graph, node);
    if (operation) layer.operations.push(operation);
    layer.output = withoutBatch(graph.value(node.outputs[0]!).shape);
    for (const name of node.inputs) {
      if (counted.has(name) || graph.roles.get(name)?.kind !== 'parameter') continue;
      counted.add(name);
      layer.parameters += graph.initializers.get(name)!.data.length;
    }
  }
  return layers.filter(({ operations, parameters }) => operations.length > 0 || parameters > 0);
}

/** Layers that follow each other and have the same key as one. */
function merged(layers: readonly Layer[], keyOf: (layer: Layer) => string | undefined): Layer[] {
  const groups: Layer[][] = [];
  for (const layer of layers) {
    const last = groups.at(-1);
    const key = keyOf(layer);
    if (last !== undefined && key !== undefined && keyOf(last[0]!) === key) last.push(layer);
    else groups.push([layer]);
  }
  return groups.map((group) => {
    if (group.length === 1) return group[0]!;
    const [first, last] = [group[0]!, group.at(-1)!];
    const same = new Set(group.map(({ operations }) => JSON.stringify(operations))).size === 1;
    return {
      name: commonName(first.name, last.name),
      operations: same ? first.operations : group.flatMap(({ operations }) => operations),
      output: last.output,
      parameters: group.reduce((sum, { parameters }) => sum + parameters, 0),
      times: same ? group.reduce((sum, { times }) => sum + times, 0) : 1,
    };
  });
}

/** What both names begin with, or both, parted by an ellipsis. */
function commonName(first: string, last: string): string {
  if (first === '' || last === '') return first || last;
  const [a, b] = [first.split('.'), last.split('.')];
  const same = a.findIndex((part, i) => part !== b[i]);
  if (same < 0) return first;
  return same > 0 ? a.slice(0, same).join('.') : `${first} … ${last}`;
}

/** The first parts of a layer's name; nothing for what has no weights. */
function prefixOf({ name }: Layer, parts: number): string | undefined {
  return name === '' ? undefined : name.split('.').slice(0, parts).join('.');
}

/**
 * The layers of a model from the picture to the logits. Where there are more than `most`, those that belong together by
 * their weights' names are taken as one, and where that is not enough, those whose maps have the same size.
 *
 * @throws {OnesheetError} GRAPH_OPERATOR where the model's graph cannot be read
 */
export function layersIn(graph: Graph, most: number): readonly Layer[] {
  const fine = finest(graph);
  if (fine.length <= most) return fine;
  const deepest = Math.max(...fine.map(({ name }) => name.split('.').length));
  for (let parts = deepest - 1; parts > 0; parts--) {
    const layers = merged(fine, (layer) => prefixOf(layer, parts));
    if (layers.length <= most && layers.length > 5) return layers;
  }
  const blocks = merged(fine, (layer) => prefixOf(layer, 1));
  return merged(blocks.length > 5 ? blocks : fine, ({ name, output }) =>
    name === '' || output.length !== 3 ? undefined : output.slice(0, 2).join(' x '),
  );
}
