import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticPosters } from '../../src/dataset/index.ts';
import { evaluate } from '../../src/predict/index.ts';
import { Run } from '../../src/run/index.ts';
import { train } from '../../src/train/index.ts';
import { temporaryFolder } from '../model/fixture.ts';
import { tinyRecipe } from '../train/fixture.ts';

let folder: string;
let run: Run;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onesheet-run-'));
  const data = join(folder, 'posters');
  await writeSyntheticPosters(data, { count: 60, seed: 3, width: 24, height: 32 });
  await train({ data, recipe: tinyRecipe({ epochs: 2 }), folder: join(folder, 'run'), threads: 1 });
  run = await Run.open(join(folder, 'run'));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a run says what it was begun with, what each epoch did and how long it took', async () => {
  expect(run.config.recipe.name).toBe(tinyRecipe().name);
  expect((await run.history()).map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect((await run.timings()).map(({ epoch }) => epoch)).toEqual([1, 2]);
});

test('its posters are those of its own split, each in one part', async () => {
  const parts = await Promise.all(
    (['train', 'validation', 'test'] as const).map((name) => run.posters(name)),
  );
  const ids = parts.flat().map(({ id }) => id);
  expect(new Set(ids).size).toBe(60);
  const { assignment } = await run.split();
  expect(parts[2]!.every(({ id }) => assignment.get(id) === 'test')).toBe(true);
});

test('its validation posters are those that its best model saw, in the order of its genres', async () => {
  const { id } = await run.model();
  const { content, note } = await run.validation(id);
  expect(note).toBeUndefined();
  expect(content.map((poster) => poster.id)).toEqual(
    (await run.posters('validation')).map((poster) => poster.id),
  );
  expect(content[0]!.probabilities).toHaveLength(run.config.genres.length);
});

test('its measures are those that evaluation found', async () => {
  await expect(run.metrics()).rejects.toMatchObject({ code: 'FILE_MISSING' });
  const { evaluation } = await evaluate({ model: run.folder, resamples: 5 });
  expect((await run.metrics()).evaluation).toEqual(evaluation);
});

test('posters that were moved are found where they are said to be', async () => {
  const moved = join(await temporaryFolder(), 'moved');
  await rename(join(folder, 'posters'), moved);
  await expect(run.dataset()).rejects.toMatchObject({ code: 'FILE_MISSING' });
  expect((await run.dataset({ data: moved })).hash).toBe(run.config.dataHash);
  await rename(moved, join(folder, 'posters'));
});

test('a folder without a run is told from one with, and is not opened', async () => {
  const other = await temporaryFolder();
  expect(await Run.isIn(run.folder)).toBe(true);
  expect(await Run.isIn(other)).toBe(false);
  await expect(Run.open(other)).rejects.toMatchObject({ code: 'FILE_MISSING' });
  await writeFile(join(other, 'config.json'), '{"recipe": {"name": 7}}');
  await expect(Run.open(other)).rejects.toMatchObject({
    code: 'RECIPE_INVALID',
    message: expect.stringContaining('recipe.name'),
  });
});
