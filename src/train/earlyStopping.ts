/** @module A measure after each epoch -> the best epoch so far, and whether to stop. */

export interface EarlyStoppingOptions {
  /** The measure that is watched, e.g. `validation_loss` or `validation_micro_average_precision`. */
  readonly measure: string;
  /**
   * Which values are better.
   * @default 'lower' for names that end in `_loss` or `_error`, 'higher' for all others
   */
  readonly better?: 'lower' | 'higher';
  /** Epochs in a row without improvement after which training stops; Infinity never stops it. */
  readonly patience: number;
  /**
   * An improvement must be larger than this.
   * @default 0
   */
  readonly minimumDelta?: number;
}

/** What is known after some epochs: plain data that survives JSON. */
export interface EarlyStoppingState {
  /** The epoch with the best value and that value; null before the first number was seen. */
  readonly best: { readonly epoch: number; readonly value: number } | null;
  readonly epochsWithoutImprovement: number;
}

/** Whether lower or higher values of a measure are better, by scikit-learn's naming convention. */
export function betterDirection(measure: string): 'lower' | 'higher' {
  return /_(loss|error)$/.test(measure) ? 'lower' : 'higher';
}

/**
 * Early stopping with patience (Prechelt 1998, "Early Stopping - But When?", criterion UP simplified to
 * epochs without a new best). It keeps no state of its own: `observe` is a pure function.
 */
export class EarlyStopping {
  static readonly initialState: EarlyStoppingState = { best: null, epochsWithoutImprovement: 0 };
  readonly measure: string;
  readonly #sign: 1 | -1;
  readonly #patience: number;
  readonly #minimumDelta: number;

  constructor(options: EarlyStoppingOptions) {
    this.measure = options.measure;
    this.#sign = (options.better ?? betterDirection(options.measure)) === 'lower' ? -1 : 1;
    this.#patience = options.patience;
    this.#minimumDelta = options.minimumDelta ?? 0;
  }

  /** Whether `value` would be a new best. NaN never is. */
  isImprovement(state: EarlyStoppingState, value: number): boolean {
    if (Number.isNaN(value)) return false;
    return state.best === null || this.#sign * (value - state.best.value) > this.#minimumDelta;
  }

  /** The state after `epoch`, whose measure was `value`. */
  observe(state: EarlyStoppingState, epoch: number, value: number): EarlyStoppingState {
    if (this.isImprovement(state, value)) return { best: { epoch, value }, epochsWithoutImprovement: 0 };
    return { ...state, epochsWithoutImprovement: state.epochsWithoutImprovement + 1 };
  }

  shouldStop(state: EarlyStoppingState): boolean {
    return state.epochsWithoutImprovement >= this.#patience;
  }
}
