import { expect, test } from 'vitest';
import { validationColumn } from '../../src/evaluate/index.ts';
import { history, validationRow } from '../../src/run/index.ts';

test('a measure has one name, of which the columns of tables are made', () => {
  expect(validationColumn('microF1')).toBe('validation_micro_f1');
  expect(validationColumn('labelRankingAveragePrecision')).toBe('validation_label_ranking_average_precision');
  expect(validationColumn('precisionAt1')).toBe('validation_precision_at1');
});

test('the columns of a history are the ones that earlier versions wrote, in the same order', () => {
  expect(history.columns.join(',')).toBe(
    'epoch,step,learning_rate,training_loss,validation_loss,validation_micro_precision,validation_micro_recall,' +
      'validation_micro_f1,validation_micro_average_precision,validation_macro_precision,validation_macro_recall,' +
      'validation_macro_f1,validation_macro_average_precision',
  );
});

test('each measure stands in its own column', () => {
  const row = validationRow(0.5, {
    microPrecision: 1,
    microRecall: 2,
    microF1: 3,
    microAveragePrecision: 4,
    macroPrecision: 5,
    macroRecall: 6,
    macroF1: 7,
    macroAveragePrecision: 8,
  });
  expect(Object.values(row)).toEqual([0.5, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(row.validation_macro_recall).toBe(6);
});
