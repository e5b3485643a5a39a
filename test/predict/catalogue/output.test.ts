import { appendFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import type { OutputReport } from '../../../src/predict/catalogue/filling.ts';
import { type OutputOptions, predictInto } from '../../../src/predict/catalogue/output.ts';
import type { PosterToPredict } from '../../../src/predict/stream.ts';
import { temporaryFolder } from '../../model/fixture.ts';
import { catalogue, classifier, idAt } from './catalogue.ts';

async function idsIn(path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

function idsOf(count: number, without: readonly number[] = []): string[] {
  return [...Array(count).keys()].filter((at) => !without.includes(at)).map(idAt);
}

test('each poster has a record in the order of the input, or its place and reason among the failures', async () => {
  const output = join(await temporaryFolder(), 'results.jsonl');
  const seen: number[] = [];
  const report = await predictInto(await classifier(), catalogue(30, [3, 17]), {
    output,
    onProgress: ({ done }) => seen.push(done),
  });
  expect(report).toMatchObject({ outcome: 'finished', done: 30, failed: 2, worked: 30, recovered: 0 });
  expect(seen).toEqual([...Array(31).keys()]);
  expect(await idsIn(output)).toEqual(idsOf(30, [3, 17]));
  const failures = (await readFile(`${output}.errors.jsonl`, 'utf8')).trimEnd().split('\n');
  expect(failures.map((line) => JSON.parse(line))).toEqual(
    [4, 18].map((entry) => ({
      entry,
      id: idAt(entry - 1),
      source: idAt(entry - 1),
      error: { code: 'IMAGE_FORMAT', message: expect.stringContaining('Expected a JPEG') },
    })),
  );
});

test.each(['jsonl', 'csv', 'parquet'])(
  '%s: stopped again and again, it ends with the bytes of one that was not',
  async (ending) => {
    const folder = await temporaryFolder();
    const model = await classifier();
    const whole = join(folder, `whole.${ending}`);
    await predictInto(model, catalogue(40, [0, 9, 39]), { output: whole });
    const output = join(folder, `parts.${ending}`);
    let rounds = 0;
    for (let report: OutputReport | undefined; report?.outcome !== 'finished'; rounds++) {
      const stop = new AbortController();
      let worked = 0;
      report = await predictInto(model, catalogue(40, [0, 9, 39]), {
        output,
        batchSize: 4,
        signal: stop.signal,
        onProgress: ({ outcome }) => {
          if (outcome !== undefined && ++worked === 7) stop.abort();
        },
      });
    }
    expect(rounds).toBeGreaterThan(3);
    for (const suffix of ['', '.errors.jsonl'])
      expect(await readFile(`${output}${suffix}`)).toEqual(await readFile(`${whole}${suffix}`));
  },
);

test('what was written but not committed is taken away, and what a kill left of a new record too', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  const [output, whole] = [join(folder, 'a.jsonl'), join(folder, 'whole.jsonl')];
  await predictInto(model, catalogue(20, [2]), { output: whole });
  const stop = new AbortController();
  await predictInto(model, catalogue(20, [2]), {
    output,
    batchSize: 2,
    signal: stop.signal,
    onProgress: ({ done }) => done === 6 && stop.abort(),
  });
  await appendFile(output, '{"id":"film, \\"6\\"","source":"film');
  await appendFile(`${output}.errors.jsonl`, '{"entry":');
  await predictInto(model, catalogue(20, [2]), { output });
  for (const suffix of ['', '.errors.jsonl'])
    expect(await readFile(`${output}${suffix}`)).toEqual(await readFile(`${whole}${suffix}`));
});

test('a finished output is left as it is, and gone on with when its input has grown', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  const output = join(folder, 'a.jsonl');
  await predictInto(model, catalogue(10), { output });
  const before = await readFile(output);
  expect(await predictInto(model, catalogue(10), { output })).toMatchObject({ worked: 0, done: 10 });
  expect(await readFile(output)).toEqual(before);
  expect(await predictInto(model, catalogue(14), { output })).toMatchObject({ worked: 4, done: 14 });
  expect(await idsIn(output)).toEqual(idsOf(14));
});

test('an output of another input, model or option, and a file of somebody else, are refused unless overwritten', async () => {
  const folder = await temporaryFolder();
  const output = join(folder, 'a.jsonl');
  const model = await classifier();
  const options = { output, settings: { threads: '2' } };
  await predictInto(model, catalogue(5), options);
  const before = await readFile(output);
  async function* others(): AsyncGenerator<PosterToPredict> {
    for await (const { id, source } of catalogue(9)) yield { id: `${id}!`, source };
  }
  const refusal = (work: Promise<unknown>) => expect(work).rejects;
  await refusal(predictInto(model, others(), options)).toMatchObject({
    code: 'OUTPUT_FOREIGN',
    exitCode: 2,
    message: `Will not go on with ${output}: the first 5 posters of this input are not those that it holds; expected the same command again, --overwrite to begin anew, or another file.`,
  });
  await refusal(predictInto(model, catalogue(4), options)).toThrow('it holds 5 posters and this input 4');
  await refusal(predictInto(model, catalogue(5), { ...options, policy: 'f1' })).toThrow(
    'it was begun with policy top=2, not f1',
  );
  await refusal(predictInto(model, catalogue(5), { ...options, settings: { threads: '3' } })).toThrow(
    'it was begun with threads 2, not 3',
  );
  const renamed = await classifier({ name: 'other' });
  await refusal(predictInto(renamed, catalogue(5), options)).toThrow('it was begun with model tiny@');
  expect(await readFile(output)).toEqual(before);
  await predictInto(model, others(), { ...options, overwrite: true });
  expect(await idsIn(output)).toEqual(idsOf(9).map((id) => `${id}!`));

  const foreign = join(folder, 'mine.csv');
  await writeFile(foreign, 'precious');
  await refusal(predictInto(model, catalogue(5), { output: foreign })).toThrow(
    'it is there already, and nothing says of what it is',
  );
  expect(await readFile(foreign, 'utf8')).toBe('precious');
  expect(await readdir(folder)).not.toContain('mine.csv.progress');
});

test('an output that was changed is refused, and one that was taken away is made anew', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  const output = join(folder, 'a.jsonl');
  await predictInto(model, catalogue(5, [1]), { output });
  const before = await readFile(output);
  await appendFile(output, 'a note of mine\n');
  await expect(predictInto(model, catalogue(5, [1]), { output })).rejects.toThrow(
    `${output} was changed since`,
  );
  await rm(output);
  await predictInto(model, catalogue(5, [1]), { output });
  expect(await readFile(output)).toEqual(before);
});

test.each(['jsonl', 'csv', 'parquet'])(
  '%s: posters that are tried again stand where the input has them',
  async (ending) => {
    const folder = await temporaryFolder();
    const model = await classifier();
    const [output, whole] = [join(folder, `a.${ending}`), join(folder, `whole.${ending}`)];
    await predictInto(model, catalogue(20, [5]), { output: whole });
    await predictInto(model, catalogue(20, [0, 5, 6, 19]), { output });
    const options: OutputOptions = { output, retryErrors: true };
    const untold = await predictInto(model, catalogue(20, [5]), { output });
    expect(untold).toMatchObject({ failed: 4, worked: 0 });
    const report = await predictInto(model, catalogue(20, [5]), options);
    expect(report).toMatchObject({ done: 20, failed: 1, worked: 4, recovered: 3 });
    for (const suffix of ['', '.errors.jsonl'])
      expect(await readFile(`${output}${suffix}`)).toEqual(await readFile(`${whole}${suffix}`));
    // Once none fails, nothing is left to list.
    await predictInto(model, catalogue(23), options);
    expect(
      (await readdir(folder)).filter((name) => name.startsWith('a.') && name.includes('errors')),
    ).toEqual([]);
    if (ending === 'jsonl') expect(await idsIn(output)).toEqual(idsOf(23));
  },
);

test('where all had failed, those that are tried again make the output', async () => {
  const output = join(await temporaryFolder(), 'a.jsonl');
  const model = await classifier();
  await predictInto(model, catalogue(3, [0, 1, 2]), { output });
  const report = await predictInto(model, catalogue(3, [1]), { output, retryErrors: true });
  expect(report).toMatchObject({ failed: 1, recovered: 2 });
  expect(await idsIn(output)).toEqual(idsOf(3, [1]));
});

test('trying again that was stopped goes on with what has no outcome yet', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  const output = join(folder, 'a.jsonl');
  const failing = [1, 3, 5, 7, 9];
  await predictInto(model, catalogue(12, failing), { output });
  const before = await readFile(output);
  const stop = new AbortController();
  let worked = 0;
  const first = await predictInto(model, catalogue(12), {
    output,
    retryErrors: true,
    batchSize: 1,
    signal: stop.signal,
    onProgress: ({ outcome }) => outcome !== undefined && ++worked === 2 && stop.abort(),
  });
  expect(first).toMatchObject({ outcome: 'interrupted', worked: 2 });
  expect(await readFile(output)).toEqual(before);
  await appendFile(join(`${output}.progress`, 'again.jsonl'), '{"position":5,"rec');
  const second = await predictInto(model, catalogue(12), { output, retryErrors: true });
  expect(second).toMatchObject({ outcome: 'finished', worked: 3, recovered: 5, failed: 0 });
  expect(await idsIn(output)).toEqual(idsOf(12));
});

test('killed between the renames after trying again, the output is whole once it is opened', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  const output = join(folder, 'a.jsonl');
  await predictInto(model, catalogue(8, [2, 4]), { output });
  const stale = join(folder, 'stale');
  await mkdir(stale);
  for (const name of await readdir(folder))
    if (name !== 'stale') await cp(join(folder, name), join(stale, name), { recursive: true });
  await predictInto(model, catalogue(8, [4]), { output, retryErrors: true });
  const [after, afterErrors] = [await readFile(output), await readFile(`${output}.errors.jsonl`)];
  const progress = JSON.parse(await readFile(join(`${output}.progress`, 'progress.json'), 'utf8'));
  // What is there once the first of both files was renamed.
  await rename(`${output}.errors.jsonl`, join(`${output}.progress`, 'next.errors'));
  await rename(join(stale, 'a.jsonl.errors.jsonl'), `${output}.errors.jsonl`);
  await writeFile(
    join(`${output}.progress`, 'progress.json'),
    JSON.stringify({ ...progress, swapping: true }),
  );
  expect(await predictInto(model, catalogue(8, [4]), { output })).toMatchObject({ worked: 0, failed: 1 });
  expect(await readFile(output)).toEqual(after);
  expect(await readFile(`${output}.errors.jsonl`)).toEqual(afterErrors);
});

test('a Parquet file has the rows and probabilities of the JSON lines', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  await predictInto(model, catalogue(7, [2]), { output: join(folder, 'a.jsonl') });
  await predictInto(model, catalogue(7, [2]), { output: join(folder, 'a.parquet') });
  const lines = (await readFile(join(folder, 'a.jsonl'), 'utf8')).trimEnd().split('\n');
  const bytes = await readFile(join(folder, 'a.parquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  expect(await parquetReadObjects({ file })).toEqual(
    lines.map((line) => {
      const { id, source, genres, model: name } = JSON.parse(line);
      const named = genres as { label: string; probability: number; decided: boolean }[];
      return {
        id,
        source,
        model: name,
        genres: named.filter(({ decided }) => decided).map(({ label }) => label),
        ...Object.fromEntries(named.map(({ label, probability }) => [label, probability])),
      };
    }),
  );
});

test('an output of another ending, and a place that cannot be written to, are named before the work', async () => {
  const folder = await temporaryFolder();
  const model = await classifier();
  await writeFile(join(folder, 'file'), '');
  const work = (output: string) => expect(predictInto(model, catalogue(3), { output })).rejects;
  await work(join(folder, 'a.txt')).toMatchObject({ code: 'OPTION_INVALID' });
  await work(join(folder, 'file', 'a.jsonl')).toMatchObject({ code: 'FILE_UNWRITABLE' });
  expect(await readdir(folder)).toEqual(['file']);
});
