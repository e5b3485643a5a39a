import { appendFile, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mergeParts } from '../../../src/predict/catalogue/merge.ts';
import { type OutputOptions, predictInto } from '../../../src/predict/catalogue/output.ts';
import { outputOfPart, partOf } from '../../../src/predict/catalogue/part.ts';
import type { PosterToPredict } from '../../../src/predict/stream.ts';
import { temporaryFolder } from '../../model/fixture.ts';
import { catalogue, classifier } from './catalogue.ts';

async function predictParts(
  of: number,
  output: string,
  posters: () => AsyncIterable<PosterToPredict>,
  options: Partial<OutputOptions> = {},
): Promise<void> {
  const model = await classifier();
  for (let index = 0; index < of; index++)
    await predictInto(model, posters(), {
      output: outputOfPart(output, { index, of }),
      part: { index, of },
      ...options,
    });
}

async function expectSame(output: string, whole: string): Promise<void> {
  for (const suffix of ['', '.errors.jsonl'])
    expect(await readFile(`${output}${suffix}`)).toEqual(await readFile(`${whole}${suffix}`));
}

test.each(['jsonl', 'csv', 'parquet'])(
  '%s: merged parts have the bytes of what was predicted at once, and are gone on with as that is',
  async (ending) => {
    const folder = await temporaryFolder();
    const model = await classifier();
    const [output, whole] = [join(folder, `a.${ending}`), join(folder, `whole.${ending}`)];
    const broken = [0, 5, 6, 22];
    await predictInto(model, catalogue(23, broken), { output: whole });
    await predictParts(4, output, () => catalogue(23, broken));
    const report = await mergeParts(output, {});
    expect(report).toMatchObject({ parts: 4, done: 23, failed: 4 });
    await expectSame(output, whole);
    expect(await predictInto(model, catalogue(23, broken), { output })).toMatchObject({
      worked: 0,
      done: 23,
    });
    for (const path of [output, whole])
      expect(await predictInto(model, catalogue(25, [6]), { output: path, retryErrors: true })).toMatchObject(
        { worked: 6, recovered: 3, failed: 1 },
      );
    await expectSame(output, whole);
  },
);

test('a part that was stopped goes on, one whose failures are tried again too, and both merge', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  const [output, whole] = [join(folder, 'a.jsonl'), join(folder, 'whole.jsonl')];
  await predictInto(model, catalogue(30, [4]), { output: whole });
  const part = { index: 1, of: 3 };
  const options = { output: outputOfPart(output, part), part };
  const stop = new AbortController();
  const stopped = await predictInto(model, catalogue(30, [4, 13]), {
    ...options,
    batchSize: 2,
    signal: stop.signal,
    onProgress: ({ done }) => done === 5 && stop.abort(),
  });
  expect(stopped).toMatchObject({ outcome: 'interrupted' });
  await predictParts(3, output, () => catalogue(30, [4, 13]));
  expect(await predictInto(model, catalogue(30, [4]), { ...options, retryErrors: true })).toMatchObject({
    done: 10,
    recovered: 1,
    failed: 1,
  });
  await mergeParts(output, {});
  await expectSame(output, whole);
});

test('fewer posters than parts leave some parts empty, and nothing is lost', async () => {
  const folder = await temporaryFolder();
  const [output, whole] = [join(folder, 'a.csv'), join(folder, 'whole.csv')];
  await predictInto(await classifier(), catalogue(2), { output: whole });
  await predictParts(5, output, () => catalogue(2));
  expect(await mergeParts(output, {})).toMatchObject({ parts: 5, done: 2, failed: 0 });
  expect(await readFile(output)).toEqual(await readFile(whole));
});

test('an input that has grown adds to each part', async () => {
  const folder = await temporaryFolder();
  const [output, whole] = [join(folder, 'a.jsonl'), join(folder, 'whole.jsonl')];
  await predictParts(3, output, () => catalogue(7, [1]));
  await mergeParts(output, {});
  await predictParts(3, output, () => catalogue(12, [1]));
  await expect(mergeParts(output, {})).rejects.toThrow('it holds another input than its parts');
  await mergeParts(output, { overwrite: true });
  await predictInto(await classifier(), catalogue(12, [1]), { output: whole });
  await expectSame(output, whole);
});

test('parts that are missing, unfinished, changed, or of another input or model are named, and nothing is written', async () => {
  const folder = await temporaryFolder();
  const output = join(folder, 'a.jsonl');
  const refusal = async (message: string) => {
    await expect(mergeParts(output, {})).rejects.toMatchObject({
      code: 'PARTS_INCOMPLETE',
      message: expect.stringContaining(message),
    });
    expect((await readdir(folder)).filter((name) => name.startsWith('a.jsonl'))).toEqual([]);
  };
  await refusal('none is there');
  await predictParts(2, output, () => catalogue(6));
  const [first, second] = [0, 1].map((index) => outputOfPart(output, { index, of: 2 }));
  await rename(`${second}.progress`, join(folder, 'kept'));
  await refusal('a.1-of-2.jsonl is not there');
  await rename(join(folder, 'kept'), `${second}.progress`);
  await appendFile(first!, 'a note of mine\n');
  await refusal('a.0-of-2.jsonl was changed since');
  const model = await classifier();
  const part = { index: 0, of: 2 };
  const options = { output: first!, part, overwrite: true };
  await predictInto(model, catalogue(9), options);
  await refusal('is of another input than');
  await predictInto(await classifier({ name: 'other' }), catalogue(6), options);
  await refusal('is of another model than');
  const stop = new AbortController();
  await predictInto(model, catalogue(6), {
    ...options,
    batchSize: 1,
    signal: stop.signal,
    onProgress: ({ done }) => done === 1 && stop.abort(),
  });
  await refusal('a.0-of-2.jsonl is not finished');
  await predictInto(model, catalogue(6), options);
  await predictParts(3, output, () => catalogue(6));
  await refusal('parts of 2 and of 3 are there');
});

test('an output that was there is replaced only by a merge of the same parts that loses nothing', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  const output = join(folder, 'a.jsonl');
  await predictParts(2, output, () => catalogue(6, [3]));
  await mergeParts(output, {});
  const merged = await readFile(output);
  await mergeParts(output, {});
  expect(await readFile(output)).toEqual(merged);
  await predictInto(model, catalogue(6), { output, retryErrors: true });
  await expect(mergeParts(output, {})).rejects.toMatchObject({ code: 'OUTPUT_FOREIGN' });
  await rm(`${output}.progress`, { recursive: true });
  await expect(mergeParts(output, {})).rejects.toThrow('nothing says of what it is');
});

test('a part is refused as the output of another part or of the whole', async () => {
  const output = join(await temporaryFolder(), 'a.jsonl');
  const model = await classifier();
  await predictInto(model, catalogue(4), { output, part: { index: 0, of: 2 } });
  await expect(predictInto(model, catalogue(4), { output, part: { index: 1, of: 2 } })).rejects.toThrow(
    'it was begun with shard 0/2, not 1/2',
  );
  await expect(predictInto(model, catalogue(4), { output })).rejects.toThrow(
    'it was begun with shard 0/2, not none',
  );
});

test('parts are named so that they sort, and whatever is no part is one sentence', () => {
  expect(outputOfPart('x/genres.jsonl', partOf('3/16'))).toBe(join('x', 'genres.03-of-16.jsonl'));
  expect(outputOfPart('genres.tv.csv', partOf('0/1'))).toBe('genres.tv.0-of-1.csv');
  for (const text of ['4/4', '1', '-1/4', '1/0', '0/1001', 'a/b'])
    expect(() => partOf(text)).toThrow(
      `Expected i/n with n from 1 to 1000 and i from 0 to n - 1 for shard but received ${text}.`,
    );
});
