import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSplitAlone } from '../../src/dataset/index.ts';
import { evaluate, learnTexts } from '../../src/predict/index.ts';
import type { EvaluationReport } from '../../src/run/index.ts';
import { train } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';

/** Posters of a run, with texts and titles that name their genres, and titles of films that no poster is of. */
async function runWithTexts() {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: run, seed: 1, threads: 1 });
  const posters = (await readFile(join(data, 'metadata.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file_name: string; genres: string[] })
    .map(({ file_name: file, genres }) => ({ id: file.replace(/\.png$/, ''), genres }));
  const texts = join(folder, 'texts.jsonl');
  const lines = posters.map(({ id, genres }) =>
    JSON.stringify({ id, texts: ['coming soon', ...genres.map((genre) => `a ${genre} film`)] }),
  );
  await writeFile(texts, `${lines.join('\n')}\n`);
  const titles = join(folder, 'films.csv');
  const rows = [...posters, ...posters.map(({ id, genres }) => ({ id: `other-${id}`, genres }))].map(
    ({ id, genres }) => `${id},The ${genres.join(' and ')} Story,1999,${genres.join('|')}`,
  );
  await writeFile(titles, `id,title,year,genres\n${rows.join('\n')}\n`);
  return { folder, data, run, texts, titles, posters: posters.length };
}

test('what texts and titles say of genres is learned beside a run, and heard where prediction looks for it', async () => {
  const { folder, run, texts, titles, posters } = await runWithTexts();
  const result = await learnTexts({ model: run, texts, titles });
  expect(result.path).toBe(join(run, 'best.texts.safetensors'));
  const split = await readSplitAlone(join(run, 'split.csv'));
  const apart = [...split.assignment.values()].filter((part) => part !== 'train').length;
  expect(result).toMatchObject({ films: 2 * posters - apart, keptApart: apart });
  expect(result.validation.map(({ combination }) => combination)).toEqual(['title', 'lines', 'both']);
  for (const { picture, together } of result.validation)
    expect(together.microAveragePrecision).toBeGreaterThan(picture.microAveragePrecision + 0.1);

  const options = { model: run, resamples: 5, threads: 1 };
  const microOf = ({ evaluation }: EvaluationReport) => evaluation.measures.microAveragePrecision!.value!;
  const seen = microOf(await evaluate(options));
  for (const heard of [{ texts }, { titles }, { texts, titles }])
    expect(microOf(await evaluate({ ...options, ...heard }))).toBeGreaterThan(seen + 0.1);

  const again = await learnTexts({ model: run, texts, titles, out: join(folder, 'again.safetensors') });
  expect(await readFile(again.path)).toEqual(await readFile(result.path));
});

test('beside a model without its run, texts are learned by posters and the split that it was trained with', async () => {
  const { folder, data, run, titles } = await runWithTexts();
  const model = join(folder, 'network.onnx');
  await copyFile(join(run, 'best.onnx'), model);
  await expect(learnTexts({ model, titles })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  const split = join(run, 'split.csv');
  const result = await learnTexts({ model, titles, data, split, threads: 1 });
  expect(result.path).toBe(join(folder, 'network.texts.safetensors'));
  const ofRun = await learnTexts({ model: run, titles });
  const [one] = result.validation;
  const [other] = ofRun.validation;
  expect(one!.posters).toBe(other!.posters);
  expect(one!.together.microAveragePrecision).toBeCloseTo(other!.together.microAveragePrecision, 3);
});

test('texts that name no poster of the run are refused with an example of what was expected', async () => {
  const { folder, run } = await runWithTexts();
  const strange = join(folder, 'strange.jsonl');
  await writeFile(strange, '{"id": "nobody", "texts": ["hello"]}\n');
  await expect(learnTexts({ model: run, texts: strange })).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  await expect(learnTexts({ model: run })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await expect(learnTexts({ model: run, texts: join(folder, 'none.jsonl') })).rejects.toMatchObject({
    code: 'FILE_MISSING',
  });
});
