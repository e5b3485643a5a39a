import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSyntheticPosters } from '../../src/dataset/index.ts';
import { evaluate } from '../../src/predict/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';

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
