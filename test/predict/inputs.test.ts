/** @module Checks that the library takes whatever names posters, with the ids of the command line, or says what is wrong. */
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isFailed, type PosterInputs, type PredictionOutcome, predict } from '../../src/predict/index.ts';
import { makeFolder, picture } from '../dataset/folder.ts';
import { tinyModel } from '../model/fixture.ts';

async function library() {
  const bytes = await picture(1, 40);
  const folder = await makeFolder({
    'lib/Heat (1995)/poster.jpg': bytes,
    'lib/Alien (1979)/poster.jpg': bytes,
    'lib/other/b.jpg': bytes,
    'list.txt': 'lib/other/b.jpg\nlib/Heat (1995)/poster.jpg\n',
    't.csv': 'image,title\nlib/other/b.jpg,B\n"lib/Alien (1979)/poster.jpg",Alien\nlib/gone.jpg,Gone\n',
  });
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  return { folder, lib: join(folder, 'lib'), heat: join(folder, 'lib/Heat (1995)/poster.jpg'), model, bytes };
}

async function run(
  posters: PosterInputs,
  options: Parameters<typeof predict>[1],
): Promise<PredictionOutcome[]> {
  const outcomes = [];
  for await (const outcome of predict(posters, options)) outcomes.push(outcome);
  return outcomes;
}

async function idsOf(posters: PosterInputs, options: Parameters<typeof predict>[1]): Promise<string[]> {
  return (await run(posters, options)).map(
    (outcome) => outcome.id + (isFailed(outcome) ? ` ${outcome.error.code}` : ''),
  );
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('predict', () => {
  test('takes a path of a picture, a folder, a list or a table', async () => {
    const { folder, lib, heat, model } = await library();
    expect(await idsOf(heat, { model })).toEqual(['Heat (1995)']);
    expect(await idsOf(lib, { model })).toEqual(['Alien (1979)', 'Heat (1995)', 'other/b']);
    expect(await idsOf(join(folder, 'list.txt'), { model })).toEqual(['lib/other/b', 'lib/Heat (1995)']);
    expect(await idsOf(join(folder, 't.csv'), { model })).toEqual([
      'lib/other/b',
      'lib/Alien (1979)',
      'lib/gone IMAGE_MISSING',
    ]);
  });

  test('takes bytes, streams and URLs of files', async () => {
    const { lib, heat, model, bytes } = await library();
    expect(await idsOf(await readFile(heat), { model })).toEqual(['poster-1']);
    expect(await idsOf(new Uint8Array(bytes).buffer, { model })).toEqual(['poster-1']);
    expect(await idsOf([bytes, bytes], { model })).toEqual(['poster-1', 'poster-2']);
    expect(await idsOf(createReadStream(heat), { model })).toEqual(['standard input']);
    expect(await idsOf(pathToFileURL(heat), { model })).toEqual(['Heat (1995)']);
    expect(await idsOf(pathToFileURL(lib), { model })).toHaveLength(3);
  });

  test('fetches a URL object from public addresses only, and no text that looks like one', async () => {
    const { model } = await library();
    const url = 'http://127.0.0.1:9/a.jpg';
    expect(await idsOf(new URL(url), { model })).toEqual([`${url} URL_REFUSED`]);
    expect(await idsOf(url, { model })).toEqual([`${url} URL_FETCH_DISABLED`]);
    expect(await idsOf({ kind: 'url', url }, { model })).toEqual([`${url} URL_FETCH_DISABLED`]);
  });

  test('takes sources, and posters with ids of your own', async () => {
    const { heat, model, bytes } = await library();
    expect(await idsOf({ kind: 'file', path: heat }, { model })).toEqual(['Heat (1995)']);
    expect(await idsOf({ kind: 'bytes', bytes, name: 'upload.jpg' }, { model })).toEqual(['upload']);
    expect(await idsOf([{ id: 'mine', source: { kind: 'file', path: heat } }], { model })).toEqual(['mine']);
  });

  test('gives paths of an array the ids that their common folder gives them', async () => {
    const { lib, heat, model } = await library();
    const paths = [heat, join(lib, 'other/b.jpg')];
    expect(await idsOf(paths, { model })).toEqual(['Heat (1995)', 'other/b']);
    expect(await idsOf(paths, { model, base: join(lib, '..') })).toEqual(['lib/Heat (1995)', 'lib/other/b']);
    expect(await idsOf(lib, { model, base: join(lib, '..') })).toContain('lib/Heat (1995)');
  });

  test('takes any iterable, whose paths are relative to the working directory', async () => {
    const { lib, heat, model } = await library();
    const path = relative(process.cwd(), heat);
    const whole = heat.replace('/poster.jpg', '');
    expect(await idsOf(stream([path]), { model })).toEqual([whole]);
    expect(await idsOf(new Set([heat]), { model })).toEqual([whole]);
    expect(await idsOf(stream([lib]), { model })).toEqual(
      ['Alien (1979)', 'Heat (1995)', 'other/b'].map((id) => `${lib}/${id}`),
    );
    expect(await idsOf(Readable.from([heat]), { model })).toEqual([whole]);
    expect(await idsOf(stream([stream]) as never, { model }).catch((error) => error.code)).toBe(
      'OPTION_INVALID',
    );
  });

  test('asks an iterable for no more than it needs', async () => {
    const { heat, model } = await library();
    let asked = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        asked++;
        yield heat;
      }
    }
    for await (const outcome of predict(endless(), { model })) {
      expect(isFailed(outcome)).toBe(false);
      break;
    }
    expect(asked).toBeLessThan(1000);
  });

  test.each([
    [undefined, 'received undefined.'],
    [null, 'received null.'],
    [42, 'received 42 of type number.'],
    ['', 'but received an empty text.'],
    [{}, 'received an empty object.'],
    [{ path: 'a.jpg' }, 'received an object with path.'],
    [{ id: 7, source: { kind: 'file', path: 'a.jpg' } }, 'received an object with id, source.'],
    [[['a.jpg']], 'received an object with 0.'],
    [Promise.resolve('a.jpg'), 'received a promise, which has to be awaited first.'],
    [new URL('ftp://example.org/a.jpg'), 'received a URL of the kind ftp:.'],
  ])('says of %o what it expected', async (posters, message) => {
    const { model } = await library();
    const failed = run(posters as never, { model });
    await expect(failed).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/^Expected a path.* for posters but received/),
    });
    await expect(failed).rejects.toThrow(message);
  });

  test.each([
    [{ modle: 'a' }, /^Expected one of model, .* for options but received modle\.$/],
    [
      { model: 42 },
      'Expected a file, a folder of a run or the name of a model for model but received 42 of type number.',
    ],
    [{ batchSize: 0 }, 'Expected a whole number from 1 to 4096 for batchSize but received 0 of type number.'],
    [{ library: 'yes' }, 'Expected true or false for library but received yes of type string.'],
    [null, 'Expected an object for options but received null.'],
  ])('says of the options %o what it expected', async (options, message) => {
    await expect(run('a.jpg', options as never)).rejects.toThrow(message);
  });
});
