/** @module Sparse rows with labels -> the weights of a logistic regression with the least penalized cross-entropy. */

/** Rows of features, one after the other; of row `i` those from `starts[i]` up to `starts[i + 1]`. */
export interface SparseRows {
  readonly starts: Uint32Array;
  readonly places: Uint32Array;
  readonly values: Float32Array;
  /** How many features there are. */
  readonly width: number;
}

export interface LogisticOptions {
  /** Weight of half the weights' squared length beside the summed cross-entropy. */
  readonly penalty: number;
  /** 0 where a row's label is not known, which then teaches nothing. @default everything is known */
  readonly known?: ArrayLike<number>;
}

/** Steps at most, pairs of steps that curvature is told from, and the gradient below which nothing is gained. */
const [mostSteps, memory, tolerance] = [60, 6, 1e-4];

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** `to + factor * step`, in place. */
function add(to: Float64Array, factor: number, step: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * step[i]!;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** Two-loop recursion: the gradient, scaled as the last steps tell (Nocedal & Wright 2006, algorithm 7.4). */
function direction(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const result = Float64Array.from(gradient);
  const factors = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i]!;
    factors[i] = dot(step, result) / curvature;
    add(result, -factors[i]!, change);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < result.length; i++) result[i]! *= scale;
  }
  pairs.forEach(({ step, change, curvature }, i) => {
    add(result, factors[i]! - dot(change, result) / curvature, step);
  });
  return result;
}

/**
 * L-BFGS with step halving. The problem is convex: nothing is left to chance, and the same rows give the same bits.
 *
 * @param labels 0 or 1 of each row
 * @returns weights of the features; last the intercept, which is not penalized
 */
export function fitLogistic(
  rows: SparseRows,
  labels: ArrayLike<number>,
  options: LogisticOptions,
): Float64Array {
  const { starts, places, values, width } = rows;
  const { penalty, known } = options;
  const count = starts.length - 1;
  const lossAt = (weights: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    for (let i = 0; i < width; i++) {
      loss += (penalty / 2) * weights[i]! * weights[i]!;
      gradient[i] = penalty * weights[i]!;
    }
    gradient[width] = 0;
    for (let row = 0; row < count; row++) {
      if (known?.[row] === 0) continue;
      let logit = weights[width]!;
      for (let at = starts[row]!; at < starts[row + 1]!; at++) logit += weights[places[at]!]! * values[at]!;
      loss += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - labels[row]! * logit;
      const error = 1 / (1 + Math.exp(-logit)) - labels[row]!;
      for (let at = starts[row]!; at < starts[row + 1]!; at++) gradient[places[at]!]! += error * values[at]!;
      gradient[width]! += error;
    }
    return loss;
  };

  let weights = new Float64Array(width + 1);
  let gradient = new Float64Array(width + 1);
  let loss = lossAt(weights, gradient);
  const first = Math.sqrt(dot(gradient, gradient));
  const pairs: Pair[] = [];
  for (let taken = 0; taken < mostSteps; taken++) {
    const length = Math.sqrt(dot(gradient, gradient));
    if (length <= tolerance * first) break;
    const towards = direction(gradient, pairs);
    const slope = dot(gradient, towards);
    const next = new Float64Array(width + 1);
    const nextGradient = new Float64Array(width + 1);
    let nextLoss = Number.POSITIVE_INFINITY;
    let size = pairs.length === 0 ? 1 / length : 1;
    for (let halvings = 0; halvings < 30; halvings++, size /= 2) {
      for (let i = 0; i <= width; i++) next[i] = weights[i]! - size * towards[i]!;
      nextLoss = lossAt(next, nextGradient);
      if (nextLoss <= loss - 1e-4 * size * slope) break;
    }
    if (!(nextLoss < loss)) break;
    const step = next.map((weight, i) => weight - weights[i]!);
    const change = nextGradient.map((value, i) => value - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 1e-12) pairs.push({ step, change, curvature });
    if (pairs.length > memory) pairs.shift();
    [weights, gradient, loss] = [next, nextGradient, nextLoss];
  }
  return weights;
}
