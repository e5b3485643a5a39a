/** @module A node and the types of its inputs -> the element types and shapes of its outputs. */
import { onesheetError } from '../errors.ts';
import type { Node, TensorType } from './graph.ts';
import { InferenceContext, type ShapeRule } from './inference.ts';
import { argMax, elementwise, gemm, matMul, prelu, reduce, sameAsInput, where } from './shapes/arithmetic.ts';
import {
  cast,
  concat,
  constant,
  constantOfShape,
  expand,
  flatten,
  gather,
  pad,
  range,
  reshape,
  shapeOf,
  sizeOf,
  slice,
  split,
  squeeze,
  transpose,
  unsqueeze,
} from './shapes/layout.ts';
import { dequantizeLinear, quantizeLinear } from './shapes/quantization.ts';
import {
  batchNormalization,
  conv,
  convTranspose,
  depthToSpace,
  globalPool,
  instanceNormalization,
  maxUnpool,
  pool,
  recurrent,
  spaceToDepth,
} from './shapes/spatial.ts';
import type { Shape } from './tensor.ts';

function each(operators: string, rule: ShapeRule): [string, ShapeRule][] {
  return operators.split(' ').map((op) => [op, rule]);
}

const shapeRules: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...each('Add Sub Mul Div Pow Mod', elementwise(undefined, 2)),
  ...each('Min Max Sum Mean', elementwise()),
  ...each('Equal Greater GreaterOrEqual Less LessOrEqual And Or', elementwise('bool', 2)),
  ...each(
    'Relu LeakyRelu Sigmoid Tanh Softplus Exp Log Sqrt Abs Neg Sign Erf Reciprocal Floor Identity',
    sameAsInput,
  ),
  ...each(
    'HardSigmoid HardSwish Elu Softmax LogSoftmax Dropout Not LayerNormalization Clip Mish',
    sameAsInput,
  ),
  ...each('ReduceSum ReduceMean ReduceMax ReduceMin ReduceSumSquare', reduce),
  ...each('MaxPool AveragePool', pool),
  ...each('GlobalAveragePool GlobalMaxPool', globalPool),
  ...each('GRU LSTM', recurrent),
  ['PRelu', prelu],
  ['InstanceNormalization', instanceNormalization],
  ['Where', where],
  ['MatMul', matMul],
  ['Gemm', gemm],
  ['Conv', conv],
  ['ConvTranspose', convTranspose],
  ['MaxUnpool', maxUnpool],
  ['BatchNormalization', batchNormalization],
  ['ArgMax', argMax],
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Pad', pad],
  ['Expand', expand],
  ['Gather', gather],
  ['Unsqueeze', unsqueeze],
  ['Squeeze', squeeze],
  ['SpaceToDepth', spaceToDepth],
  ['DepthToSpace', depthToSpace],
  ['ScatterElements', sameAsInput],
  ['Shape', shapeOf],
  ['Size', sizeOf],
  ['Cast', cast],
  ['QuantizeLinear', quantizeLinear],
  ['DequantizeLinear', dequantizeLinear],
  ['Constant', constant],
  ['ConstantOfShape', constantOfShape],
  ['Range', range],
]);

/** Operators that a graph can hold, for messages and documentation. */
export const knownOperators: readonly string[] = [...shapeRules.keys()].sort();

/** Whether onesheet knows the operator at all. */
export function isKnownOperator(op: string): boolean {
  return shapeRules.has(op);
}

/**
 * @throws {OnesheetError} GRAPH_OPERATOR for an operator without a rule; GRAPH_SHAPE, with the operator, its
 * inputs and their shapes, where they do not fit.
 */
export function inferTypes(
  node: Node,
  inputs: readonly (TensorType | undefined)[],
  contents: readonly (Shape | undefined)[],
): TensorType[] {
  const rule = node.domain === '' || node.domain === 'ai.onnx' ? shapeRules.get(node.op) : undefined;
  if (!rule) {
    const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
    throw onesheetError('GRAPH_OPERATOR', op, node.name, 'the operator set');
  }
  const context = new InferenceContext(node, inputs, contents);
  if (node.outputs[0] === '' && node.op !== 'GRU' && node.op !== 'LSTM')
    context.fail('its output has no name');
  return rule(context);
}
