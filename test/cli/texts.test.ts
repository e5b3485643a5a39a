import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDataset, writeSyntheticPosters } from '../../src/dataset/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { onesheet } from './command.ts';

test('titles of films without posters are learned beside a model, and its posters are judged by them', async () => {
  const folder = await temporaryFolder();
  const [data, model, split, films] = ['posters', 'tiny.onnx', 'split.csv', 'films.csv'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  await writeSyntheticPosters(data, { count: 100, seed: 2, width: 16, height: 24 });
  await writeFile(model, tinyModel());
  const { labelled } = await loadDataset({ data });
  const rows = labelled.flatMap(({ id, genres = [] }) =>
    [id, `no-poster-${id}`].map((each) => `${each},A ${genres.join(' ')} Story,${genres.join('|')}`),
  );
  await writeFile(films, `id,title,genres\n${rows.join('\n')}\n`);
  const made = await onesheet(['data', 'split', '--data', data, '--out', split, '--minimum-support', '5']);
  expect(made).toMatchObject({ code: 0 });

  const words = ['texts', 'train', model, '--data', data, '--split', split];
  const nothing = await onesheet(words);
  expect(nothing).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Expected texts or titles to learn from for texts'),
  });
  const { code, stdout } = await onesheet([...words, '--titles', films]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /tiny\.texts\.safetensors: \d\.\d MB, \d+ features, learned from the texts of 0 posters and the titles of 1\d\d films, in 200 rows; \d\d films were left out, whose posters are kept apart\./,
  );
  expect(stdout).toMatch(
    / {2}picture +\d\d +[01]\.\d{3} +[01]\.\d{3} +0\.\d{3}\n {2}picture, title +[01]\.\d{3}/,
  );

  const measured = async (...more: string[]) => {
    const evaluated = ['evaluate', model, '--data', data, '--resamples', '5', '--format', 'json', ...more];
    const report = JSON.parse((await onesheet(evaluated)).stdout);
    return report.evaluation.measures.microAveragePrecision.value as number;
  };
  expect(await measured('--titles', films)).toBeGreaterThan((await measured()) + 0.1);
});
