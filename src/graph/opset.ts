/** @module A node of an older or newer operator set -> the same computation in the operator set that onesheet writes. */
import { onesheetError } from '../errors.ts';
import type { Graph } from './graph.ts';
import { add, multiply, power, tanh } from './operators.ts';
import { float32, isSymbolic } from './tensor.ts';
import type { Attribute, Attributes, Node, Value } from './vocabulary.ts';

/** Operator sets that can be read. Before 7, broadcasting followed other rules. */
export const readableOpsets = { oldest: 7, newest: 22 } as const;

function refuse(node: Node, what: string): never {
  throw onesheetError('GRAPH_OPERATOR', node.op, node.name, `the operator set ${what}`);
}

function without(node: Node, names: readonly string[]): Node {
  const attributes = Object.entries(node.attributes).filter(([name]) => !names.includes(name));
  return { ...node, attributes: Object.fromEntries(attributes) };
}

function constantOf(graph: Graph, attribute: Attribute): Value {
  if (attribute.type === 'ints') return graph.integers(attribute.value);
  if (attribute.type === 'int') return graph.integers([attribute.value]);
  return graph.constant(float32([attribute.value as number], []));
}

/** What used to be attributes become inputs that follow the first one; those that are missing stay omitted. */
function asInputs(names: readonly string[]): Conversion {
  return (graph, node) => {
    if (node.inputs.length > 1) return node;
    const added = names.map((name) => {
      const attribute = node.attributes[name];
      return attribute ? constantOf(graph, attribute).name : '';
    });
    while (added.at(-1) === '') added.pop();
    return { ...without(node, names), inputs: [...node.inputs.slice(0, 1), ...added] };
  };
}

/** Before 13, all dimensions from the axis on counted as one. */
const flatSoftmax: Conversion = (graph, node) => {
  const x = graph.values.get(node.inputs[0] ?? '');
  if (!x) return node;
  const rank = x.shape.length;
  const given = (node.attributes.axis?.value as number | undefined) ?? 1;
  const axis = given < 0 ? given + rank : given;
  const attributes: Attributes = { axis: { type: 'int', value: axis } };
  if (x.shape.slice(axis + 1).every((dim) => dim === 1)) return { ...node, attributes };
  const flat = graph.add('Flatten', [x], { axis })[0]!;
  const result = graph.add(node.op, [flat], { axis: 1 })[0]!;
  const shape = graph.integers(x.shape.map((dim) => (isSymbolic(dim) ? -1 : dim)));
  return { ...node, op: 'Reshape', inputs: [result.name, shape.name], attributes: {} };
};

/** Before 18, parts without sizes were equal, as many as there are outputs. */
const splitSizes: Conversion = (graph, node) => {
  const x = graph.values.get(node.inputs[0] ?? '');
  if (!x || node.inputs[1]) return node;
  const axis = (node.attributes.axis?.value as number | undefined) ?? 0;
  const dim = x.shape.at(axis);
  const count = node.outputs.length;
  if (typeof dim !== 'number') return node;
  const chunk = Math.ceil(dim / count);
  const sizes = node.outputs.map((_, i) => Math.max(0, Math.min(chunk, dim - i * chunk)));
  return { ...node, inputs: [x.name, graph.integers(sizes).name] };
};

/** Hendrycks & Gimpel 2016; an operator of its own since 20. */
const gaussianUnit: Conversion = (graph, node) => {
  const x = graph.values.get(node.inputs[0] ?? '');
  if (!x) return node;
  const smooth = node.attributes.approximate?.value === 'tanh';
  const cubic = (): Value => multiply(add(x, multiply(power(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
  const inner = smooth ? tanh(cubic()) : graph.add('Erf', [multiply(x, Math.SQRT1_2)])[0]!;
  const share = multiply(add(inner, 1), 0.5);
  return { ...node, op: 'Mul', inputs: [x.name, share.name], attributes: {} };
};

type Conversion = (graph: Graph, node: Node) => Node;

interface Rule {
  readonly operators: readonly string[];
  /** Operator sets to which the rule applies. */
  readonly from?: number;
  readonly below?: number;
  readonly convert: Conversion;
}

const rules: readonly Rule[] = [
  {
    operators: ['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceSumSquare'],
    below: 18,
    convert: asInputs(['axes']),
  },
  { operators: ['ReduceSum', 'Squeeze', 'Unsqueeze'], below: 13, convert: asInputs(['axes']) },
  { operators: ['Split'], below: 13, convert: asInputs(['split']) },
  { operators: ['Split'], below: 18, convert: splitSizes },
  { operators: ['Gelu'], from: 20, convert: gaussianUnit },
  { operators: ['Clip'], below: 11, convert: asInputs(['min', 'max']) },
  { operators: ['Pad'], below: 11, convert: asInputs(['pads', 'value']) },
  { operators: ['Slice'], below: 10, convert: asInputs(['starts', 'ends', 'axes']) },
  { operators: ['Dropout'], below: 12, convert: asInputs(['ratio']) },
  { operators: ['Softmax', 'LogSoftmax'], below: 13, convert: flatSoftmax },
  {
    operators: ['BatchNormalization'],
    below: 14,
    convert: (_, node) => {
      if ((node.attributes.spatial?.value ?? 1) !== 1) refuse(node, 'without spatial');
      if (node.outputs.length > 1) refuse(node, 'in its old form for training');
      return without(node, ['spatial']);
    },
  },
  {
    operators: ['MaxPool'],
    convert: (_, node) => {
      const byColumns = node.attributes.storage_order?.value === 1;
      return byColumns && node.outputs.length > 1
        ? refuse(node, 'with indices by columns')
        : without(node, ['storage_order']);
    },
  },
  {
    operators: ['AveragePool'],
    from: 19,
    convert: (_, node) => {
      const dilations = (node.attributes.dilations?.value as readonly number[] | undefined) ?? [];
      if (dilations.some((dilation) => dilation !== 1)) refuse(node, 'with dilation');
      return without(node, ['dilations']);
    },
  },
  {
    // These attributes concern element types that a graph cannot hold.
    operators: ['Cast'],
    from: 19,
    convert: (_, node) => without(node, ['saturate']),
  },
  {
    operators: ['QuantizeLinear', 'DequantizeLinear'],
    from: 19,
    convert: (_, node) =>
      node.attributes.block_size?.value || node.attributes.output_dtype?.value
        ? refuse(node, 'with blocks or other element types')
        : without(node, ['saturate', 'block_size', 'output_dtype']),
  },
  {
    operators: ['Pad'],
    from: 19,
    convert: (_, node) => (node.attributes.mode?.value === 'wrap' ? refuse(node, 'with mode wrap') : node),
  },
];

/** Whether an operator that a graph does not hold is read as others that it does. */
export function isReplaced(op: string): boolean {
  return op === 'Gelu';
}

/**
 * Rewrites a node as the operator set that onesheet writes has it, adding constants and nodes to the graph where
 * needed.
 *
 * @throws {OnesheetError} GRAPH_OPERATOR for forms that this operator set does not have
 */
export function normalizeNode(graph: Graph, node: Node, opset: number): Node {
  return rules
    .filter(({ operators }) => operators.includes(node.op))
    .filter(({ from = 0, below = Number.POSITIVE_INFINITY }) => opset >= from && opset < below)
    .reduce((current, rule) => rule.convert(graph, current), node);
}
