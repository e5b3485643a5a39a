import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweep, type train } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe } from './fixture.ts';

const recipes = [
  tinyRecipe({ epochs: 1, name: 'one' }),
  tinyRecipe({ epochs: 1, name: 'two', optimizer: { ...tinyRecipe().optimizer, learningRate: 0.02 } }),
];

test('every recipe is trained with every seed on one split, and stopped it goes on to the same bits', async () => {
  const { folder, data } = await smallDataset();
  const whole = await sweep({ data, recipes, seeds: 2, folder: join(folder, 'whole') });
  const names = (runs: readonly string[]) => runs.map((run) => run.split(/[\\/]/).at(-1));
  expect(whole).toMatchObject({ outcome: 'finished', of: 4 });
  expect(names(whole.runs)).toEqual(['one-0', 'one-1', 'two-0', 'two-1']);

  const out = join(folder, 'broken');
  const stop = new AbortController();
  let runs = 0;
  const first = await sweep({
    ...{ data, recipes, seeds: 2, folder: out, signal: stop.signal },
    runOne: (_, work) => {
      runs += 1;
      const onStep = ({ step }: { step: number }): void => {
        if (runs === 3 && step === 2) stop.abort();
      };
      return work({ onStep } as Parameters<typeof work>[0]) as ReturnType<typeof train>;
    },
  });
  expect(first.outcome).toBe('interrupted');
  expect(names(first.runs)).toEqual(['one-0', 'two-0']);
  const before = (await stat(join(out, 'one-0', 'best.onnx'))).mtimeMs;
  const said: string[] = [];
  const second = await sweep({
    ...{ data, recipes, seeds: 2, folder: out },
    onRun: ({ at, of, recipe, seed }, what) => said.push(`${at}/${of} ${recipe} ${seed} ${what}`),
  });
  expect(said).toEqual([
    '1/4 one 0 was finished before',
    '2/4 two 0 was finished before',
    '3/4 one 1 goes on',
    '4/4 two 1 begins',
  ]);
  expect(names(second.runs)).toEqual(names(whole.runs));
  expect((await stat(join(out, 'one-0', 'best.onnx'))).mtimeMs).toBe(before);
  for (const name of ['one-1', 'two-1', 'two-0'])
    for (const file of ['split.csv', 'history.csv', 'best.onnx'])
      expect(
        (await readFile(join(out, name, file))).equals(await readFile(join(folder, 'whole', name, file))),
        `${name}/${file}`,
      ).toBe(true);
  // A recipe that was changed since is no part of what was begun.
  const other = { ...recipes[0]!, optimizer: { ...recipes[0]!.optimizer, learningRate: 0.5 } };
  await expect(sweep({ data, recipes: [other], seeds: 1, folder: out })).rejects.toMatchObject({
    code: 'RUN_OTHER',
  });
});

test('recipes of one name are refused before anything is trained', async () => {
  const { folder, data } = await smallDataset(20);
  await expect(
    sweep({ data, recipes: [recipes[0]!, recipes[0]!], folder: join(folder, 'out') }),
  ).rejects.toThrow('Expected recipes of different names for recipes but received one twice.');
});
