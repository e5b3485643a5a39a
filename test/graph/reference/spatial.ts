/** @module Convolutions, poolings and normalizations -> their results, straight from their definitions. */
import {
  at,
  countOf,
  type Dense,
  dense,
  forEachIndex,
  offsetOf,
  positiveAxis,
  range,
  tabulate,
} from './dense.ts';
import type { Application, Operators } from './operator.ts';

interface Windows {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before each axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly extents: readonly number[];
}

/** Where the kernel stands, by the formulas of the operators' definitions. */
function windowsOf(
  { ints, int, text }: Application,
  size: readonly number[],
  kernel: readonly number[],
): Windows {
  const ones = kernel.map(() => 1);
  const strides = ints('strides', ones);
  const dilations = ints('dilations', ones);
  const pads = ints('pads', [...ones, ...ones].fill(0));
  const automatic = text('auto_pad', 'NOTSET');
  const reach = kernel.map((k, i) => dilations[i]! * (k - 1) + 1);
  if (automatic.startsWith('SAME')) {
    const extents = size.map((n, i) => Math.ceil(n / strides[i]!));
    const total = size.map((n, i) => Math.max(0, (extents[i]! - 1) * strides[i]! + reach[i]! - n));
    const less = total.map((n) => Math.floor(n / 2));
    const more = total.map((n, i) => n - less[i]!);
    const upper = automatic === 'SAME_UPPER';
    return { strides, dilations, before: upper ? less : more, after: upper ? more : less, extents };
  }
  const none = automatic === 'VALID';
  const before = size.map((_, i) => (none ? 0 : pads[i]!));
  const after = size.map((_, i) => (none ? 0 : pads[i + kernel.length]!));
  const extents = size.map((n, i) => {
    const steps = (n + before[i]! + after[i]! - reach[i]!) / strides[i]!;
    return (int('ceil_mode', 0) === 1 ? Math.ceil(steps) : Math.floor(steps)) + 1;
  });
  return { strides, dilations, before, after, extents };
}

/** Calls `visit` with each tap of the kernel and the position that it reads, which may lie in the padding. */
function forEachTap(
  windows: Windows,
  kernel: readonly number[],
  output: readonly number[],
  visit: (tap: readonly number[], position: readonly number[]) => void,
): void {
  const { strides, dilations, before } = windows;
  forEachIndex(kernel, (tap) =>
    visit(
      tap,
      tap.map((k, i) => output[i]! * strides[i]! + k * dilations[i]! - before[i]!),
    ),
  );
}

function isInside(position: readonly number[], size: readonly number[]): boolean {
  return position.every((p, i) => p >= 0 && p < size[i]!);
}

function pool(
  application: Application,
  reduce: (inside: readonly number[], counted: number) => number,
): { result: Dense; windows: Windows } {
  const x = application.inputs[0]!;
  const size = x.shape.slice(2);
  const kernel = application.ints('kernel_shape', []);
  const windows = windowsOf(application, size, kernel);
  const padded = size.map((n, i) => n + windows.before[i]! + windows.after[i]!);
  const result = tabulate([...x.shape.slice(0, 2), ...windows.extents], ([n, c, ...output]) => {
    const inside: number[] = [];
    let counted = 0;
    forEachTap(windows, kernel, output, (_, position) => {
      if (
        isInside(
          position.map((p, i) => p + windows.before[i]!),
          padded,
        )
      )
        counted++;
      if (isInside(position, size)) inside.push(offsetOf(x.shape, [n!, c!, ...position]));
    });
    return reduce(inside, counted);
  });
  return { result, windows };
}

function globalPool(reduce: (values: Float64Array) => number): Operators[string] {
  return ({ inputs }) => {
    const x = inputs[0]!;
    const size = x.shape.slice(2);
    const shape = [...x.shape.slice(0, 2), ...size.map(() => 1)];
    return [
      tabulate(shape, ([n, c]) => reduce(tabulate(size, (position) => at(x, [n!, c!, ...position])).data)),
    ];
  };
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  return mean(Array.from(values, (value) => (value - centre) ** 2));
}

export const spatialOperators: Operators = {
  Conv: (application) => {
    const [x, w, bias] = application.inputs as [Dense, Dense, Dense | undefined];
    const [batch, , ...size] = x.shape as [number, number, ...number[]];
    const [out, channels, ...kernel] = w.shape as [number, number, ...number[]];
    const windows = windowsOf(application, size, kernel);
    const perGroup = out / application.int('group', 1);
    const plane = countOf(size);
    const area = countOf(kernel);
    const result = tabulate([batch, out, ...windows.extents], ([n, o, ...output]) => {
      let sum = bias?.data[o!] ?? 0;
      const first = Math.floor(o! / perGroup) * channels;
      forEachTap(windows, kernel, output, (tap, position) => {
        if (!isInside(position, size)) return;
        const source = offsetOf(x.shape, [n!, first, ...position]);
        const weight = offsetOf(w.shape, [o!, 0, ...tap]);
        for (let c = 0; c < channels; c++) sum += x.data[source + c * plane]! * w.data[weight + c * area]!;
      });
      return sum;
    });
    return [result];
  },
  ConvTranspose: (application) => {
    const { inputs, ints, int } = application;
    const [x, w, bias] = inputs as [Dense, Dense, Dense | undefined];
    const [batch, channels, ...size] = x.shape as [number, number, ...number[]];
    const [, perGroup, ...kernel] = w.shape as [number, number, ...number[]];
    const group = int('group', 1);
    const ones = kernel.map(() => 1);
    const strides = ints('strides', ones);
    const dilations = ints('dilations', ones);
    const pads = ints('pads', [...ones, ...ones].fill(0));
    const extra = ints(
      'output_padding',
      ones.map(() => 0),
    );
    const extents = size.map(
      (n, i) =>
        (n - 1) * strides[i]! +
        dilations[i]! * (kernel[i]! - 1) +
        1 -
        pads[i]! -
        pads[i + kernel.length]! +
        extra[i]!,
    );
    const result = tabulate([batch, perGroup * group, ...extents], ([, o]) => bias?.data[o!] ?? 0);
    forEachIndex(x.shape, ([n, c, ...position]) => {
      const value = at(x, [n!, c!, ...position]);
      const first = Math.floor(c! / (channels / group)) * perGroup;
      forEachIndex([perGroup, ...kernel], ([o, ...tap]) => {
        const target = tap.map((k, i) => position[i]! * strides[i]! + k * dilations[i]! - pads[i]!);
        if (!isInside(target, extents)) return;
        result.data[offsetOf(result.shape, [n!, first + o!, ...target])]! += value * at(w, [c!, o!, ...tap]);
      });
    });
    return [result];
  },
  MaxPool: (application) => {
    const x = application.inputs[0]!;
    const best = (inside: readonly number[]): number =>
      inside.reduce((winner, offset) => (x.data[offset]! > x.data[winner]! ? offset : winner));
    const { result: indices } = pool(application, best);
    return [{ shape: indices.shape, data: indices.data.map((offset) => x.data[offset]!) }, indices];
  },
  AveragePool: (application) => {
    const x = application.inputs[0]!;
    const counts = application.int('count_include_pad', 0) === 1;
    const { result } = pool(application, (inside, counted) => {
      const sum = inside.reduce((total, offset) => total + x.data[offset]!, 0);
      return sum / (counts ? counted : inside.length);
    });
    return [result];
  },
  MaxUnpool: ({ inputs }) => {
    const [x, indices, shape] = inputs as [Dense, Dense, Dense];
    const result = tabulate(Array.from(shape.data), () => 0);
    indices.data.forEach((offset, i) => {
      result.data[offset] = x.data[i]!;
    });
    return [result];
  },
  GlobalAveragePool: globalPool(mean),
  GlobalMaxPool: globalPool((values) => Math.max(...values)),
  BatchNormalization: ({ inputs, int, node }) => {
    const [x, scale, offset, runningMean, runningVariance] = inputs as [Dense, Dense, Dense, Dense, Dense];
    const training = int('training_mode', 0) === 1;
    const momentum = int('momentum', 0.9);
    const ofChannel = (c: number): Float64Array =>
      tabulate(x.shape.with(1, 1), (index) => at(x, index.with(1, c))).data;
    const channels = range(x.shape[1]!);
    const means = training ? channels.map((c) => mean(ofChannel(c))) : Array.from(runningMean.data);
    const variances = training
      ? channels.map((c) => variance(ofChannel(c)))
      : Array.from(runningVariance.data);
    const deviations = variances.map((v) => Math.sqrt(v + int('epsilon', 1e-5)));
    const y = tabulate(x.shape, (index) => {
      const c = index[1]!;
      return ((at(x, index) - means[c]!) / deviations[c]!) * scale.data[c]! + offset.data[c]!;
    });
    const running = (old: Dense, batch: readonly number[]): Dense =>
      dense(batch.map((value, c) => momentum * old.data[c]! + (1 - momentum) * value));
    return node.outputs.length === 1
      ? [y]
      : [y, running(runningMean, means), running(runningVariance, variances)];
  },
  InstanceNormalization: ({ inputs, int }) => {
    const [x, scale, offset] = inputs as [Dense, Dense, Dense];
    const inner = x.shape.slice(2);
    const result = tabulate(x.shape, (index) => {
      const [n, c] = index as [number, number];
      const values = tabulate(inner, (rest) => at(x, [n, c, ...rest])).data;
      const normalized = (at(x, index) - mean(values)) / Math.sqrt(variance(values) + int('epsilon', 1e-5));
      return normalized * scale.data[c]! + offset.data[c]!;
    });
    return [result];
  },
  LayerNormalization: ({ inputs, int }) => {
    const [x, scale, offset] = inputs as [Dense, Dense, Dense | undefined];
    const axis = positiveAxis(int('axis', -1), x.shape.length);
    const inner = x.shape.slice(axis);
    const result = tabulate(x.shape, (index) => {
      const outer = index.slice(0, axis);
      const values = tabulate(inner, (rest) => at(x, [...outer, ...rest])).data;
      const normalized = (at(x, index) - mean(values)) / Math.sqrt(variance(values) + int('epsilon', 1e-5));
      const within = offsetOf(inner, index.slice(axis)) % scale.data.length;
      return normalized * scale.data[within]! + (offset?.data[within] ?? 0);
    });
    return [result];
  },
};
