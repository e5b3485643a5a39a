/** @module A GRU or LSTM node -> the same recurrence unrolled into cells that differentiate. */
import {
  add,
  concat,
  matMul,
  multiply,
  reshape,
  reverse,
  sigmoid,
  slice,
  split,
  squeeze,
  subtract,
  tanh,
  transpose,
  unsqueeze,
} from './operators.ts';
import { unsupportedGradient } from './rules/gradient.ts';
import type { Node, Value } from './vocabulary.ts';

/** Every step becomes some twenty nodes; a longer sequence is a mistake, or a file that means harm. */
const maximumSteps = 1024;

interface Cell {
  readonly hidden: Value;
  readonly memory?: Value;
}

/** ONNX's GRU with linear_before_reset 1 (as in cuDNN and PyTorch); gates in the order z, r, h. */
function gruCell(input: Value, recurrent: Value, state: Cell): Cell {
  const [xz, xr, xh] = split(input, -1, 3) as [Value, Value, Value]; // each [directions, batch, hidden]
  const [hz, hr, hh] = split(recurrent, -1, 3) as [Value, Value, Value];
  const update = sigmoid(add(xz, hz));
  const reset = sigmoid(add(xr, hr));
  const candidate = tanh(add(xh, multiply(reset, hh)));
  return { hidden: add(candidate, multiply(update, subtract(state.hidden, candidate))) };
}

/** ONNX's LSTM without peepholes; gates in the order i, o, f, c. */
function lstmCell(input: Value, recurrent: Value, state: Cell): Cell {
  const [i, o, f, c] = split(add(input, recurrent), -1, 4) as [Value, Value, Value, Value];
  const memory = add(multiply(sigmoid(f), state.memory!), multiply(sigmoid(i), tanh(c)));
  return { hidden: multiply(sigmoid(o), tanh(memory)), memory };
}

/** Turns the second direction of [time, directions, ...] around in time; a forward recurrence stays as it is. */
function alignDirections(x: Value, axis: number, direction: string): Value {
  if (direction === 'forward') return x;
  if (direction === 'reverse') return reverse(x, 0);
  return concat([slice(x, axis, 0, 1), reverse(slice(x, axis, 1, 2), 0)], axis);
}

/**
 * Both directions advance in one product a step.
 *
 * Inputs as ONNX has them, layout 0: X [time, batch, features], W [directions, gates * hidden, features],
 * R [directions, gates * hidden, hidden], B [directions, 2 * gates * hidden]; the initial state is zero.
 *
 * @returns Y [time, directions, batch, hidden] and Y_h [directions, batch, hidden]
 * @throws {OnesheetError} GRAPH_OPERATOR for the variants that onesheet does not build
 */
export function unrollRecurrence(node: Node, inputs: readonly (Value | undefined)[]): Value[] {
  const [x, w, r, b] = inputs as [Value, Value, Value, Value | undefined];
  const gru = node.op === 'GRU';
  const attribute = (name: string): unknown => node.attributes[name]?.value;
  if (inputs.slice(4).some((input) => input !== undefined))
    unsupportedGradient(node, 'with initial states or lengths');
  if (gru && attribute('linear_before_reset') !== 1) unsupportedGradient(node, 'without linear_before_reset');
  if (attribute('activations') ?? attribute('clip') ?? attribute('layout')) {
    unsupportedGradient(node, 'with activations, clip or layout of its own');
  }
  const direction = (attribute('direction') as string | undefined) ?? 'forward';
  const directions = w.shape[0] as number;
  const hiddenSize = attribute('hidden_size') as number;
  const gates = gru ? 3 : 4;
  const time = x.shape[0]!;
  if (typeof time === 'string' || time > maximumSteps) return unsupportedGradient(node, `over ${time} steps`);
  const features = x.shape[2] as number;

  const projected = matMul(reshape(x, [1, -1, features]), transpose(w, [0, 2, 1])); // [directions, time * batch, gates]
  const biases = b && split(b, 1, 2).map((part) => unsqueeze(part, [1])); // each [directions, 1, gates * hidden]
  const inputTerms = biases ? add(projected, biases[0]!) : projected;
  const perTime = transpose(reshape(inputTerms, [directions, time, -1, gates * hiddenSize]), [1, 0, 2, 3]);
  const steps = split(alignDirections(perTime, 1, direction), 0, time).map((step) => squeeze(step, [0]));

  const recurrentWeights = transpose(r, [0, 2, 1]);
  const zero = multiply(slice(steps[0]!, 2, 0, hiddenSize), 0);
  let state: Cell = gru ? { hidden: zero } : { hidden: zero, memory: zero };
  const states = steps.map((step) => {
    const product = matMul(state.hidden, recurrentWeights);
    const recurrentTerm = biases ? add(product, biases[1]!) : product;
    state = gru ? gruCell(step, recurrentTerm, state) : lstmCell(step, recurrentTerm, state);
    return unsqueeze(state.hidden, [0]);
  });
  const outputs = alignDirections(concat(states, 0), 1, direction);
  return state.memory ? [outputs, state.hidden, state.memory] : [outputs, state.hidden];
}
