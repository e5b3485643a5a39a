/** @module The weights after each step -> their exponential moving average, which is what gets evaluated and kept. */

/** The average so far. Saved and restored as it is, it continues to the same bits. */
export interface AverageState {
  /** Updates made so far. */
  step: number;
  /** The averaged weights by name: usable in place of the weights at any time. */
  readonly tensors: Map<string, Float32Array>;
}

export interface WeightAverageOptions {
  /**
   * The share of the old average that a step keeps, once the warm-up is over. The average looks back over
   * about 1 / (1 - decay) steps; 0 keeps no average, only the latest weights.
   * @default 0.999
   */
  readonly decay?: number;
}

/** Averages weights in place; all its memory is in the state that the caller keeps. */
export interface WeightAverage {
  /** The state before the first step: a copy of the initial weights. */
  initialState(weights: ReadonlyMap<string, Float32Array>): AverageState;
  /** Takes the weights after a step into the average. Names must be those of the initial weights. */
  update(weights: ReadonlyMap<string, Float32Array>, state: AverageState): void;
}

/**
 * The decay of update `step`, counted from 0: min(decay, (1 + step) / (10 + step)), the warm-up of TensorFlow's
 * `ExponentialMovingAverage`. The initial weights, which nothing has trained, are forgotten within tens of
 * steps and not within 1 / (1 - decay).
 */
export function averageDecay(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}

function moveTowards(average: Float32Array, weights: Float32Array, share: number): void {
  for (let i = 0; i < average.length; i++) average[i]! += share * (weights[i]! - average[i]!);
}

/**
 * The exponential moving average of weights (Polyak & Juditsky 1992; Tarvainen & Valpola 2017):
 * `average = average + (1 - d) · (weights - average)` with d of {@link averageDecay}. Stored as float32, so it
 * stops following differences below about 6e-8 / (1 - d) of a weight's size, 6e-5 at the default.
 */
export function weightAverage({ decay = 0.999 }: WeightAverageOptions = {}): WeightAverage {
  return {
    initialState(weights) {
      return { step: 0, tensors: new Map([...weights].map(([name, values]) => [name, values.slice()])) };
    },
    update(weights, state) {
      const share = 1 - averageDecay(decay, state.step);
      for (const [name, average] of state.tensors) {
        const values = weights.get(name);
        if (values?.length !== average.length)
          throw new Error(`The average needs ${average.length} values of ${name} but got ${values?.length}.`);
        moveTowards(average, values, share);
      }
      state.step += 1;
    },
  };
}
