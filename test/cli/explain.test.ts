import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeImage, encodeImage } from '../../src/image/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { writeTinyTextModel } from '../text/fixture.ts';
import { onesheet } from './command.ts';

/** A folder with a model and a poster of 60 x 40 pixels. */
async function folderWithPoster() {
  const folder = await temporaryFolder();
  const data = Uint8Array.from({ length: 60 * 40 * 3 }, (_, at) => (at * 37) % 251);
  const [poster, model] = [join(folder, 'poster.png'), join(folder, 'tiny.onnx')];
  await writeFile(poster, await encodeImage({ height: 60, width: 40, data }, { format: 'png' }));
  await writeFile(model, tinyModel());
  return { folder, poster, model };
}

test('explain draws the map over the poster, in its size and the format of its name', async () => {
  const { folder, poster, model } = await folderWithPoster();
  const out = join(folder, 'map.webp');
  const { code, stdout, stderr } = await onesheet([
    'explain',
    poster,
    '--model',
    model,
    '--genre',
    'horror',
    '--method',
    'hirescam',
    '--out',
    out,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^.*poster\.png\n {2}Horror \d+%, by hirescam: .*map\.webp\n/);
  const image = await decodeImage({ kind: 'file', path: out });
  expect([image.height, image.width]).toEqual([60, 40]);
});

test.each([
  [['--genre', 'Musical'], 'The model knows no genre Musical: expected one of Comedy, Drama, Horror.'],
  [['--method', 'magic'], 'Expected one of: gradcam, hirescam, layercam, occlusion, rise'],
  [['--out', 'map.gif'], 'Expected a file name that ends in .png or .webp for out but received map.gif.'],
  [['--layer', '7x7'], 'Expected the name of a feature map or one of 6x4'],
])('explain with %j is wrong usage and says what was expected', async (words, message) => {
  const { poster, model } = await folderWithPoster();
  const { code, stderr, stdout } = await onesheet(['explain', poster, '--model', model, ...words]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('explain overwrites no map of another poster: files are named after the film and the genre, and numbered', async () => {
  const { folder, poster, model } = await folderWithPoster();
  const films = ['Alpha (1999)', 'Beta (2001)'];
  for (const film of films) {
    await mkdir(join(folder, film));
    await copyFile(poster, join(folder, film, 'poster.png'));
  }
  const words = (path: string) => [
    'explain',
    path,
    '--model',
    model,
    '--genre',
    'Horror',
    '--method',
    'hirescam',
  ];
  for (const path of ['Alpha (1999)/poster.png', 'Beta (2001)/poster.png', 'Alpha (1999)/poster.png'])
    expect((await onesheet(words(path), '', folder)).code).toBe(0);
  const maps = (await readdir(folder)).filter((name) => name.includes('horror'));
  expect(maps.sort()).toEqual([
    'Alpha (1999)-horror-2.png',
    'Alpha (1999)-horror.png',
    'Beta (2001)-horror.png',
  ]);
});

test('explain says which words speak for the genre, in sentences and as parts that add up', async () => {
  const { folder, poster, model } = await folderWithPoster();
  const film = join(folder, 'film.png');
  await copyFile(poster, film);
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'));
  const texts = join(folder, 'texts.jsonl');
  await writeFile(texts, '{"id":"film","texts":["the haunted house","qqq"]}\n');
  const words = ['explain', film, '--model', model, '--genre', 'Horror', '--method', 'hirescam'];
  const asked = [...words, '--texts', texts, '--out', join(folder, 'map.png')];
  const told = await onesheet(asked);
  expect({ code: told.code, stderr: told.stderr }).toEqual({ code: 0, stderr: '' });
  expect(told.stdout).toMatch(
    /\n {2}logit [+-]\d+\.\d\d = picture [+-]\d+\.\d\d, words \+\d+\.\d\d, calibration [+-]\d+\.\d\d\n {2}words: (haunted|house) \+/,
  );
  const { stdout } = await onesheet([...asked, '--format', 'json']);
  const explained = JSON.parse(stdout);
  expect(Object.keys(explained)).toEqual([
    'source',
    'genre',
    'probability',
    'method',
    'picture',
    'texts',
    'words',
  ]);
  expect(explained.texts).toEqual(['the haunted house', 'qqq']);
  const { logit, picture, constant, words: spoken } = explained.words;
  const sum = spoken.reduce((total: number, word: { logit: number }) => total + word.logit, 0);
  expect(picture + constant + sum).toBeCloseTo(logit, 6);
  expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(explained.probability, 4);
});
