/** @module A shape and a generator -> initial weights, by the names of their inventors. */
import type { Random } from '../random.ts';

/** Makes the values of a parameter; `shape` is [out, in, ...kernel] unless an initializer says otherwise. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

function size(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const [out = 1, channels = 1, ...kernel] = shape;
  const area = size(kernel);
  return { fanIn: channels * area, fanOut: out * area };
}

/** Normal with variance 2 / fan-in: keeps the scale of activations through ReLU (He et al. 2015, eq. 10). */
export const heNormal: Initializer = (shape, random) => {
  const deviation = Math.sqrt(2 / fans(shape).fanIn);
  return Float32Array.from({ length: size(shape) }, () => random.normal() * deviation);
};

/** Uniform in +-sqrt(6 / (fan-in + fan-out)) (Glorot & Bengio 2010, eq. 16). */
export const glorotUniform: Initializer = (shape, random) => {
  const { fanIn, fanOut } = fans(shape);
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return Float32Array.from({ length: size(shape) }, () => random.uniform(-bound, bound));
};

export function constantValue(value: number): Initializer {
  return (shape) => new Float32Array(size(shape)).fill(value);
}

/** Copies `values`, whose count must be the shape's. */
export function givenValues(values: readonly number[]): Initializer {
  return () => Float32Array.from(values);
}

/** A random orthogonal n x n matrix: Gram-Schmidt on normal rows (Saxe, McClelland & Ganguli 2014). */
function orthogonalMatrix(n: number, random: Random): Float64Array {
  const rows = Float64Array.from({ length: n * n }, () => random.normal());
  for (let i = 0; i < n; i++) {
    const row = rows.subarray(i * n, (i + 1) * n);
    // Twice, since one pass of Gram-Schmidt loses orthogonality to rounding.
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = rows.subarray(j * n, (j + 1) * n);
        let dot = 0;
        for (let k = 0; k < n; k++) dot += row[k]! * other[k]!;
        for (let k = 0; k < n; k++) row[k]! -= dot * other[k]!;
      }
    }
    const norm = Math.hypot(...row);
    for (let k = 0; k < n; k++) row[k]! /= norm;
  }
  return rows;
}

/** Recurrent weights [directions, gates * hidden, hidden]: an orthogonal block for each gate. */
export const orthogonalGates: Initializer = (shape, random) => {
  const [, , hidden = 1] = shape;
  const values = new Float32Array(size(shape));
  for (let at = 0; at < values.length; at += hidden * hidden)
    values.set(orthogonalMatrix(hidden, random), at);
  return values;
};

/** Input weights [directions, gates * hidden, features]: Glorot for each gate of each direction. */
export const glorotGates: Initializer = (shape, random) => {
  const [directions = 1, rows = 1, features = 1] = shape;
  const parts = Array.from({ length: directions }, () => glorotUniform([rows, features], random));
  const values = new Float32Array(size(shape));
  parts.forEach((part, i) => {
    values.set(part, i * rows * features);
  });
  return values;
};

/**
 * Biases [directions, 2 * 4 * hidden] of an LSTM in ONNX's gate order i, o, f, c: zero, but one for the forget
 * gate, so that it remembers at the start (Jozefowicz, Zaremba & Sutskever 2015).
 */
export const rememberingBiases: Initializer = (shape) => {
  const [directions = 1, count = 1] = shape;
  const hidden = count / 8;
  const values = new Float32Array(directions * count);
  for (let d = 0; d < directions; d++) values.fill(1, d * count + 2 * hidden, d * count + 3 * hidden);
  return values;
};
