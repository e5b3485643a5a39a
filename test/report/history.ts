import type { HistoryRow } from '../../src/run/index.ts';

/** Rows of a history from curves of equal length; what is not given stays the same in all epochs. */
export function historyOf(curves: {
  training: readonly number[];
  validation: readonly number[];
  precision?: readonly number[];
  recall?: readonly number[];
}): HistoryRow[] {
  const { training, validation, precision = [], recall = [] } = curves;
  return training.map((loss, i) => {
    const [p, r] = [precision[i] ?? 0.6, recall[i] ?? 0.4];
    return {
      epoch: i + 1,
      step: 100 * (i + 1),
      learning_rate: 0.001,
      training_loss: loss,
      validation_loss: validation[i]!,
      validation_micro_precision: p,
      validation_micro_recall: r,
      validation_micro_f1: (2 * p * r) / (p + r),
      validation_micro_average_precision: 0.5,
      validation_macro_precision: 0.5,
      validation_macro_recall: 0.3,
      validation_macro_f1: 0.4,
      validation_macro_average_precision: 0.4,
    };
  });
}
