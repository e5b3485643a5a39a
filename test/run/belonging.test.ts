import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticPosters } from '../../src/dataset/index.ts';
import { evaluate, quantize } from '../../src/predict/index.ts';
import { writeReport } from '../../src/report/index.ts';
import { crossValidate, refit, resume, train } from '../../src/train/index.ts';
import { temporaryFolder } from '../model/fixture.ts';
import { tinyRecipe } from '../train/fixture.ts';

let folder: string;
let data: string;
let first: string;
let second: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onesheet-belonging-'));
  data = join(folder, 'posters');
  await writeSyntheticPosters(data, { count: 80, seed: 3, width: 24, height: 32 });
  [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const recipe = tinyRecipe({ epochs: 1 });
  await train({ data, recipe, folder: first });
  await train({ data, recipe, folder: second, seed: 1, splitSeed: 1 });
  await evaluate({ model: first, resamples: 5 });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the first run, whose split calls as many training posters test posters as `altered` says. */
async function copyOfRun(altered = 0): Promise<string> {
  const copy = join(await temporaryFolder(), 'run');
  await cp(first, copy, { recursive: true });
  const path = join(copy, 'split.csv');
  let left = altered;
  const split = (await readFile(path, 'utf8')).replace(/,train$/gm, (train) =>
    left-- > 0 ? ',test' : train,
  );
  await writeFile(path, split);
  return copy;
}

/** Without what is said of the files in the folder. */
const ownNotes = (notes: readonly string[]) => notes.filter((note) => !note.startsWith('passed over'));

test('nothing is measured, resumed, refitted or calibrated by a split that is not the one of the training', async () => {
  const run = await copyOfRun(20);
  const refusal = {
    code: 'SPLIT_ALTERED',
    exitCode: 1,
    message: expect.stringMatching(
      new RegExp(
        `^${join(run, 'split.csv')} is not the split that the run was trained with: its hash begins with [\\da-f]{12}; expected [\\da-f]{12}, as in config.json\\.$`,
      ),
    ),
  };
  await expect(evaluate({ model: run })).rejects.toMatchObject(refusal);
  await expect(evaluate({ model: join(run, 'best.onnx') })).rejects.toMatchObject(refusal);
  await expect(resume({ folder: run })).rejects.toMatchObject(refusal);
  await expect(refit({ run })).rejects.toMatchObject(refusal);
  await expect(quantize({ model: run, out: join(run, 'small.onnx') })).rejects.toMatchObject(refusal);
  await rm(join(run, 'metrics.json'));
  const { missing, html } = await writeReport([run], { threads: 1 });
  expect(missing.join('\n')).toMatch(/The split cannot be shown: .+ is not the split/);
  expect(await readFile(html, 'utf8')).not.toContain('micro average precision');
});

test('a model of another split is not measured on the test posters of the run in whose folder it stands', async () => {
  const run = await copyOfRun();
  const stranger = join(run, 'stranger.onnx');
  await copyFile(join(second, 'best.onnx'), stranger);
  await expect(evaluate({ model: stranger })).rejects.toMatchObject({
    code: 'RUN_FOREIGN',
    message: expect.stringMatching(`^${stranger} was not trained on the split of the run`),
  });
  expect(await evaluate({ model: stranger, data, resamples: 5 })).toMatchObject({ split: 'all' });
  await copyFile(stranger, join(run, 'best.onnx'));
  await expect(evaluate({ model: run })).rejects.toMatchObject({ code: 'RUN_FOREIGN' });
  await expect(refit({ run })).rejects.toMatchObject({ code: 'RUN_FOREIGN' });
  const { missing } = await writeReport([run], { threads: 1 });
  expect(missing.join('\n')).toContain('The model cannot be shown');
});

test('validation predictions of another model are refused, and unchecked ones are said to be', async () => {
  const run = await copyOfRun();
  expect(ownNotes((await evaluate({ model: run, resamples: 5 })).notes)).toEqual([]);
  const path = join(run, 'validation.jsonl');
  const own = await readFile(path, 'utf8');
  await copyFile(join(second, 'validation.jsonl'), path);
  await expect(evaluate({ model: run, resamples: 5 })).rejects.toMatchObject({ code: 'RESULTS_FOREIGN' });
  expect((await writeReport([run], { threads: 1 })).missing.join('\n')).toContain(
    `${path} was made by tiny@`,
  );
  // As older runs have written them.
  await writeFile(path, own.replaceAll(/"model":"[^"]*",/g, ''));
  const note = `Whether ${path} belongs to the model could not be checked: it does not say which model made it.`;
  const { notes, errors } = await evaluate({ model: run, resamples: 5 });
  expect(ownNotes(notes)).toEqual([note]);
  expect(errors.doubts?.from.validation).toBeGreaterThan(0);
  expect((await writeReport([run], { threads: 1 })).missing).toEqual([note]);
  await rm(path);
  expect(ownNotes((await evaluate({ model: run, resamples: 5 })).notes)).toEqual([]);
});

test('a cross-validation goes on only as it was begun', async () => {
  const out = await temporaryFolder();
  const recipe = tinyRecipe({ epochs: 1 });
  const options = { data, recipe, folder: out, folds: 2 };
  await crossValidate(options);
  const refusal = (what: string) => ({
    code: 'RUN_OTHER',
    exitCode: 2,
    message: `${join(out, 'fold-1')} was begun with another ${what}: expected the same command again, or a new folder.`,
  });
  await expect(crossValidate({ ...options, recipe: tinyRecipe({ epochs: 2 }) })).rejects.toMatchObject(
    refusal('recipe'),
  );
  await expect(crossValidate({ ...options, seed: 3, folds: 3 })).rejects.toMatchObject(
    refusal('seed and split'),
  );
});
