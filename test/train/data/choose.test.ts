import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDataset, writeSplit } from '../../../src/dataset/index.ts';
import { chooseData } from '../../../src/train/data/choose.ts';
import { smallDataset, tinyRecipe } from '../fixture.ts';

test('the user decides what is rare before the recipe does, and what is not learned is counted', async () => {
  const { data } = await smallDataset();
  const recipe = tinyRecipe({ minimumSupport: 1 });
  const byRecipe = await chooseData({ data, recipe });
  const { genreCounts } = await loadDataset({ data });
  expect(byRecipe.minimumSupport).toBe(1);
  expect([...byRecipe.genres].sort()).toEqual([...genreCounts.keys()].sort());
  const rarest = Math.min(...genreCounts.values());
  const byUser = await chooseData({ data, recipe, minimumSupport: rarest + 1 });
  expect(byUser.minimumSupport).toBe(rarest + 1);
  expect(byUser.dropped.length).toBeGreaterThan(0);
  expect(byUser.genres).toHaveLength(byRecipe.genres.length - byUser.dropped.length);
});

test('a split that is given is kept, and looks for posters that look alike only where folds need them', async () => {
  const { folder, data } = await smallDataset();
  const recipe = tinyRecipe();
  const drawn = await chooseData({ data, recipe, splitSeed: 3 });
  const split = join(folder, 'split.csv');
  await writeSplit(split, drawn.split);
  const stages: string[] = [];
  const onPreparation = (what: string) => void stages.push(what);
  const given = await chooseData({ data, recipe, split, onPreparation });
  expect(given.split.hash).toBe(drawn.split.hash);
  expect(stages).toEqual([]);
  const forFolds = await chooseData({ data, recipe, split, onPreparation }, 'groups');
  expect(forFolds.split.hash).toBe(drawn.split.hash);
  expect(new Set(stages)).toEqual(new Set(['looking for near-duplicates']));
});
