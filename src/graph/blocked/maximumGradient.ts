/** @module The gradient of a maximum over windows, blocked -> the gradient of what the windows covered. */
import { divide, equal, indicator, multiply, reshape } from '../operators.ts';
import type { MaximumGradient, Value } from '../vocabulary.ts';
import type { Layouts } from './layouts.ts';

/**
 * Whatever equals its window's maximum was it: no indices are needed, which take onnxruntime nine times as long as the
 * maximum alone. Elements that tie share the gradient equally.
 */
export function maximumGradient({ gradient, x, pooled, kernel }: MaximumGradient, layouts: Layouts): Value {
  const { block } = layouts;
  const [height, width] = kernel;
  const [map, best, passed] = [x, pooled, gradient].map(({ name }) => layouts.blocked(name)) as [
    Value,
    Value,
    Value,
  ];
  const columns = best.shape[3] as number;
  const ofWindows = (values: Value): Value => reshape(values, [-1, 1, columns, 1, block]);
  const windows = reshape(map, [-1, height, columns, width, block]); // [rows of all maps, ...]
  const isBest = indicator(equal(windows, ofWindows(best)));
  const attributes = { kernel_shape: kernel, strides: kernel };
  const share = layouts.add('AveragePool', [layouts.like(isBest, map)], attributes, best.shape);
  const each = divide(passed, multiply(share, height * width));
  return layouts.like(multiply(isBest, ofWindows(each)), map);
}
