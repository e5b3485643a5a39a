/** @module Gradients, parameters and the optimizer's state -> parameters one step further, in place. */
import type { Schedule } from './schedule.ts';
import {
  addDecayedWeights,
  clipByGlobalNorm,
  type Effect,
  scaleByAdam,
  scaleByLearningRate,
  type Transform,
  trace,
} from './transforms.ts';

/** What the optimizer remembers between steps. Saved and restored as it is, it continues to the same bits. */
export interface OptimizerState {
  /** Updates made so far. */
  step: number;
  /** State tensors by `slot/parameter`, e.g. `first_moment/stem.weight`, each as long as its parameter. */
  readonly tensors: Map<string, Float32Array>;
}

/** Updates parameters in place; all its memory is in the state that the caller keeps. */
export interface Optimizer {
  /** The state before the first step: zeros for every parameter that will be trained. */
  initialState(parameters: ReadonlyMap<string, Float32Array>): OptimizerState;
  /**
   * One step. `gradients` are overwritten (they become the updates), the parameters that have a gradient
   * are moved, `state` advances; parameters without a gradient are frozen: neither they nor their state change.
   */
  update(
    gradients: ReadonlyMap<string, Float32Array>,
    state: OptimizerState,
    parameters: ReadonlyMap<string, Float32Array>,
  ): void;
}

/**
 * Elements that pass through all transforms before the next ones do: their updates, parameters and moments
 * (4 x 8 kB) stay in the first-level cache, so a chain costs one pass over memory and not one a transform.
 */
const blockLength = 2048;

/** target = keep · target + scale · source */
function linearLoop(
  target: Float32Array,
  keep: number,
  source: Float32Array,
  scale: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) target[i] = keep * target[i]! + scale * source[i]!;
}

/** A parameter of this step, with the state tensors of each transform in the chain's order. */
interface Row {
  readonly name: string;
  readonly update: Float32Array;
  readonly parameter: Float32Array;
  readonly slotsByTransform: readonly (readonly Float32Array[])[];
}

/** An effect and its transform's place in the chain. */
interface PlacedEffect {
  readonly effect: Effect;
  readonly transform: number;
}

/** One pass over elements `from` to `to`. */
type Pass = (from: number, to: number) => void;

/** What one parameter goes through; linear effects are folded into the kernel or the addition after them. */
function passesOf(row: Row, effects: readonly PlacedEffect[], into: 'updates' | 'parameters'): Pass[] {
  const { name, update, parameter, slotsByTransform } = row;
  const passes: Pass[] = [];
  let [scale, decay] = [1, 0];
  const completeUpdate = () => {
    const [share, added] = [scale, decay];
    passes.push((from, to) => linearLoop(update, share, parameter, added, from, to));
    [scale, decay] = [1, 0];
  };
  for (const { effect, transform } of effects) {
    if ('linear' in effect) {
      const next = effect.linear(name);
      [scale, decay] = [next.scale * scale, next.scale * decay + next.decay];
      continue;
    }
    if (decay !== 0) completeUpdate();
    const [share, slots] = [scale, slotsByTransform[transform]!];
    passes.push((from, to) => effect.kernel(update, share, slots, from, to));
    scale = 1;
  }
  if (into === 'updates') completeUpdate();
  else passes.push((from, to) => linearLoop(parameter, 1 + decay, update, scale, from, to));
  return passes;
}

function run(rows: readonly Row[], effects: readonly PlacedEffect[], into: 'updates' | 'parameters'): void {
  for (const row of rows) {
    const passes = passesOf(row, effects, into);
    for (let from = 0; from < row.update.length; from += blockLength) {
      const to = Math.min(from + blockLength, row.update.length);
      for (const pass of passes) pass(from, to);
    }
  }
}

function requireTensor(
  tensors: ReadonlyMap<string, Float32Array>,
  key: string,
  length: number,
): Float32Array {
  const tensor = tensors.get(key);
  if (tensor?.length !== length)
    throw new Error(`The optimizer needs ${length} values of ${key} but has ${tensor?.length ?? 'none'}.`);
  return tensor;
}

/**
 * Composes transforms of the gradient (the manner of optax): each takes the previous one's updates, and the
 * last one's are added to the parameters.
 *
 * Numerics: parameters, updates and state are stored as float32, the arithmetic between them is float64, and
 * the order of all sums is fixed, so the same input gives the same bits.
 */
export function chain(...transforms: readonly Transform[]): Optimizer {
  const slots = transforms.flatMap((transform) => transform.slots);
  if (new Set(slots).size < slots.length)
    throw new Error(`Two transforms of one chain share a slot: ${slots.join(', ')}.`);
  return {
    initialState(parameters) {
      const tensors = new Map<string, Float32Array>();
      for (const slot of slots)
        for (const [name, values] of parameters)
          tensors.set(`${slot}/${name}`, new Float32Array(values.length));
      return { step: 0, tensors };
    },
    update(gradients, state, parameters) {
      const rows = [...gradients].map(([name, update]) => ({
        name,
        update,
        parameter: requireTensor(parameters, name, update.length),
        slotsByTransform: transforms.map((transform) =>
          transform.slots.map((slot) => requireTensor(state.tensors, `${slot}/${name}`, update.length)),
        ),
      }));
      const pending: PlacedEffect[] = [];
      const completeUpdates = () => {
        if (pending.length > 0) run(rows, pending.splice(0), 'updates');
        return gradients;
      };
      for (const [index, transform] of transforms.entries()) {
        const effect = transform.begin(state.step, completeUpdates);
        if (effect !== undefined) pending.push({ effect, transform: index });
      }
      run(rows, pending, 'parameters');
      state.step += 1;
    },
  };
}

interface CommonOptions {
  /** The learning rate of each step. */
  readonly learningRate: Schedule;
  /** Shapes of the parameters; weight decay spares those with fewer than two dimensions. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /**
   * The gradients' largest joint Euclidean norm; Infinity for none.
   * @default 1
   */
  readonly maximumNorm?: number;
  /**
   * A factor on the learning rate by parameter name (layer-wise rates for fine-tuning).
   * @default 1 for every name
   */
  readonly multiplier?: (name: string) => number;
}

export interface AdamWOptions extends CommonOptions {
  /**
   * Decay of the first moment.
   * @default 0.9
   */
  readonly beta1?: number;
  /**
   * Decay of the second moment.
   * @default 0.999
   */
  readonly beta2?: number;
  /**
   * Added to the root of the second moment.
   * @default 1e-8
   */
  readonly epsilon?: number;
  /**
   * Decoupled weight decay, times the learning rate a step.
   * @default 0.01
   */
  readonly weightDecay?: number;
}

export interface SgdOptions extends CommonOptions {
  /** @default 0.9 */
  readonly momentum?: number;
  /** @default false */
  readonly nesterov?: boolean;
  /**
   * L2 penalty, added to the gradient before the momentum as PyTorch's SGD does.
   * @default 0
   */
  readonly weightDecay?: number;
}

/** The mask of {@link addDecayedWeights} that spares norm scales and biases: only 2 dimensions and more decay. */
function matricesOnly(shapes: ReadonlyMap<string, readonly number[]>): (name: string) => boolean {
  return (name) => (shapes.get(name)?.length ?? 0) > 1;
}

/** AdamW (Loshchilov & Hutter 2019, algorithm 2) behind clipping by global norm; PyTorch's `AdamW`. */
export function adamW(options: AdamWOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  return chain(
    clipByGlobalNorm(options.maximumNorm ?? 1),
    scaleByAdam({ beta1, beta2, epsilon }),
    addDecayedWeights(weightDecay, matricesOnly(options.shapes)),
    scaleByLearningRate(options.learningRate, options.multiplier),
  );
}

/** Stochastic gradient descent with momentum behind clipping by global norm; PyTorch's `SGD`, dampening 0. */
export function sgd(options: SgdOptions): Optimizer {
  const { momentum = 0.9, nesterov = false, weightDecay = 0 } = options;
  return chain(
    clipByGlobalNorm(options.maximumNorm ?? 1),
    addDecayedWeights(weightDecay, matricesOnly(options.shapes)),
    trace({ momentum, nesterov }),
    scaleByLearningRate(options.learningRate, options.multiplier),
  );
}
