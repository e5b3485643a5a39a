import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { train } from '../../src/train/index.ts';
import { crossValidate } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe } from './fixture.ts';

async function linesOf(path: string): Promise<{ id: string; model: string }[]> {
  return (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('every training poster is predicted once, by the run that has not seen it', async () => {
  const { folder, data } = await smallDataset();
  const out = join(folder, 'folds');
  const recipe = tinyRecipe({ epochs: 1 });
  const result = await crossValidate({ data, recipe, folder: out, folds: 2 });
  const lines = await linesOf(result.predictions);
  expect(result).toMatchObject({ outcome: 'finished', labelled: lines.length, unlabelled: 0 });
  expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  for (const fold of [1, 2]) {
    const split = await readFile(join(out, `fold-${fold}`, 'split.csv'), 'utf8');
    const model = lines.filter(({ id }) => split.includes(`${id},test`)).map((line) => line.model);
    expect(new Set(model).size).toBe(1);
    expect(model.length).toBeGreaterThan(20);
  }
});

test('called again it goes on where it was interrupted, to the same predictions', async () => {
  const { folder, data } = await smallDataset();
  const recipe = tinyRecipe({ epochs: 1 });
  const whole = await crossValidate({ data, recipe, folder: join(folder, 'whole'), folds: 2 });
  const broken = { data, recipe, folder: join(folder, 'broken'), folds: 2 };
  const controller = new AbortController();
  const runFold = (work: (observer: object) => ReturnType<typeof train>) =>
    work({ onStep: ({ step }: { step: number }) => step === 2 && controller.abort() });
  const first = await crossValidate({ ...broken, signal: controller.signal, runFold });
  expect(first.outcome).toBe('interrupted');
  const second = await crossValidate(broken);
  const [a, b] = await Promise.all([linesOf(whole.predictions), linesOf(second.predictions)]);
  expect(b).toEqual(a);
});
