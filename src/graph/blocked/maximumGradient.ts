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
  const { graph } = layouts.into;
  const [height, width] = kernel;
  const [map, best, passed] = [x, pooled, gradient].map(({ name }) => layouts.blocked(name)) as [
    Value,
    Value,
    Value,
  ];
  const columns = best.shape[3] as number;
  const ofRow = graph.integers(Array.from({ length: columns * width }, (_, i) => Math.floor(i / width)));
  /** Rows of windows as long as the map's: what is repeated in long runs is compared and multiplied fast. */
  const spread = (values: Value): Value => {
    const rows = graph.add('Gather', [reshape(values, [-1, columns, block]), ofRow], { axis: 1 })[0]!;
    return reshape(rows, [-1, 1, columns * width * block]);
  };
  const windows = reshape(map, [-1, height, columns * width * block]); // [rows of all windows, rows of one, ...]
  const isBest = indicator(equal(windows, spread(best)));
  const attributes = { kernel_shape: kernel, strides: kernel };
  const share = layouts.add('AveragePool', [layouts.like(isBest, map)], attributes, best.shape);
  const each = divide(passed, multiply(share, height * width));
  return layouts.like(multiply(isBest, spread(each)), map);
}
