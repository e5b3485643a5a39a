/** @module A node and the types of its inputs -> the element types and shapes of its outputs. */
import { onesheetError } from '../errors.ts';
import { InferenceContext } from './rules/inference.ts';
import { ruleOf } from './rules/table.ts';
import type { Shape } from './tensor.ts';
import type { Node, TensorType } from './vocabulary.ts';

/**
 * @throws {OnesheetError} GRAPH_OPERATOR for an operator without a rule; GRAPH_SHAPE, with the operator, its
 * inputs and their shapes, where they do not fit.
 */
export function inferTypes(
  node: Node,
  inputs: readonly (TensorType | undefined)[],
  contents: readonly (Shape | undefined)[],
): TensorType[] {
  const rule = node.domain === '' || node.domain === 'ai.onnx' ? ruleOf(node.op) : undefined;
  if (!rule) {
    const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
    throw onesheetError('GRAPH_OPERATOR', op, node.name, 'the operator set');
  }
  const context = new InferenceContext(node, inputs, contents);
  if (node.outputs[0] === '' && node.op !== 'GRU' && node.op !== 'LSTM')
    context.fail('its output has no name');
  return rule.types(context);
}
