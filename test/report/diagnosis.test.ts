import { describe, expect, test } from 'vitest';
import { diagnose, type Statement, type StatementKind } from '../../src/report/index.ts';
import type { RunConfig } from '../../src/run/index.ts';
import { tinyRecipe } from '../train/fixture.ts';
import { historyOf } from './history.ts';

function configOf(changes: object = {}, prevalence = [0.5, 0.2]): RunConfig {
  return {
    recipe: tinyRecipe({
      epochs: 10,
      schedule: { schedule: 'constant' },
      earlyStopping: { patience: 3 },
      ...changes,
    }),
    dataHash: 'data',
    splitHash: 'split',
    genres: ['Comedy', 'Drama'],
    prevalence,
    seed: 0,
    threads: 1,
    version: '0.1.0',
  };
}

function kinds(statements: readonly Statement[]): StatementKind[] {
  return statements.map(({ kind }) => kind);
}

function find(statements: readonly Statement[], kind: StatementKind): Statement {
  const found = statements.find((statement) => statement.kind === kind);
  if (!found) throw new Error(`no statement on ${kind}: ${kinds(statements)}`);
  return found;
}

const validation = { posters: 900, positives: 2000 };

/** The loss of saying the frequencies 0.5 and 0.2: the mean of ln 2 and 0.5004. */
const prior = (Math.LN2 - 0.2 * Math.log(0.2) - 0.8 * Math.log(0.8)) / 2;

const healthy = {
  training: [0.55, 0.48, 0.44, 0.42, 0.41, 0.4, 0.395, 0.39, 0.388, 0.386],
  validation: [0.54, 0.49, 0.46, 0.45, 0.445, 0.44, 0.438, 0.437, 0.4365, 0.436],
};
const overfit = {
  training: [0.55, 0.48, 0.42, 0.36, 0.3, 0.25, 0.2, 0.16, 0.13, 0.1],
  validation: [0.54, 0.49, 0.46, 0.45, 0.46, 0.475, 0.49, 0.51, 0.53, 0.55],
};

describe('a healthy history', () => {
  const statements = diagnose(historyOf(healthy), { config: configOf(), validation });

  test('has a descent and a plateau, and is said to show no problem', () => {
    expect(kinds(statements)).toEqual(['descent', 'plateau', 'nothing', 'stopped-early', 'precision-steady']);
  });

  test('gives the figures of its descent', () => {
    const { figures, text } = find(statements, 'descent');
    expect(figures).toMatchObject({ first: 0.55, lowest: 0.386 });
    // Four fifths of the fall of 0.164 is 0.1312, first reached at epoch 5: 0.55 - 0.41 = 0.14.
    expect(figures.fourFifthsBy).toBe(5);
    expect(text).toContain('from 0.550 at epoch 1 to 0.386 at epoch 10');
  });

  test('levels off where it first comes within 1% of its best for good', () => {
    // 0.436 * 1.01 = 0.44036: epoch 6 (0.44) is the first.
    expect(find(statements, 'plateau').figures).toMatchObject({ from: 6, to: 10, best: 0.436 });
  });
});

describe('overfitting', () => {
  test('is validation loss that rises while training loss falls', () => {
    const statements = diagnose(historyOf(overfit), { config: configOf(), validation });
    const { figures, text } = find(statements, 'overfitting');
    expect(figures).toMatchObject({ bestEpoch: 4, lastEpoch: 10 });
    expect(figures.rise).toBeCloseTo(0.55 / 0.45 - 1);
    expect(figures.fall).toBeCloseTo(1 - 0.1 / 0.36);
    expect(text).toContain('0.450 to 0.550');
    expect(kinds(statements)).not.toContain('nothing');
    expect(kinds(statements)).not.toContain('plateau');
  });

  test('is not said when training loss rises too', () => {
    const both = { ...overfit, training: overfit.validation };
    expect(kinds(diagnose(historyOf(both)))).not.toContain('overfitting');
  });

  test('is not said of a rise within the roughness of the curve', () => {
    const rough = [0.54, 0.45, 0.5, 0.44, 0.5, 0.45, 0.51, 0.44, 0.5, 0.46];
    expect(kinds(diagnose(historyOf({ ...overfit, validation: rough })))).not.toContain('overfitting');
  });
});

describe('underfitting', () => {
  const flat = {
    training: [0.61, 0.6, 0.595, 0.592, 0.591, 0.59, 0.5899, 0.5898, 0.5897, 0.5896],
    validation: [0.61, 0.6, 0.598, 0.597, 0.596, 0.596, 0.596, 0.596, 0.596, 0.596],
  };

  test('is both losses near what the frequencies alone give, and flat', () => {
    const { figures, text } = find(diagnose(historyOf(flat), { config: configOf() }), 'underfitting');
    expect(figures.prior).toBeCloseTo(prior);
    expect(text).toContain('0.597');
  });

  test('is not said while training loss still falls', () => {
    const falling = flat.training.map((loss, i) => loss - (i > 6 ? 0.007 * (i - 6) : 0));
    expect(kinds(diagnose(historyOf({ ...flat, training: falling }), { config: configOf() }))).not.toContain(
      'underfitting',
    );
  });

  test('is not said when the loss cannot be compared with the frequencies', () => {
    const config = configOf({ loss: { loss: 'focal' } });
    expect(kinds(diagnose(historyOf(flat), { config }))).not.toContain('underfitting');
    expect(kinds(diagnose(historyOf(flat)))).not.toContain('underfitting');
  });
});

describe('a training that went wrong', () => {
  test('diverged when training loss itself rises', () => {
    const training = [0.55, 0.48, 0.44, 0.46, 0.52, 0.6, 0.68];
    const { figures } = find(diagnose(historyOf({ training, validation: training })), 'rising');
    expect(figures).toMatchObject({ lowest: 0.44, last: 0.68 });
  });

  test('is named where a loss is no finite number, and the rest is still judged', () => {
    const rows = historyOf({ ...healthy, training: [...healthy.training.slice(0, 9), Number.NaN] });
    const statements = diagnose(rows, { config: configOf(), validation });
    expect(find(statements, 'not-finite').figures).toEqual({ epoch: 10 });
    expect(kinds(statements)).toContain('descent');
  });

  test('did not learn when training loss stays where it began', () => {
    const training = [0.6, 0.601, 0.599, 0.6, 0.6];
    expect(kinds(diagnose(historyOf({ training, validation: training })))).toContain('no-descent');
  });
});

describe('the end', () => {
  test('is too short to judge with fewer than four epochs, whatever they look like', () => {
    for (const epochs of [0, 1, 3]) {
      const rows = historyOf({ training: overfit.training.slice(0, epochs), validation: overfit.validation });
      const statements = diagnose(rows, { config: configOf({ epochs: Math.max(1, epochs) }), validation });
      expect(kinds(statements)).toEqual(['too-short']);
    }
  });

  test('is named as unfinished when neither patience nor the plan ended it', () => {
    const rows = historyOf({ training: healthy.training.slice(0, 5), validation: healthy.validation });
    expect(find(diagnose(rows, { config: configOf() }), 'unfinished').figures).toMatchObject({
      epochs: 5,
      planned: 10,
    });
  });

  test('is by patience when the best lies that far back', () => {
    const rows = historyOf({ training: overfit.training.slice(0, 7), validation: overfit.validation });
    expect(find(diagnose(rows, { config: configOf() }), 'stopped-by-patience').figures).toMatchObject({
      bestEpoch: 4,
    });
  });

  test('was late when a quarter of the plan brought nothing', () => {
    const config = configOf({ earlyStopping: { patience: 10 } });
    expect(find(diagnose(historyOf(overfit), { config }), 'stopped-late').text).toContain(
      'the 6 epochs after it',
    );
  });

  test('that is best is not blamed on the number of epochs when a cosine had run out', () => {
    const config = configOf({ schedule: { schedule: 'cosine' } });
    expect(find(diagnose(historyOf(healthy), { config }), 'stopped-early').text).toContain(
      'only a longer schedule',
    );
  });
});

describe('precision', () => {
  const steady = [0.5, 0.52, 0.53, 0.54, 0.55, 0.55, 0.56, 0.56, 0.56, 0.56];

  function precisionOf(precision: number[], size: typeof validation | undefined = validation): Statement[] {
    return diagnose(historyOf({ ...healthy, precision }), { validation: size });
  }

  test('that goes up and back by far more than its noise is a spike', () => {
    const { figures, text } = find(precisionOf(steady.with(4, 0.75)), 'spike');
    expect(figures).toMatchObject({ epoch: 5, before: 0.54, after: 0.75 });
    // n = 0.4 * 2000 / p: 1481 proposals before and 1067 at the spike.
    const error = Math.hypot(
      Math.sqrt((0.54 * 0.46) / (800 / 0.54)),
      Math.sqrt((0.75 * 0.25) / (800 / 0.75)),
    );
    expect(figures.standardErrors).toBeCloseTo(0.21 / error);
    expect(text).toContain('returned to 55.0% at epoch 6');
  });

  test('that goes down and back is a drop, and one that stays is a jump', () => {
    expect(find(precisionOf(steady.with(4, 0.35)), 'drop').figures.epoch).toBe(5);
    const jumped = steady.map((p, i) => (i < 4 ? p : p + 0.15));
    expect(find(precisionOf(jumped), 'jump').figures.epoch).toBe(5);
  });

  test('that moves as much on few posters shows nothing beyond noise', () => {
    const statements = precisionOf(steady.with(4, 0.65), { posters: 20, positives: 45 });
    expect(kinds(statements)).toContain('precision-steady');
    expect(kinds(statements)).not.toContain('spike');
  });

  test('is not judged without knowing the validation posters', () => {
    const statements = diagnose(historyOf({ ...healthy, precision: steady.with(4, 0.9) }));
    expect(kinds(statements)).toContain('precision-unknown');
    expect(kinds(statements)).not.toContain('spike');
  });
});
