/** @module Products, softmax and recurrences -> their results, straight from their definitions. */
import { at, broadcastAt, broadcastShape, type Dense, positiveAxis, range, tabulate } from './dense.ts';
import type { Application, Operators } from './operator.ts';

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function dot(row: ArrayLike<number>, column: ArrayLike<number>): number {
  return Array.from(row).reduce((sum, value, i) => sum + value * column[i]!, 0);
}

function softmax(finish: (value: number, highest: number, total: number) => number): Operators[string] {
  return ({ inputs, int }) => {
    const x = inputs[0]!;
    const axis = positiveAxis(int('axis', -1), x.shape.length);
    const result = tabulate(x.shape, (index) => {
      const values = range(x.shape[axis]!).map((i) => at(x, index.with(axis, i)));
      const highest = Math.max(...values);
      const total = values.reduce((sum, value) => sum + Math.exp(value - highest), 0);
      return finish(at(x, index), highest, total);
    });
    return [result];
  };
}

type Cell = (
  /** What each unit of each gate gets from the step's input, with the bias. */
  fromInput: readonly number[],
  /** What the recurrent weights make of a hidden state, without the bias. */
  fromHidden: (hidden: readonly number[]) => readonly number[],
  recurrentBias: readonly number[],
  hidden: readonly number[],
  memory: readonly number[],
) => { hidden: number[]; memory: number[] };

/** The equations of ONNX's GRU, gates in the order z, r, h. */
function gruCell(linearBeforeReset: boolean): Cell {
  return (fromInput, fromHidden, bias, hidden) => {
    const size = hidden.length;
    const recurrent = fromHidden(hidden);
    const gate = (g: number, i: number): number =>
      fromInput[g * size + i]! + recurrent[g * size + i]! + bias[g * size + i]!;
    const reset = range(size).map((i) => sigmoid(gate(1, i)));
    const afterReset = fromHidden(hidden.map((value, i) => reset[i]! * value));
    const next = range(size).map((i) => {
      const update = sigmoid(gate(0, i));
      const at = 2 * size + i;
      const term = linearBeforeReset ? reset[i]! * (recurrent[at]! + bias[at]!) : afterReset[at]! + bias[at]!;
      return (1 - update) * Math.tanh(fromInput[at]! + term) + update * hidden[i]!;
    });
    return { hidden: next, memory: [] };
  };
}

/** The equations of ONNX's LSTM without peepholes, gates in the order i, o, f, c. */
const lstmCell: Cell = (fromInput, fromHidden, bias, hidden, memory) => {
  const size = hidden.length;
  const recurrent = fromHidden(hidden);
  const gate = (g: number, i: number): number =>
    fromInput[g * size + i]! + recurrent[g * size + i]! + bias[g * size + i]!;
  const kept = memory.map((c, i) => sigmoid(gate(2, i)) * c + sigmoid(gate(0, i)) * Math.tanh(gate(3, i)));
  return { hidden: kept.map((c, i) => sigmoid(gate(1, i)) * Math.tanh(c)), memory: kept };
};

function recurrence({ inputs, int, text }: Application, gates: number, cell: Cell): Dense[] {
  const [x, w, r, b, , initialHidden, initialMemory] = inputs as [
    Dense,
    Dense,
    Dense,
    ...(Dense | undefined)[],
  ];
  const [time, batch, features] = x.shape as [number, number, number];
  const size = int('hidden_size', 0);
  const direction = text('direction', 'forward');
  const reversed = { forward: [false], reverse: [true], bidirectional: [false, true] }[direction]!;
  const state = [reversed.length, batch, size];
  const y = tabulate([time, ...state], () => 0);
  const lastHidden = tabulate(state, () => 0);
  const lastMemory = tabulate(state, () => 0);
  const initial = (array: Dense | undefined, d: number, n: number): number[] =>
    range(size).map((i) => (array ? at(array, [d, n, i]) : 0));
  reversed.forEach((backwards, d) => {
    const rows = range(gates * size);
    const bias = (part: number): number[] =>
      rows.map((row) => (b ? at(b, [d, part * rows.length + row]) : 0));
    const inputBias = bias(0);
    const fromHidden = (hidden: readonly number[]): number[] =>
      rows.map((row) =>
        dot(
          hidden,
          range(size).map((i) => at(r, [d, row, i])),
        ),
      );
    for (let n = 0; n < batch; n++) {
      let hidden = initial(initialHidden, d, n);
      let memory = initial(initialMemory, d, n);
      for (const t of backwards ? range(time).reverse() : range(time)) {
        const fromInput = rows.map((row) =>
          range(features).reduce((sum, f) => sum + at(w, [d, row, f]) * at(x, [t, n, f]), inputBias[row]!),
        );
        ({ hidden, memory } = cell(fromInput, fromHidden, bias(1), hidden, memory));
        y.data.set(hidden, ((t * reversed.length + d) * batch + n) * size);
      }
      lastHidden.data.set(hidden, (d * batch + n) * size);
      lastMemory.data.set(memory, (d * batch + n) * size);
    }
  });
  return [y, lastHidden, lastMemory];
}

export const linearOperators: Operators = {
  MatMul: ({ inputs }) => {
    const [a, b] = inputs as [Dense, Dense];
    const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const inner = range(a.shape.at(-1)!);
    const element = (x: Dense, index: readonly number[], row: number, column: number): number => {
      const own = index.slice(index.length - (x.shape.length - 2));
      return at(x, [...own.map((i, axis) => (x.shape[axis] === 1 ? 0 : i)), row, column]);
    };
    return [
      tabulate([...lead, a.shape.at(-2)!, b.shape.at(-1)!], (index) => {
        const [row, column] = index.slice(-2) as [number, number];
        const outer = index.slice(0, -2);
        return inner.reduce((sum, k) => sum + element(a, outer, row, k) * element(b, outer, k, column), 0);
      }),
    ];
  },
  Gemm: ({ inputs, int }) => {
    const [a, b, c] = inputs as [Dense, Dense, Dense | undefined];
    const left = int('transA', 0) === 1;
    const right = int('transB', 0) === 1;
    const inner = range(a.shape[left ? 0 : 1]!);
    return [
      tabulate([a.shape[left ? 1 : 0]!, b.shape[right ? 0 : 1]!], ([row, column]) => {
        const product = inner.reduce(
          (sum, k) => sum + at(a, left ? [k, row!] : [row!, k]) * at(b, right ? [column!, k] : [k, column!]),
          0,
        );
        return int('alpha', 1) * product + int('beta', 1) * (c ? broadcastAt(c, [row!, column!]) : 0);
      }),
    ];
  },
  Softmax: softmax((value, highest, total) => Math.exp(value - highest) / total),
  LogSoftmax: softmax((value, highest, total) => value - highest - Math.log(total)),
  GRU: (application) =>
    recurrence(application, 3, gruCell(application.int('linear_before_reset', 0) === 1)).slice(0, 2),
  LSTM: (application) => recurrence(application, 4, lstmCell),
};
