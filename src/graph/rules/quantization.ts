/** @module Operators between floats and integers of a scale -> their rules. */
import { formatShape } from '../tensor.ts';
import type { TensorType } from '../vocabulary.ts';
import { axisOf, type InferenceContext, type ShapeRule } from './inference.ts';
import type { OperatorRules } from './rule.ts';

/** Scale and zero point are single numbers, or one for each entry along the axis. */
function expectScales(context: InferenceContext, x: TensorType): void {
  const [, scale, zero] = context.inputs;
  const shape = scale?.dtype === 'float32' ? scale.shape : context.fail('its scale is not float32');
  if (zero && formatShape(zero.shape) !== formatShape(shape))
    context.fail('scale and zero point differ in shape');
  if (shape.length === 0) return;
  const axis = axisOf(context, context.integer('axis', 1), x.shape.length);
  if (shape.length > 1 || shape[0] !== x.shape[axis])
    context.fail(`its scale needs one number for each of ${x.shape[axis]} along axis ${axis}`);
}

const quantizeTypes: ShapeRule = (context) => {
  const x = context.input(0);
  expectScales(context, x);
  const dtype = context.inputs[2]?.dtype ?? 'uint8';
  if (dtype !== 'uint8' && dtype !== 'int8') context.fail('its zero point is neither uint8 nor int8');
  return [{ dtype, shape: x.shape }];
};

const dequantizeTypes: ShapeRule = (context) => {
  const x = context.input(0);
  expectScales(context, x);
  if (x.dtype !== 'uint8' && x.dtype !== 'int8' && x.dtype !== 'int32')
    context.fail('its input is neither uint8, int8 nor int32');
  const zero = context.inputs[2];
  if (zero && zero.dtype !== x.dtype) context.fail('its zero point has another element type');
  return [{ dtype: 'float32', shape: x.shape }];
};

export const quantizationRules = {
  QuantizeLinear: { types: quantizeTypes, gradient: 'none' },
  DequantizeLinear: { types: dequantizeTypes, gradient: 'none' },
} satisfies OperatorRules;
