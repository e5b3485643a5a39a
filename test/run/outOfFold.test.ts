import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Poster } from '../../src/dataset/index.ts';
import { decodeModel } from '../../src/model/index.ts';
import { readOutOfFold } from '../../src/run/outOfFold.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';

const genres = ['Drama', 'Horror'];
const posters: Poster[] = [
  { id: 'a', group: 'a', source: { kind: 'file', path: 'a.jpg' }, genres: ['Horror', 'Western'] },
  { id: 'b', group: 'b', source: { kind: 'file', path: 'b.jpg' }, genres: ['Drama'] },
];

function line(id: string, drama: number, horror: number): string {
  const predicted = [
    { label: 'Horror', probability: horror, decided: true },
    { label: 'Drama', probability: drama, decided: false },
  ];
  return JSON.stringify({ id, source: `${id}.jpg`, genres: predicted, model: 'tiny@0' });
}

async function fileOf(...lines: string[]): Promise<string> {
  const path = join(await temporaryFolder(), 'out-of-fold.jsonl');
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

test('predictions are put in the order of the genres, beside the labels; those of other posters are left aside', async () => {
  const path = await fileOf(line('a', 0.25, 0.5), line('stranger', 0.1, 0.1));
  const { content, note } = await readOutOfFold(path, posters, genres);
  const { ids, yTrue, yScore } = content;
  expect(note).toBe(`Whether ${path} belongs to its models could not be checked: they are not beside it.`);
  expect(ids).toEqual(['a']);
  expect(Array.from(yTrue.data)).toEqual([0, 1]);
  expect(Array.from(yScore.data)).toEqual([0.25, 0.5]);
});

test('what is known of the posters now is known of their predictions', async () => {
  const path = await fileOf(line('a', 0.25, 0.5), line('b', 0.1, 0.1));
  const [a, b] = posters as [Poster, Poster];
  const { content } = await readOutOfFold(path, [{ ...a, known: ['Horror', 'Western'] }, b], genres);
  expect(content.yTrue.known).toEqual(Uint8Array.of(0, 1, 1, 1));
});

test.each([
  ['a broken line', [line('a', 0.1, 0.2), '{"id": "b"'], 'TABLE_ROW', 'line 2 of'],
  ['other genres', [line('a', 0.1, 0.2).replace('Horror', 'Comedy')], 'TABLE_ROW', 'Drama, Horror'],
  ['a probability above 1', [line('a', 1.5, 0.2)], 'TABLE_ROW', 'line 1 of'],
  ['none of the posters', [line('stranger', 0.1, 0.2)], 'DATASET_EMPTY', 'one of these posters'],
])('%s is refused in one sentence', async (_what, lines, code, words) => {
  const path = await fileOf(...lines);
  await expect(readOutOfFold(path, posters, genres)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});

test('a file that is not there says what writes it', async () => {
  await expect(readOutOfFold('/nowhere/out-of-fold.jsonl', posters, genres)).rejects.toMatchObject({
    code: 'FILE_MISSING',
    message: expect.stringContaining('onesheet cross-validate'),
  });
});

test('predictions out of fold must be of the models that stand beside them', async () => {
  const path = await fileOf(line('a', 0.25, 0.5));
  const fold = join(path, '..', 'fold-1');
  await mkdir(fold);
  await writeFile(join(fold, 'best.onnx'), tinyModel());
  const { id } = decodeModel(tinyModel(), 'best.onnx');
  await expect(readOutOfFold(path, posters, genres)).rejects.toMatchObject({
    code: 'RESULTS_FOREIGN',
    message: `${path} was made by tiny@0: expected ${id}; move it away to go on without it.`,
  });
  await writeFile(path, `${line('a', 0.25, 0.5).replace('tiny@0', id)}\n`);
  expect((await readOutOfFold(path, posters, genres)).note).toBeUndefined();
  await writeFile(path, `${line('a', 0.25, 0.5).replace(',"model":"tiny@0"', '')}\n`);
  expect((await readOutOfFold(path, posters, genres)).note).toMatch('it does not say which model made it');
});
