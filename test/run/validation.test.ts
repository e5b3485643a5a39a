import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readValidation, validationScores, writeValidation } from '../../src/run/validation.ts';
import { temporaryFolder } from '../model/fixture.ts';

const genres = ['Drama', 'Horror'];
const model = 'tiny@0';

test('the lines of a run are read as they were written, with what is known of each poster', async () => {
  const path = join(await temporaryFolder(), 'validation.jsonl');
  const written = [
    { model, id: 'a', genres: ['Horror'], known: ['Horror'], logits: [0, 0], probabilities: [0.5, 0.5] },
    { model, id: 'b', genres: ['Drama'], logits: [0, -1], probabilities: [0.5, 0.25] },
  ];
  await writeValidation(path, written);
  const { content, note } = await readValidation(path, genres, model);
  expect(note).toBeUndefined();
  expect(content).toEqual(written.map(({ model: _model, logits: _logits, ...poster }) => poster));
  expect(validationScores(content, genres).yTrue).toEqual({
    rows: 2,
    columns: 2,
    data: Uint8Array.of(0, 1, 1, 0),
    known: Uint8Array.of(0, 1, 1, 1),
  });
  await writeValidation(path, written.slice(1));
  const known = await readValidation(path, genres, model);
  expect(validationScores(known.content, genres).yTrue.known).toBeUndefined();
});

test('validation predictions must have a probability for each genre of the run, and be of its model', async () => {
  const path = join(await temporaryFolder(), 'validation.jsonl');
  await writeFile(path, '{"id":"a","genres":[],"probabilities":[0.5]}\n');
  await expect(readValidation(path, genres, 'tiny@0')).rejects.toMatchObject({ code: 'TABLE_ROW' });
  expect(await readValidation(path, ['Drama'], 'tiny@0')).toEqual({
    content: [{ id: 'a', genres: [], probabilities: [0.5] }],
    note: `Whether ${path} belongs to the model could not be checked: it does not say which model made it.`,
  });
  await writeFile(path, '{"model":"tiny@0","id":"a","genres":[],"probabilities":[0.5]}\n');
  expect((await readValidation(path, ['Drama'], 'tiny@0')).note).toBeUndefined();
  await expect(readValidation(path, ['Drama'], 'tiny@1')).rejects.toMatchObject({
    code: 'RESULTS_FOREIGN',
    message: `${path} was made by tiny@0: expected tiny@1; move it away to go on without it.`,
  });
});
