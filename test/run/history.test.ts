import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import { epochTable, type HistoryRow, history, timings } from '../../src/run/history.ts';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
});
beforeEach((context) => {
  path = join(folder, `${context.task.id}.csv`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function rowOf(epoch: number): HistoryRow {
  const random = Random.fromSeed(epoch);
  const entries = history.columns.map((column) => [column, random.normal() * 10 ** random.integer(30)]);
  return { ...Object.fromEntries(entries), epoch, step: epoch * 100 };
}

describe('history.csv', () => {
  test('has these columns and none that depends on the clock', async () => {
    await history.append(path, rowOf(1));
    expect(readFileSync(path, 'utf8').split('\n')[0]).toBe(
      'epoch,step,learning_rate,training_loss,validation_loss,' +
        'validation_micro_precision,validation_micro_recall,validation_micro_f1,validation_micro_average_precision,' +
        'validation_macro_precision,validation_macro_recall,validation_macro_f1,validation_macro_average_precision',
    );
  });

  test('gives every number back to the bit', async () => {
    const special = { ...rowOf(7), training_loss: 0.1 + 0.2, validation_loss: 5e-324, learning_rate: 1e21 };
    for (let epoch = 1; epoch < 7; epoch++) await history.append(path, rowOf(epoch));
    await history.append(path, special);
    expect(await history.load(path)).toEqual([...[1, 2, 3, 4, 5, 6].map(rowOf), special]);
  });

  test('leaves the cell of an undefined measure empty', async () => {
    const row = { ...rowOf(1), validation_macro_average_precision: Number.NaN };
    await history.append(path, row);
    expect(readFileSync(path, 'utf8')).toMatch(/,\n$/);
    expect(await history.load(path)).toEqual([row]);
  });

  test('is the same file to the byte after an interruption and a resume from an earlier epoch', async () => {
    for (let epoch = 1; epoch <= 6; epoch++) await history.append(path, rowOf(epoch));
    const whole = readFileSync(path);
    await history.truncate(path, 3);
    expect((await history.load(path)).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    for (let epoch = 4; epoch <= 6; epoch++) await history.append(path, rowOf(epoch));
    expect(readFileSync(path)).toEqual(whole);
  });

  test('is empty when it does not exist, and truncating it does not make it', async () => {
    expect(await history.load(path)).toEqual([]);
    await history.truncate(path, 0);
    expect(existsSync(path)).toBe(false);
  });

  test('refuses an epoch that is already there', async () => {
    await history.append(path, rowOf(2));
    await expect(history.append(path, rowOf(2))).rejects.toThrow('Epoch 2 cannot follow epoch 2');
  });
});

describe('a damaged table', () => {
  const table = epochTable(['loss']);
  test.each([
    ['other columns', 'epoch,accuracy\n1,2\n', 1, 'expected the columns epoch,loss'],
    ['nothing in it', '', 1, 'expected the columns epoch,loss'],
    ['a row cut short', 'epoch,loss\n1,0.5\n2\n', 3, 'expected 2 cells but found 1'],
    ['a word for a number', 'epoch,loss\n1,low\n', 2, 'loss is no number: low'],
    ['a space for a number', 'epoch,loss\n1, \n', 2, 'loss is no number'],
    ['an epoch twice', 'epoch,loss\n1,2\n1,3\n', 3, 'expected an epoch after 1 but found 1'],
    ['no epoch', 'epoch,loss\n,2\n', 2, 'expected an epoch after 0 but found none'],
  ])('with %s is refused with its line', async (_, text, line, reason) => {
    writeFileSync(path, text);
    await expect(table.load(path)).rejects.toMatchObject({
      code: 'EPOCH_TABLE_INVALID',
      message: expect.stringContaining(`${path}, line ${line}: ${reason}`),
    });
  });

  test('with the line ends of Windows is read all the same', async () => {
    writeFileSync(path, 'epoch,loss\r\n1,2.5\r\n');
    expect(await table.load(path)).toEqual([{ epoch: 1, loss: 2.5 }]);
  });
});

test('timings.csv holds what differs from run to run', () => {
  expect(timings.columns).toEqual([
    'epoch',
    'training_seconds',
    'validation_seconds',
    'images_per_second',
    'peak_memory_megabytes',
  ]);
});
