/** @module Labels and decisions -> true positives, predicted and true counts by genre, by poster or over all. */
import type { Average } from './average.ts';
import type { Labels, Matrix } from './matrix.ts';

/** Counts of one or more binary problems: one entry a genre, a poster, or a single one for `micro`. */
export interface Confusion {
  /** How often both truth and decision are 1 (tp). */
  readonly truePositives: Float64Array;
  /** How often the decision is 1 (tp + fp). */
  readonly predicted: Float64Array;
  /** How often the truth is 1 (tp + fn), scikit-learn's support. */
  readonly support: Float64Array;
  /** How many pairs are known at all; only they are counted. */
  readonly known: Float64Array;
}

/**
 * Counts along the axis that the average asks for: `samples` counts within each poster, `micro` over all
 * pairs, the others within each genre.
 */
export function confusionOf(yTrue: Labels, yPred: Matrix, average: Average): Confusion {
  const { rows, columns } = yTrue;
  const size = average === 'micro' ? 1 : average === 'samples' ? rows : columns;
  const truePositives = new Float64Array(size);
  const predicted = new Float64Array(size);
  const support = new Float64Array(size);
  const known = new Float64Array(size);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i++) {
      if (yTrue.known?.[i] === 0) continue;
      const cell = average === 'micro' ? 0 : average === 'samples' ? r : c;
      const truth = yTrue.data[i] as number;
      const decision = yPred.data[i] as number;
      truePositives[cell]! += truth * decision;
      predicted[cell]! += decision;
      support[cell]! += truth;
      known[cell]! += 1;
    }
  }
  return { truePositives, predicted, support, known };
}

/** numerator / denominator, or `zeroDivision` where the denominator is 0. */
export function ratio(numerator: number, denominator: number, zeroDivision: number): number {
  return denominator === 0 ? zeroDivision : numerator / denominator;
}
