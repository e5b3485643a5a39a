import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDataset, writeSyntheticPosters } from '../../src/dataset/index.ts';
import { evaluate } from '../../src/predict/index.ts';
import { train } from '../../src/train/index.ts';
import { temporaryFolder, tinyGenres, tinyModel } from '../model/fixture.ts';
import { writeTinyTextModel } from '../text/fixture.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';

const page = readFileSync(new URL('../../docs/measures.md', import.meta.url), 'utf8');

test('any labelled set is measured; strange genres and unreadable posters are named', async () => {
  const folder = await temporaryFolder();
  const data = join(folder, 'posters');
  await writeSyntheticPosters(data, { count: 30, seed: 2, width: 16, height: 24 });
  await writeFile(join(data, 'images', 'synthetic-00003.png'), 'broken');
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  const report = await evaluate({ model, data, resamples: 10 });
  expect(report.evaluation.posters).toBe(29);
  expect(report.failed).toEqual([
    {
      id: expect.stringContaining('synthetic-00003'),
      code: 'IMAGE_FORMAT',
      message: expect.stringContaining('synthetic-00003.png'),
    },
  ]);
  expect(Object.keys(report.unknownGenres)).toContain('Western');
  expect(Object.keys(report.unknownGenres)).not.toContain('Drama');

  const documented = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(documented).toEqual(expect.arrayContaining(Object.keys(report)));
});

test('each genre is measured on the posters of which it is known; where nothing is known at all, that is said', async () => {
  const folder = await temporaryFolder();
  const data = join(folder, 'posters');
  await writeSyntheticPosters(data, { count: 30, seed: 2, width: 16, height: 24 });
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  const table = join(data, 'metadata.jsonl');
  const rows = (await readFile(table, 'utf8')).trim().split('\n');
  const write = (known: (genres: string[], i: number) => string[]) =>
    writeFile(
      table,
      rows
        .map((line, i) => {
          const row = JSON.parse(line) as { genres: string[] };
          return `${JSON.stringify({ ...row, known: known(row.genres, i) })}\n`;
        })
        .join(''),
    );
  await write((genres, i) => [...new Set([...genres, ...(i < 12 ? ['Drama'] : [])])]);
  const { labelled } = await loadDataset({ data });
  const { evaluation, errors } = await evaluate({ model, data, resamples: 5 });
  const counts = tinyGenres.map((genre) => labelled.filter(({ known }) => known?.includes(genre)).length);
  expect(evaluation.genres.map(({ known }) => known)).toEqual(counts);
  expect(counts[tinyGenres.indexOf('Drama')]).toBeGreaterThanOrEqual(12);
  const pairs = counts.reduce((sum, count) => sum + count, 0);
  expect(evaluation.unknownPairs).toBe(labelled.length * tinyGenres.length - pairs);
  const foreign = labelled.filter(({ genres }) => !genres!.some((genre) => tinyGenres.includes(genre)));
  expect(foreign.length).toBeGreaterThan(0);
  // Nobody errs on posters that have only genres that were not learned.
  const theirs = foreign.flatMap(({ known = [] }) => known.filter((genre) => tinyGenres.includes(genre)));
  expect(errors.doubts!.labels).toBe(pairs - theirs.length);

  await write((genres) => genres);
  const kept = (await readFile(table, 'utf8')).split('\n').filter((line) => {
    if (line === '') return false;
    const { genres } = JSON.parse(line) as { genres: string[] };
    return !genres.some((genre) => tinyGenres.includes(genre));
  });
  await writeFile(table, `${kept.join('\n')}\n`);
  await expect(evaluate({ model, data, resamples: 5 })).rejects.toMatchObject({ code: 'GENRES_FOREIGN' });
});

test('texts are heard beside the pictures, under the policies chosen for both', async () => {
  const folder = await temporaryFolder();
  const data = join(folder, 'posters');
  await writeSyntheticPosters(data, { count: 30, seed: 2, width: 16, height: 24 });
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'));
  const texts = join(folder, 'texts.jsonl');
  const { labelled } = await loadDataset({ data });
  const titles = labelled.map(({ id, genres }) => ({
    id,
    texts: genres?.includes('Horror') ? ['the haunted house'] : [],
  }));
  await writeFile(texts, titles.map((title) => JSON.stringify(title)).join('\n'));
  const options = { model, data, resamples: 5, policy: 'f1' };
  const [alone, heard] = [await evaluate(options), await evaluate({ ...options, texts })];
  expect(heard.model).toBe(`${alone.model}+texts`);
  const horrorOf = ({ evaluation }: typeof alone) =>
    evaluation.genres.find(({ genre }) => genre === 'Horror')!;
  expect(horrorOf(heard).averagePrecision).toBeGreaterThan(horrorOf(alone).averagePrecision!);
  expect(heard.notes).toContain(`${texts} has texts of 30 of 30 posters.`);
  const films = join(folder, 'films.csv');
  const rows = titles.map(({ id, texts: lines }) => `${id},${lines.join(' ')},1999`);
  await writeFile(films, `id,title,year\n${rows.join('\n')}\n`);
  const titled = await evaluate({ ...options, titles: films });
  expect(titled.evaluation).toEqual(heard.evaluation);
  expect(titled.notes).toContain(`${films} has titles of 30 of 30 posters.`);
});

/** Dotted names of everything in an object; lists by their first item. */
function fieldsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return typeof value[0] === 'object' ? fieldsOf(value[0], `${path}[]`) : [path];
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    fieldsOf(inner, path === '' ? name : `${path}.${name}`),
  );
}

test('measures that cannot be kept are given all the same, and that is told', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: run, seed: 1, threads: 1 });
  await mkdir(join(run, 'metrics.json', 'in the way'), { recursive: true });
  const options = { model: run, resamples: 5, threads: 1 };
  const told: string[] = [];
  const { evaluation } = await evaluate({ ...options, onUnwritten: ({ code }) => told.push(code) });
  expect(told).toEqual(['FILE_UNWRITABLE']);
  expect(evaluation.posters).toBeGreaterThan(0);
  await expect(evaluate(options)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
});

test('a run doubts labels of test and validation posters; cross-validation adds those of training posters', async () => {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: run, seed: 1, threads: 1 });
  const split = (await readFile(join(run, 'split.csv'), 'utf8')).split('\n');
  const idsOf = (subset: string) =>
    split.filter((line) => line.endsWith(`,${subset}`)).map((line) => line.split(',')[0]!);
  const [training, validation, tested] = ['train', 'validation', 'test'].map(idsOf);

  const options = { model: run, resamples: 5, threads: 1, errors: 3 };
  const { errors } = await evaluate(options);
  expect(errors.highestLosses).toHaveLength(3);
  for (const { id } of errors.highestLosses) expect(tested).toContain(id);
  expect(errors.doubts!.from).toEqual({
    measured: tested!.length,
    validation: validation!.length,
    outOfFold: 0,
  });

  const inSample = await evaluate({ ...options, split: 'train' });
  expect(inSample.errors.doubts).toBeNull();
  expect((await evaluate({ ...options, data })).errors.doubts).toBeNull();

  // Everything is Drama, says the cross-validation, with certainty.
  const { genres } = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
  const path = join(folder, 'out-of-fold.jsonl');
  const predicted = genres.map((label: string, g: number) => ({
    label,
    probability: label === 'Drama' ? 0.99 : 0.01 + g / 1000,
  }));
  const lines = training!.map((id) => JSON.stringify({ id, genres: predicted }));
  await writeFile(path, lines.join('\n'));
  const crossed = await evaluate({ ...options, split: 'train', outOfFold: path });
  expect(crossed.errors.doubts!.from).toEqual({ measured: 0, validation: 0, outOfFold: training!.length });
  expect(crossed.errors.doubts!.missing[0]).toMatchObject({ genre: 'Drama', probability: 0.99 });
  const all = await evaluate({ ...options, outOfFold: path });
  expect(all.errors.doubts!.posters).toBe(training!.length + validation!.length + tested!.length);

  const documented = [...page.matchAll(/^\| `((?:highestLosses|doubts)[^`]*)` \|/gm)].map(([, name]) => name);
  const fields = fieldsOf(all.errors, '').filter((name) => !name.startsWith('doubts.wrong[]'));
  expect(documented.filter((name) => name !== 'doubts' && name !== 'doubts.wrong[]').sort()).toEqual(
    fields.sort(),
  );
});
