/** @module Recurrences -> their rules; the gradient is that of their unrolled form. */
import { type Dim, formatShape, type Shape } from '../tensor.ts';
import type { ShapeRule } from './inference.ts';
import type { OperatorRule, OperatorRules } from './rule.ts';

/** GRU and LSTM with layout 0: X [time, batch, features] -> Y [time, directions, batch, hidden], Y_h, Y_c. */
const recurrentTypes: ShapeRule = (context) => {
  const x = context.input(0);
  if (x.shape.length !== 3) context.fail('input 0 needs 3 dimensions');
  if (context.integer('layout', 0) !== 0) context.fail('only layout 0 is known');
  const direction = context.text('direction', 'forward');
  const known: Readonly<Record<string, number>> = { forward: 1, reverse: 1, bidirectional: 2 };
  const directions = known[direction] ?? context.fail(`${direction} is no direction`);
  const hidden = context.integer('hidden_size', 0);
  const rows = (context.node.op === 'GRU' ? 3 : 4) * hidden;
  const [time, batch, features] = x.shape as [Dim, Dim, Dim];
  const expectShape = (index: number, shape: Shape): void => {
    if (formatShape(context.input(index).shape) !== formatShape(shape))
      context.fail(`input ${index} needs the shape ${formatShape(shape)}`);
  };
  expectShape(1, [directions, rows, features]);
  expectShape(2, [directions, rows, hidden]);
  if (context.inputs[3]) expectShape(3, [directions, 2 * rows]);
  const state = { dtype: x.dtype, shape: [directions, batch, hidden] };
  return [{ dtype: x.dtype, shape: [time, directions, batch, hidden] }, state, state];
};

const recurrence: OperatorRule = {
  types: recurrentTypes,
  gradient: 'none',
  kernel: [1],
  parameters: [1, 2, 3],
};

export const recurrenceRules = { GRU: recurrence, LSTM: recurrence } satisfies OperatorRules;
