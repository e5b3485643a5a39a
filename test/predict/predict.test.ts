import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { Classifier, decodeModel } from '../../src/model/index.ts';
import {
  isFailed,
  type PredictionOutcome,
  postersAt,
  predict,
  predictStream,
} from '../../src/predict/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { writeTinyTextModel } from '../text/fixture.ts';

async function folderOfPosters(count: number): Promise<string> {
  const folder = await temporaryFolder();
  for await (const { id, bytes } of drawSyntheticPosters({ count, seed: 1, width: 20, height: 30 })) {
    await writeFile(join(folder, `${id}.png`), bytes);
  }
  return folder;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function pathsOf(items: readonly { source: { kind: string; path?: string } }[]): (string | undefined)[] {
  return items.map(({ source }) => source.path?.split('/').at(-1));
}

test('a bad file among good ones is reported in its place and stops nothing', async () => {
  const folder = await folderOfPosters(40);
  await writeFile(join(folder, 'synthetic-00007.png'), 'no picture');
  await writeFile(join(folder, 'synthetic-00020.png'), '');
  const classifier = await Classifier.create(decodeModel(tinyModel(), 'tiny.onnx'));
  const outcomes = await collect(
    predictStream(classifier, postersAt([folder], Readable.from([])), { batchSize: 8 }),
  );
  await classifier.release();
  expect(outcomes.map(({ id }) => id)).toEqual(
    Array.from({ length: 40 }, (_, i) => `synthetic-${String(i).padStart(5, '0')}`),
  );
  const failures = outcomes.filter(isFailed);
  expect(failures.map(({ id, error }) => [id, error.code])).toEqual([
    ['synthetic-00007', 'IMAGE_FORMAT'],
    ['synthetic-00020', 'IMAGE_EMPTY'],
  ]);
});

test('a stream that is given up fails with the reason and yields nothing more', async () => {
  const folder = await folderOfPosters(12);
  const classifier = await Classifier.create(decodeModel(tinyModel(), 'tiny.onnx'));
  const stop = new AbortController();
  const seen: string[] = [];
  const options = { batchSize: 4, signal: stop.signal };
  const reading = (async () => {
    for await (const { id } of predictStream(classifier, postersAt([folder], Readable.from([])), options)) {
      seen.push(id);
      if (seen.length === 4) stop.abort(new Error('enough'));
    }
  })();
  await expect(reading).rejects.toThrow('enough');
  expect(seen).toHaveLength(4);
  const left = predictStream(classifier, postersAt([folder], Readable.from([])), { batchSize: 1 });
  expect((await left.next()).value).toMatchObject({ id: 'synthetic-00000' });
  expect(await left.return(undefined)).toEqual({ done: true, value: undefined });
  await classifier.release();
});

test('a prediction does not depend on the batch it was made in', async () => {
  const folder = await folderOfPosters(5);
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  const run = (batchSize: number): Promise<PredictionOutcome[]> =>
    collect(predict(postersAt([folder], Readable.from([])), { model, batchSize }));
  const [one, all] = [await run(1), await run(16)];
  one.forEach((outcome, i) => {
    const other = all[i]!;
    if (isFailed(outcome) || isFailed(other)) throw new Error('expected predictions');
    expect(outcome.genres.map((g) => g.label)).toEqual(other.genres.map((g) => g.label));
    outcome.genres.forEach((g, k) => expect(g.probability).toBeCloseTo(other.genres[k]!.probability, 6));
  });
});

test('all genres are given, the likeliest first, and the policy decides', async () => {
  const folder = await folderOfPosters(1);
  const classifier = await Classifier.create(decodeModel(tinyModel(), 'tiny.onnx'));
  const decidedBy = async (policy?: string): Promise<number> => {
    const [outcome] = await collect(
      predictStream(classifier, postersAt([folder], Readable.from([])), { policy }),
    );
    if (!outcome || isFailed(outcome)) throw new Error('expected a prediction');
    const probabilities = outcome.genres.map((g) => g.probability);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    expect(outcome.genres).toHaveLength(3);
    return outcome.genres.filter((g) => g.decided).length;
  };
  expect(await decidedBy()).toBe(2); // top=2, the model's first
  expect(await decidedBy('f1')).toBeGreaterThanOrEqual(1);
  expect(await decidedBy('precision=0.8')).toBe(0);
  await expect(decidedBy('best')).rejects.toThrow(
    'Expected one of top=1 to top=3, f1, precision=0.8 (this model keeps no other precision and recall) for policy but received best.',
  );
  await classifier.release();
});

test('paths are pictures, folders with folders below, lists, and a list on standard input', async () => {
  const folder = await folderOfPosters(2);
  await mkdir(join(folder, 'more'));
  await writeFile(join(folder, 'more', 'extra.JPG'), '');
  await writeFile(join(folder, 'notes.md'), 'no poster');
  await writeFile(join(folder, 'list.txt'), '# a list\n/posters/one.jpg\r\n\nhttps://example.org/two.jpg\n');
  const found = await collect(
    postersAt([folder, join(folder, 'list.txt'), '-', 'gone.jpg'], Readable.from(['three.png\n'])),
  );
  expect(pathsOf(found)).toEqual([
    'extra.JPG',
    'synthetic-00000.png',
    'synthetic-00001.png',
    'one.jpg',
    undefined,
    'three.png',
    'gone.jpg',
  ]);
  expect(found[4]!.source).toEqual({ kind: 'url', url: 'https://example.org/two.jpg' });
});

test('a web address is refused as long as fetching is off', async () => {
  const classifier = await Classifier.create(decodeModel(tinyModel(), 'tiny.onnx'));
  const poster = { id: 'a', source: { kind: 'url', url: 'http://127.0.0.1/a.jpg' } } as const;
  const [outcome] = await collect(predictStream(classifier, [poster]));
  await classifier.release();
  expect(outcome).toMatchObject({ id: 'a', error: { code: 'URL_FETCH_DISABLED' } });
});

test('a poster may bring its title, year and texts itself; the others are judged by their pictures', async () => {
  const folder = await folderOfPosters(2);
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'));
  const posters = await collect(postersAt([folder], Readable.from([])));
  const plain = posters.find(({ id }) => id === 'synthetic-00000')!;
  const [seen, titled, read] = await collect(
    predict(
      [
        plain,
        { ...plain, title: 'The Haunted House', year: 1999 },
        { ...plain, texts: ['the haunted house'] },
      ],
      { model },
    ),
  );
  const horrorOf = (outcome: PredictionOutcome | undefined) => {
    if (outcome === undefined || isFailed(outcome)) throw new Error('it failed');
    return outcome.genres.find(({ label }) => label === 'Horror')!.probability;
  };
  expect(seen).toMatchObject({ model: expect.not.stringMatching(/\+texts$/) });
  expect(titled).toMatchObject({ model: expect.stringMatching(/\+texts$/) });
  expect(horrorOf(titled)).toBeGreaterThan(horrorOf(seen));
  expect(horrorOf(read)).toBeGreaterThan(horrorOf(seen));
  for (const wrong of [{ year: 12 }, { title: 7 }, { texts: 'HEAT' }]) {
    const broken = { ...plain, ...wrong } as typeof plain;
    await expect(collect(predict(broken, { model }))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  }
});
