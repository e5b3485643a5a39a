import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import {
  besideText,
  countFeatures,
  linearLogits,
  loadTextModel,
  readTexts,
  trainLinear,
} from '../../src/text/index.ts';
import { temporaryFolder, tinyGenres } from '../model/fixture.ts';
import { tinyTextModel, writeTinyTextModel } from './fixture.ts';

const lines = [
  ...Array.from({ length: 12 }, () => ['WOODY ALLEN', 'a romance']),
  ...Array.from({ length: 12 }, () => ['the haunted house']),
];
const labels = lines.map((_, i) => (i < 12 ? [1, 0] : [0, 1]));
const linear = () => trainLinear(lines.map(countFeatures), labels, Random.fromSeed(1));

test('what stands on posters of a genre speaks for it, also misread, in another case or with accents', () => {
  const logits = linearLogits(linear());
  for (const line of ['Woody Allen', 'WOODV ALLEN', 'Wöody Allén']) {
    const [romance, horror] = logits(countFeatures([line]));
    expect(romance).toBeGreaterThan(horror!);
  }
  const [romance, horror] = logits(countFeatures(['haunted hou5e']));
  expect(horror).toBeGreaterThan(romance!);
});

test('a text that says nothing gets the share of each genre among the posters that were learned from', () => {
  for (const text of [[], ['漢字'], ['zzz']]) {
    for (const logit of linearLogits(linear())(countFeatures(text))) expect(logit).toBeCloseTo(0, 6);
  }
});

test('the same seed gives the same bits', () => {
  expect(linear()).toEqual(linear());
});

test('labels of which nothing is known teach nothing', () => {
  const known = labels.map((_, i) => [i % 3 === 0 ? 0 : 1, i % 4 === 0 ? 0 : 1]);
  const learned = (rows: readonly number[][]) =>
    trainLinear(lines.map(countFeatures), rows, Random.fromSeed(1), known);
  const other = labels.map((row, i) => row.map((label, g) => (known[i]![g] === 0 ? 1 - label : label)));
  expect(learned(other)).toEqual(learned(labels));
  expect(learned(labels)).not.toEqual(linear());
  const everything = labels.map((row) => row.map(() => 1));
  expect(trainLinear(lines.map(countFeatures), labels, Random.fromSeed(1), everything)).toEqual(linear());
});

test('beside a network, too, unknown labels of either set of posters change nothing', () => {
  const fitted = (changed: boolean) => tinyTextModel((poster, g) => (poster + g) % 4 !== 0, changed);
  expect(fitted(true)).toEqual(fitted(false));
  expect(fitted(false)).not.toEqual(tinyTextModel());
});

test('a text that is far too long is read in part', () => {
  const { words, letters } = countFeatures(Array.from({ length: 1000 }, (_, i) => `${i} `.repeat(200)));
  expect(words.size).toBeLessThan(3000);
  expect(letters.size).toBeLessThan(20_000);
});

test('beside a network the text counts as much as validation posters say, and nothing where there is none', () => {
  const { model, probability } = tinyTextModel();
  expect(model.weight).toBeGreaterThan(0);
  expect(model.posters).toBe(90);
  expect([probability.rows, probability.columns]).toEqual([30, 3]);
  const together = besideText(model);
  const unsure = [0.5, 0.5, 0.5];
  const [, , horror] = together({ lines: ['the haunted house'] }, unsure);
  const without = together({}, unsure);
  expect(horror).toBeGreaterThan(without[2]! + 0.1);
  expect([...together({ lines: ['xyz'] }, unsure)]).toEqual([...without]);
  const { bias } = model.calibration;
  without.forEach((p, g) => {
    expect(p).toBeCloseTo(1 / (1 + Math.exp(-bias[g]!)), 6);
  });
  for (const sure of [0, 1]) for (const p of together({}, [sure, sure, sure])) expect(p).not.toBeNaN();
});

test('a file gives the model back, its weights to a hundredth of the largest', async () => {
  const path = join(await temporaryFolder(), 'tiny.texts.safetensors');
  await writeTinyTextModel(path);
  const { model } = tinyTextModel();
  const loaded = await loadTextModel(path, tinyGenres);
  expect({ ...loaded, linear: undefined }).toEqual({ ...model, linear: undefined });
  expect(loaded.linear.buckets).toEqual(model.linear.buckets);
  const largest = Math.max(...model.linear.weights.map(Math.abs));
  loaded.linear.weights.forEach((weight, i) => {
    expect(Math.abs(weight - model.linear.weights[i]!)).toBeLessThan(largest / 100);
  });
});

test('a file of other genres, of another kind or damaged is refused by name', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'tiny.texts.safetensors');
  await writeTinyTextModel(path);
  await expect(loadTextModel(path, ['Drama'])).rejects.toMatchObject({
    code: 'MODEL_FOREIGN',
    message: `${path} is not a onesheet model: its genres are not those of the network.`,
  });
  const bytes = await readFile(path);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(path, bytes);
  await expect(loadTextModel(path, tinyGenres)).rejects.toMatchObject({ code: 'TENSOR_FILE_DAMAGED' });
  await expect(loadTextModel(join(folder, 'none'), tinyGenres)).rejects.toMatchObject({
    code: 'FILE_MISSING',
  });
});

test('texts are read by poster; a line that is none is named', async () => {
  const path = join(await temporaryFolder(), 'texts.jsonl');
  await writeFile(path, '{"id":"a","texts":["HEAT"]}\n\n{"id":"b","texts":[]}\r\n');
  expect(await readTexts(path)).toEqual(
    new Map([
      ['a', ['HEAT']],
      ['b', []],
    ]),
  );
  for (const line of ['no JSON', '{"id":1,"texts":[]}', '{"id":"a","texts":"HEAT"}', '[]']) {
    await writeFile(path, `{"id":"a","texts":[]}\n${line}`);
    await expect(readTexts(path)).rejects.toMatchObject({
      code: 'TEXTS_INVALID',
      message: `Expected {"id": "...", "texts": ["...", ...]} in line 2 of ${path} but found something else.`,
    });
  }
});
