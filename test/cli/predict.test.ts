import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { writeTinyTextModel } from '../text/fixture.ts';
import { onesheet } from './command.ts';

async function prepared(): Promise<{ folder: string; model: string; posters: string[] }> {
  const folder = await temporaryFolder();
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  const posters: string[] = [];
  for await (const { id, bytes } of drawSyntheticPosters({ count: 3, seed: 1, width: 20, height: 30 })) {
    posters.push(join(folder, `${id}.png`));
    await writeFile(posters.at(-1)!, bytes);
  }
  return { folder, model, posters };
}

test('jsonl is one line a poster with all genres, and the exit code is 0', async () => {
  const { model, posters } = await prepared();
  const { code, stdout, stderr } = await onesheet([
    'predict',
    ...posters,
    '--model',
    model,
    '--format',
    'jsonl',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(3);
  expect(Object.keys(lines[0])).toEqual(['id', 'source', 'genres', 'model']);
  expect(lines[0]).toMatchObject({
    id: 'synthetic-00000',
    source: posters[0],
    model: expect.stringMatching(/^tiny@[0-9a-f]{12}$/),
  });
  expect(lines[0].genres).toHaveLength(3);
  expect(Object.keys(lines[0].genres[0])).toEqual(['label', 'probability', 'decided']);
});

test('a failed poster has a line with its error, and the exit code is 3', async () => {
  const { folder, model, posters } = await prepared();
  const bad = join(folder, 'bad.jpg');
  await writeFile(bad, '<html>');
  const result = await onesheet(
    ['predict', '-', '--model', model, '--format', 'jsonl'],
    `${bad}\n${posters[0]}\n`,
  );
  expect(result.code).toBe(3);
  const [failed, good] = result.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(failed).toEqual({
    id: join(folder, 'bad'),
    source: bad,
    error: { code: 'IMAGE_FORMAT', message: expect.stringContaining(bad) },
  });
  expect(good.genres).toHaveLength(3);
  expect(result.stderr).toContain('1 of 2 posters failed.');
});

test('json is one array, csv has a header and a column for each genre, table is for people', async () => {
  const { model, posters } = await prepared();
  const run = async (format: string): Promise<string> =>
    (await onesheet(['predict', ...posters, '--model', model, '--format', format])).stdout;
  expect(JSON.parse(await run('json'))).toHaveLength(3);
  const rows = (await run('csv')).trimEnd().split('\n');
  expect(rows[0]).toBe('id,source,genres,Comedy,Drama,Horror,model,error');
  expect(rows).toHaveLength(4);
  expect(await run('table')).toMatch(/synthetic-00000\.png\n {2}\w+ \d+%/);
});

test('probabilities are written with five decimals, and no name is a formula', async () => {
  const { folder, model, posters } = await prepared();
  await copyFile(posters[0]!, join(folder, '=cmd,1.png'));
  const ask = async (format: string): Promise<string> =>
    (await onesheet(['predict', folder, '--model', model, '--format', format])).stdout;
  const numbers = (await ask('jsonl')).match(/(?<="probability":)[^,]+/g)!;
  expect(numbers).toHaveLength(12);
  for (const number of numbers) expect(number).toMatch(/^0(\.\d{1,5})?$/);
  const row = (await ask('csv')).split('\n').find((line) => line.includes('=cmd'));
  expect(row).toMatch(/^"'=cmd,1/);
  expect(row).toMatch(/,0\.\d{1,5},0\.\d{1,5},0\.\d{1,5},tiny@/);
});

test('a model that is missing or none of ours is one sentence and exit code 1', async () => {
  const { folder, posters } = await prepared();
  const noise = join(folder, 'noise.onnx');
  await writeFile(noise, 'not a model');
  for (const model of [join(folder, 'gone.onnx'), noise, folder]) {
    const { code, stderr } = await onesheet(['predict', posters[0]!, '--model', model]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^onesheet: [^\n]+\n$/);
    expect(stderr).toContain(model);
  }
});

test('an unknown policy names those that the model has, with exit code 2', async () => {
  const { model, posters } = await prepared();
  const { code, stderr } = await onesheet(['predict', posters[0]!, '--model', model, '--policy', 'best']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'onesheet: Expected one of top=1 to top=3, f1, precision=0.8 (this model keeps no other precision and recall) for policy but received best.\n',
  });
});

test('texts are heard beside the picture, and posters without any are counted', async () => {
  const { folder, model, posters } = await prepared();
  const texts = join(folder, 'texts.jsonl');
  await writeFile(texts, '{"id":"synthetic-00001","texts":["the haunted house"]}\n');
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'));
  const words = ['predict', ...posters, '--model', model, '--format', 'jsonl'];
  const [alone, heard] = await Promise.all([onesheet(words), onesheet([...words, '--texts', texts])]);
  expect(heard).toMatchObject({ code: 0, stderr: `onesheet: ${texts} has texts of 1 of 3 posters.\n` });
  const horrorOf = (stdout: string): number[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).genres.find(({ label }: { label: string }) => label === 'Horror'))
      .map(({ probability }) => probability);
  const gained = horrorOf(heard.stdout).map((probability, i) => probability - horrorOf(alone.stdout)[i]!);
  expect(gained[1]).toBeGreaterThan(gained[0]!);
  expect(gained[1]).toBeGreaterThan(gained[2]!);
  expect(JSON.parse(heard.stdout.split('\n')[0]!).model).toMatch(/^tiny@[0-9a-f]{12}\+texts$/);
});

test('titles are heard beside texts, from any table, and of each file is said how many posters it knows', async () => {
  const { folder, model, posters } = await prepared();
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'));
  const [titles, texts] = [join(folder, 'films.tsv'), join(folder, 'texts.jsonl')];
  await writeFile(titles, 'tconst\tprimaryTitle\tstartYear\nsynthetic-00001\tThe Haunted House\t1999\n');
  const words = ['predict', ...posters, '--model', model, '--format', 'jsonl'];
  const heard = await onesheet([...words, '--titles', titles]);
  expect(heard).toMatchObject({ code: 0, stderr: `onesheet: ${titles} has titles of 1 of 3 posters.\n` });
  await writeFile(texts, '{"id":"synthetic-00001","texts":["the haunted house"]}\n');
  const alike = await onesheet([...words, '--texts', texts]);
  expect(alike.stdout).toBe(heard.stdout);
  await writeFile(texts, '{"id":"nobody","texts":[]}\n');
  await writeFile(titles, 'id\ttitle\nnoone\tHeat\n\tAlien\nnobody\t\n');
  const missed = await onesheet([...words, '--texts', texts, '--titles', titles]);
  expect(missed.stderr).toBe(
    `onesheet: Not heard of the 3 rows of ${titles}: without the name of a poster, or unreadable, 1; without a title, 1.\n` +
      `onesheet: ${texts} has texts of 0 of 3 posters; its ids are such as nobody.\n` +
      `onesheet: ${titles} has titles of 0 of 3 posters; its ids are such as noone.\n`,
  );
});

test('texts for a model that has no model of texts are refused by name', async () => {
  const { folder, model, posters } = await prepared();
  const { code, stderr } = await onesheet(['predict', ...posters, '--model', model, '--texts', model]);
  const missing = join(folder, 'tiny.texts.safetensors');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `onesheet: Cannot find ${missing}: expected a model of texts (.texts.safetensors).\n`,
  });
});

test('what is passed over is counted by kind, and pictures beside a poster on demand', async () => {
  const { folder, model, posters } = await prepared();
  const library = join(folder, 'lib');
  await mkdir(join(library, 'Heat (1995)'), { recursive: true });
  for (const name of ['poster.png', 'fanart.png', '._poster.png'])
    await copyFile(posters[0]!, join(library, 'Heat (1995)', name));
  await writeFile(join(library, 'notes.txt'), 'no poster');
  const ids = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(',')[0]);
  const run = (...words: string[]) =>
    onesheet(['predict', library, '--model', model, '--format', 'csv', ...words]);
  const [usual, all] = await Promise.all([run(), run('--no-library')]);
  expect(usual).toMatchObject({
    code: 0,
    stderr:
      'onesheet: passed over 1 file or folder of macOS (._, __MACOSX), 1 picture beside a poster (fanart, banner, logo, disc), 1 file that is no picture.\n',
  });
  expect(ids(usual.stdout)).toEqual(['Heat (1995)']);
  expect(ids(all.stdout)).toEqual(['Heat (1995)/fanart', 'Heat (1995)']);
});

test('nothing found is a sentence and exit code 2', async () => {
  const { folder, model } = await prepared();
  const empty = join(folder, 'empty');
  await mkdir(empty);
  await writeFile(join(empty, '.hidden.jpg'), '');
  const { code, stdout, stderr } = await onesheet(['predict', empty, '--model', model, '--format', 'jsonl']);
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: `onesheet: Found nothing in ${empty}: expected posters, beside 1 hidden file or folder.\n`,
  });
});

test('failures are summed up by their reason, an example of each', async () => {
  const { folder, model, posters } = await prepared();
  const page = join(folder, 'page.jpg');
  await writeFile(page, '<html>');
  const list = [posters[0]!, 'gone-1.jpg', 'gone-2.jpg', page, 'gone-3.jpg'].join('\n');
  const { code, stderr } = await onesheet(['predict', '-', '--model', model, '--format', 'csv'], list);
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr:
      'onesheet: 4 of 5 posters failed.\n  Cannot find the image gone-1.jpg. And 2 more like it.\n' +
      `  Expected a JPEG, PNG, WebP, AVIF, GIF or TIFF image but ${page} is an HTML page.\n`,
  });
});

test('a picture on standard input is read by its content', async () => {
  const { model, posters } = await prepared();
  const { code, stdout } = await onesheet(
    ['predict', '-', '--model', model, '--format', 'jsonl'],
    await readFile(posters[0]!),
  );
  expect([code, JSON.parse(stdout).id]).toEqual([0, 'standard input']);
});

test('one text is never heard for several films, and paths name a poster as its id does', async () => {
  const { folder, model, posters } = await prepared();
  const library = join(folder, 'lib');
  for (const film of ['Alpha (1999)', 'Beta (2001)', 'Gamma (2012)']) {
    await mkdir(join(library, film), { recursive: true });
    await copyFile(posters[0]!, join(library, film, 'poster.png'));
  }
  const texts = join(folder, 'texts.jsonl');
  await writeFile(
    texts,
    '{"id":"Alpha (1999)/poster","texts":["the haunted house"]}\n{"id":"poster","texts":["the haunted house"]}\n',
  );
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'));
  const words = ['predict', library, '--model', model, '--format', 'jsonl'];
  const [alone, heard] = await Promise.all([onesheet(words), onesheet([...words, '--texts', texts])]);
  expect(heard.stderr).toBe(`onesheet: ${texts} has texts of 1 of 3 posters.\n`);
  const horrorOf = (stdout: string): number[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).genres.find(({ label }: { label: string }) => label === 'Horror'))
      .map(({ probability }) => probability);
  const [without, beside] = [horrorOf(alone.stdout), horrorOf(heard.stdout)];
  expect(beside[0]).not.toBeCloseTo(without[0]!, 3);
  expect(beside[1]).toBe(beside[2]);
});
