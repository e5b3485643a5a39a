/** @module A step's number -> its learning rate. */

/** The learning rate of step `step`, counted from 0 (so `step` updates were made before it). A pure function. */
export type Schedule = (step: number) => number;

/** The same rate at every step. */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

export interface WarmupCosineOptions {
  /** The highest rate, reached at step `warmupSteps`. */
  readonly peak: number;
  /** Steps of the linear rise before the peak; 0 starts at the peak. */
  readonly warmupSteps: number;
  /** Steps of the whole training, warm-up included. */
  readonly totalSteps: number;
  /**
   * The rate from step `totalSteps` on.
   * @default 0
   */
  readonly floor?: number;
}

/**
 * A linear warm-up (Goyal et al. 2017, section 2.2), then half a cosine down to the floor
 * (Loshchilov & Hutter 2017, "SGDR", equation 5, without restarts):
 *
 *     step < warmupSteps:  peak · (step + 1) / (warmupSteps + 1)
 *     afterwards:          floor + (peak - floor) · (1 + cos(π · t)) / 2
 *                          t = (step - warmupSteps) / (totalSteps - warmupSteps), at most 1
 *
 * The rise starts above 0, so that the first step is not lost. Example: peak 1, warmupSteps 1, totalSteps 3
 * gives 0.5, 1, 0.5 and then 0 for ever.
 */
export function warmupCosine({ peak, warmupSteps, totalSteps, floor = 0 }: WarmupCosineOptions): Schedule {
  return (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / (warmupSteps + 1);
    if (step >= totalSteps) return floor;
    const progress = (step - warmupSteps) / (totalSteps - warmupSteps);
    return floor + ((peak - floor) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}
