import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluate, learnTexts } from '../../src/predict/index.ts';
import { loadTextModel } from '../../src/text/index.ts';
import { train } from '../../src/train/index.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';

/** Posters of a run, with texts that name their genres. */
async function runWithTexts() {
  const { folder, data } = await smallDataset();
  const run = join(folder, 'run');
  await train({ data, recipe: tinyRecipe({ epochs: 1 }), folder: run, seed: 1, threads: 1 });
  const posters = (await readFile(join(data, 'metadata.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file_name: string; genres: string[] });
  const lines = posters.map(({ file_name: file, genres }) =>
    JSON.stringify({
      id: file.replace(/\.png$/, ''),
      texts: ['coming soon', ...genres.map((genre) => `a ${genre} film`)],
    }),
  );
  const texts = join(folder, 'texts.jsonl');
  await writeFile(texts, `${lines.join('\n')}\n`);
  return { folder, run, texts };
}

test('what texts say of genres is learned beside a run, and heard where prediction looks for it', async () => {
  const { folder, run, texts } = await runWithTexts();
  const result = await learnTexts({ run, texts });
  expect(result.path).toBe(join(run, 'best.texts.safetensors'));
  expect(result.withTexts).toBe(result.posters);
  const { picture, pictureAndText } = result.validation;
  expect(pictureAndText.microAveragePrecision).toBeGreaterThan(picture.microAveragePrecision + 0.1);

  const options = { model: run, resamples: 5, threads: 1 };
  const seen = await evaluate(options);
  const heard = await evaluate({ ...options, texts });
  const microOf = ({ evaluation }: typeof seen) => evaluation.measures.microAveragePrecision!.value!;
  expect(microOf(heard)).toBeGreaterThan(microOf(seen) + 0.1);

  const again = await learnTexts({ run, texts, out: join(folder, 'again.safetensors') });
  expect(await readFile(again.path)).toEqual(await readFile(result.path));
  expect(
    (
      await loadTextModel(
        again.path,
        seen.evaluation.genres.map(({ genre }) => genre),
      )
    ).weight,
  ).toBe(result.weight);
});

test('texts that name no poster of the run are refused with an example of what was expected', async () => {
  const { folder, run } = await runWithTexts();
  const strange = join(folder, 'strange.jsonl');
  await writeFile(strange, '{"id": "nobody", "texts": ["hello"]}\n');
  await expect(learnTexts({ run, texts: strange })).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  await expect(learnTexts({ run, texts: join(folder, 'none.jsonl') })).rejects.toMatchObject({
    code: 'FILE_MISSING',
  });
});
