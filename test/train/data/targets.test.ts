import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Poster } from '../../../src/dataset/index.ts';
import { blendTargets, readSoftTargets, targetsHash } from '../../../src/train/data/targets.ts';
import { temporaryFolder } from '../../model/fixture.ts';

const genres = ['Drama', 'Comedy'];

function line(id: string, drama: number, comedy: number): string {
  const rows = [
    { label: 'Comedy', probability: comedy, decided: false },
    { label: 'Drama', probability: drama, decided: true },
  ];
  return `${JSON.stringify({ id, source: `${id}.jpg`, genres: rows, model: 'm@1' })}\n`;
}

async function files(...texts: string[]): Promise<string[]> {
  const folder = await temporaryFolder();
  const paths = texts.map((_, i) => join(folder, `${i}.jsonl`));
  await Promise.all(texts.map((text, i) => writeFile(paths[i]!, text)));
  return paths;
}

async function read(...texts: string[]) {
  const distillation = { predictions: await files(...texts), weight: 0.5, unlabelled: false };
  return readSoftTargets(distillation, genres, await targetsHash(distillation));
}

const posters = (['a', 'b', 'c'] as const).map(
  (id): Poster => ({
    id,
    source: { kind: 'file', path: `${id}.jpg` },
    genres: id === 'c' ? undefined : ['Drama'],
    group: id,
  }),
);

test('predictions of several files are averaged, in the order of the genres; failed posters are passed over', async () => {
  const failed = `${JSON.stringify({ id: 'x', source: 'x.jpg', error: { code: 'IMAGE_DAMAGED', message: '' } })}\n`;
  const soft = await read(line('a', 0.8, 0.1) + failed, line('a', 0.4, 0.3) + line('b', 0.5, 0.5));
  expect([...soft.keys()]).toEqual(['a', 'b']);
  expect([...soft.get('a')!].map((value) => value.toFixed(3))).toEqual(['0.600', '0.200']);
});

test('labels and predictions are blended by the weight; without labels the predictions stand alone', async () => {
  const soft = await read(line('a', 0.6, 0.2) + line('c', 0.9, 0.1));
  const labels = Uint8Array.of(1, 0, 1, 0, 0, 0);
  const targets = blendTargets(posters, labels, undefined, soft, {
    predictions: ['p'],
    weight: 0.25,
    unlabelled: true,
  });
  const expected = [0.75 + 0.25 * 0.6, 0.25 * 0.2, 1, 0, 0.9, 0.1];
  expected.forEach((value, at) => expect(targets.values[at]).toBeCloseTo(value, 6));
  expect(targets.known).toBe(undefined);
});

test('where nothing is known of a label the prediction stands alone, and without one nothing is learned', async () => {
  const soft = await read(line('a', 0.6, 0.2) + line('c', 0.9, 0.1));
  const labels = Uint8Array.of(1, 0, 1, 0, 0, 0);
  const known = Uint8Array.of(1, 0, 0, 1, 1, 1);
  const { values, known: taught } = blendTargets(posters, labels, known, soft, {
    predictions: ['p'],
    weight: 0.25,
    unlabelled: true,
  });
  expect([...taught!]).toEqual([1, 1, 0, 1, 1, 1]);
  const expected = [0.75 + 0.25 * 0.6, 0.2, undefined, 0, 0.9, 0.1];
  expected.forEach((value, at) => {
    if (value !== undefined) expect(values[at]).toBeCloseTo(value, 6);
  });
  const all = await read(line('a', 0.6, 0.2) + line('b', 0.1, 0.7));
  const filled = blendTargets(posters, labels, known, all, {
    predictions: ['p'],
    weight: 0.25,
    unlabelled: false,
  });
  expect(filled.known).toBe(undefined);
  expect(known).toEqual(Uint8Array.of(1, 0, 0, 1, 1, 1));
});

test('predictions that name none of the posters are refused', async () => {
  const soft = await read(line('z', 0.6, 0.2));
  expect(() =>
    blendTargets(posters, new Uint8Array(6), undefined, soft, {
      predictions: ['p.jsonl'],
      weight: 0.5,
      unlabelled: false,
    }),
  ).toThrow('p.jsonl cannot be learned from: it names none of the posters to train on.');
});

test('a line that is no prediction is named with its file and number', async () => {
  await expect(read(`${line('a', 0.5, 0.5)}no json`)).rejects.toThrow(
    /0\.jsonl, line 2 cannot be learned from/,
  );
  await expect(read('{"id":"a"}')).rejects.toThrow(/line 1 .* expected id and genres/);
  const foreign = JSON.stringify({ id: 'a', genres: [{ label: 'Drama', probability: 0.5 }] });
  await expect(read(foreign)).rejects.toThrow(/line 1 .* there is no Comedy/);
});

test('a run goes on only with the predictions that it began with', async () => {
  const [path] = await files(line('a', 0.5, 0.5));
  const distillation = { predictions: [path!], weight: 0.5, unlabelled: false };
  const hash = await targetsHash(distillation);
  await writeFile(path!, line('a', 0.6, 0.5));
  await expect(readSoftTargets(distillation, genres, hash)).rejects.toThrow(
    'not those that the run began with',
  );
});
