/** @module A gradient -> a better update: clipping, momentum, Adam, weight decay and the learning rate. */
import { onesheetError } from '../../errors.ts';
import type { Schedule } from './schedule.ts';

/**
 * Changes elements `from` to `to` of one parameter's update, each on its own. Its input is `scale · update`
 * (the factor that the transforms before it left to it), its output is `update`; `slots` are the transform's
 * state tensors, in their order. All arrays are as long as the parameter.
 */
export type Kernel = (
  update: Float32Array,
  scale: number,
  slots: readonly Float32Array[],
  from: number,
  to: number,
) => void;

/**
 * What a transform does at one step: a kernel, or `update = scale · update + decay · parameter` with the same two
 * numbers for all elements of a parameter. Such linear effects cost nothing: they are folded into the next pass.
 */
export type Effect =
  | { readonly kernel: Kernel }
  | { readonly linear: (name: string) => { readonly scale: number; readonly decay: number } };

/** A link of the chain: what it remembers for each parameter and what it does at a step. */
export interface Transform {
  /** Names of the state tensors that it keeps for each parameter. */
  readonly slots: readonly string[];
  /**
   * Called once a step, counted from 0. A transform that depends on all updates together reads them through
   * `updates()`, which first completes the transforms before it. Undefined when there is nothing to do.
   */
  begin(step: number, updates: () => ReadonlyMap<string, Float32Array>): Effect | undefined;
}

// The loops stand in functions of their own with all that they need as arguments: V8 makes slower code of a
// loop that reads the variables of an enclosing function.

function sumOfSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * values[i]!;
    b += values[i + 1]! * values[i + 1]!;
    c += values[i + 2]! * values[i + 2]!;
    d += values[i + 3]! * values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! * values[i]!;
  return a + b + (c + d);
}

/** The Euclidean norm of all tensors together, summed in float64. */
export function globalNorm(tensors: ReadonlyMap<string, Float32Array>): number {
  let sum = 0;
  for (const values of tensors.values()) sum += sumOfSquares(values);
  return Math.sqrt(sum);
}

/**
 * Scales all gradients by the same factor, min(1, maximum / (norm + 1e-6)), so that their joint norm is at
 * most `maximum` (Pascanu, Mikolov & Bengio 2013, algorithm 1; the 1e-6 is of PyTorch's `clip_grad_norm_`).
 *
 * @throws {OnesheetError} GRADIENT_NOT_FINITE with the first such parameter, before anything is changed.
 */
export function clipByGlobalNorm(maximum: number): Transform {
  return {
    slots: [],
    begin(step, updates) {
      const gradients = updates();
      const norm = globalNorm(gradients);
      if (!Number.isFinite(norm)) {
        for (const [name, values] of gradients)
          if (!Number.isFinite(sumOfSquares(values))) throw onesheetError('GRADIENT_NOT_FINITE', name, step);
      }
      const factor = maximum / (norm + 1e-6);
      return factor < 1 ? { linear: () => ({ scale: factor, decay: 0 }) } : undefined;
    },
  };
}

function adamLoop(
  update: Float32Array,
  scale: number,
  first: Float32Array,
  second: Float32Array,
  from: number,
  to: number,
  beta1: number,
  beta2: number,
  firstCorrection: number,
  secondCorrection: number,
  epsilon: number,
): void {
  const [firstShare, secondShare] = [1 - beta1, 1 - beta2];
  for (let i = from; i < to; i++) {
    const gradient = scale * update[i]!;
    const m = beta1 * first[i]! + firstShare * gradient;
    const v = beta2 * second[i]! + secondShare * gradient * gradient;
    first[i] = m;
    second[i] = v;
    update[i] = (m * firstCorrection) / (Math.sqrt(v) * secondCorrection + epsilon);
  }
}

/**
 * Adam's direction (Kingma & Ba 2015, algorithm 1):
 *
 *     m = beta1 · m + (1 - beta1) · g         v = beta2 · v + (1 - beta2) · g²
 *     update = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)         t = 1 at the first step
 */
export function scaleByAdam(options: {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}): Transform {
  const { beta1, beta2, epsilon } = options;
  return {
    slots: ['first_moment', 'second_moment'],
    begin(step) {
      const firstCorrection = 1 / (1 - beta1 ** (step + 1));
      const secondCorrection = 1 / Math.sqrt(1 - beta2 ** (step + 1));
      const kernel: Kernel = (update, scale, [first, second], from, to) =>
        adamLoop(
          update,
          scale,
          first!,
          second!,
          from,
          to,
          beta1,
          beta2,
          firstCorrection,
          secondCorrection,
          epsilon,
        );
      return { kernel };
    },
  };
}

function traceLoop(
  update: Float32Array,
  scale: number,
  sum: Float32Array,
  from: number,
  to: number,
  momentum: number,
  nesterov: boolean,
): void {
  for (let i = from; i < to; i++) {
    const gradient = scale * update[i]!;
    const total = momentum * sum[i]! + gradient;
    sum[i] = total;
    update[i] = nesterov ? gradient + momentum * total : total;
  }
}

/**
 * The running sum of gradients (Polyak 1964), in PyTorch's form: `t = momentum · t + g`, update `t`; with
 * `nesterov` the update is `g + momentum · t` (Sutskever et al. 2013).
 */
export function trace(options: { readonly momentum: number; readonly nesterov: boolean }): Transform {
  const { momentum, nesterov } = options;
  const kernel: Kernel = (update, scale, [sum], from, to) =>
    traceLoop(update, scale, sum!, from, to, momentum, nesterov);
  return {
    slots: ['momentum'],
    begin: () => ({ kernel }),
  };
}

/** Adds `decay · parameter` to the update of each parameter that the mask names. */
export function addDecayedWeights(decay: number, mask: (name: string) => boolean): Transform {
  const linear = (name: string) => ({ scale: 1, decay: mask(name) ? decay : 0 });
  return { slots: [], begin: () => ({ linear }) };
}

/** Turns directions into steps downhill: multiplies by -(the schedule's rate) · (the name's multiplier). */
export function scaleByLearningRate(
  schedule: Schedule,
  multiplier: (name: string) => number = () => 1,
): Transform {
  return {
    slots: [],
    begin: (step) => {
      const rate = schedule(step);
      return { linear: (name) => ({ scale: -rate * multiplier(name), decay: 0 }) };
    },
  };
}
