import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeTensors } from '../../src/safetensors.ts';
import { hashOf } from '../../src/text/features.ts';
import { besideText, combinations, encodeTextModel, loadTextModel, readTexts } from '../../src/text/index.ts';
import { temporaryFolder, tinyGenres } from '../model/fixture.ts';
import { tinyTextModel, writeTinyTextModel } from './fixture.ts';

const unsure = [0.5, 0.5, 0.5];
const both = { kinds: ['lines', 'title'] } as const;

test('beside a network, unknown labels of either set of posters change nothing', () => {
  const isKnown = (poster: number, g: number) => (poster + g) % 4 !== 0;
  const fitted = (contradicted: boolean) => tinyTextModel({ isKnown, contradicted, ...both });
  expect(fitted(true)).toEqual(fitted(false));
  expect(fitted(false)).not.toEqual(tinyTextModel(both));
});

test('beside a network texts count as much as validation posters say', () => {
  const { model, validation } = tinyTextModel(both);
  expect([model.posters, model.films]).toEqual([90, 60]);
  expect(validation.map(({ combination, posters }) => [combination, posters.length])).toEqual([
    ['title', 30],
    ['lines', 30],
    ['both', 30],
  ]);
  const { judge } = besideText(model);
  for (const heard of [{ lines: ['the haunted house'] }, { title: 'Night of the Ghost' }]) {
    const { probabilities } = judge(heard, unsure);
    expect(probabilities[2]).toBeGreaterThan(0.6);
    expect(probabilities[0]).toBeLessThan(0.4);
  }
  for (const sure of [0, 1])
    for (const p of judge({ title: 'Funny' }, [sure, sure, sure]).probabilities) expect(p).not.toBeNaN();
});

test('each combination of what is heard has its own calibration and policies; where nothing is heard, the network has its word', () => {
  const { model } = tinyTextModel(both);
  const { judge } = besideText(model);
  const lines = ['a very funny wedding'];
  expect(judge({ title: 'Funny' }, unsure).fit).toBe(model.fits.title);
  expect(judge({ lines }, unsure).fit).toBe(model.fits.lines);
  expect(judge({ lines, title: 'Funny' }, unsure).fit).toBe(model.fits.both);
  for (const heard of [{}, { lines: [] }, { title: ' ' }, { title: '漢字' }, { year: 1999 }])
    expect(judge(heard, [0.1, 0.2, 0.9])).toEqual({
      probabilities: Float32Array.of(0.1, 0.2, 0.9),
      fit: undefined,
    });
});

test('a model of lines alone hears a title as one of them, and a model of titles lines as a title', () => {
  const ofLines = besideText(tinyTextModel().model);
  expect(ofLines.judge({ title: 'The Haunted House' }, unsure).probabilities).toEqual(
    ofLines.judge({ lines: ['The Haunted House'] }, unsure).probabilities,
  );
  const ofTitles = besideText(tinyTextModel({ kinds: ['title'] }).model);
  expect(ofTitles.judge({ lines: ['NIGHT OF THE GHOST'] }, unsure).probabilities).toEqual(
    ofTitles.judge({ title: 'Night of the Ghost' }, unsure).probabilities,
  );
});

test('the picture, every word and the calibration add up to the logit of each genre', () => {
  const { judge, contributions } = besideText(tinyTextModel(both).model);
  const network = [0.2, 0.7, 0.4];
  const heards = [
    {},
    { title: 'Night of the Ghost', originalTitle: 'Der Geist' },
    { lines: ['coming soon', 'the haunted house'] },
    { lines: ['coming soon', 'the haunted house'], title: 'Night of the Ghost', originalTitle: 'Der Geist' },
  ];
  for (const heard of heards) {
    const { picture, words, constant } = contributions(heard, network);
    judge(heard, network).probabilities.forEach((probability, g) => {
      const logit = picture[g]! + constant[g]! + words.reduce((sum, { logits }) => sum + logits[g]!, 0);
      expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(probability, 6);
    });
  }
  const { words } = contributions(heards[3]!, network);
  expect(words.map(({ kind, line, start, text }) => [kind, line, start, text])).toEqual([
    ['lines', 0, 0, 'coming'],
    ['lines', 0, 7, 'soon'],
    ['lines', 1, 0, 'the'],
    ['lines', 1, 4, 'haunted'],
    ['lines', 1, 12, 'house'],
    ['title', 0, 0, 'Night'],
    ['title', 0, 6, 'of'],
    ['title', 0, 9, 'the'],
    ['title', 0, 13, 'Ghost'],
    ['originalTitle', 0, 0, 'Der'],
    ['originalTitle', 0, 4, 'Geist'],
  ]);
  const of = (text: string) => words.find((word) => word.text === text)!.logits;
  expect(of('haunted')[2]).toBeGreaterThan(of('coming')[2]!);
});

test('a file gives the model back, its weights to a hundredth of the largest', async () => {
  const path = join(await temporaryFolder(), 'tiny.texts.safetensors');
  const { model } = tinyTextModel(both);
  await writeFile(path, encodeTextModel(model));
  const loaded = await loadTextModel(path, tinyGenres);
  expect({ ...loaded, heads: undefined }).toEqual({ ...model, heads: undefined });
  for (const head of ['lines', 'titles'] as const) {
    const [stored, exact] = [loaded.heads[head]!.features, model.heads[head]!.features];
    expect(stored.keys).toEqual(exact.keys);
    const largest = Math.max(...exact.weights.map(Math.abs));
    stored.weights.forEach((weight, i) => {
      expect(Math.abs(weight - exact.weights[i]!)).toBeLessThan(largest / 100);
    });
    stored.rarity.forEach((rarity, i) => {
      expect(rarity / exact.rarity[i]!).toBeCloseTo(1, 1);
    });
  }
});

test('a file of the first format still hears lines, and titles as lines', async () => {
  const path = join(await temporaryFolder(), 'old.texts.safetensors');
  const buckets = ['word ghost', 'word wedding']
    .map((token) => hashOf(token) % 2 ** 18)
    .sort((a, b) => a - b);
  const ghost = buckets.indexOf(hashOf('word ghost') % 2 ** 18);
  const weights = new Int8Array(6);
  weights.set([-127, 0, 127], 3 * ghost);
  const facts = {
    format: 1,
    genres: tinyGenres,
    weight: 0.5,
    calibration: { scale: [1, 1, 2], bias: [0, 0, 0.5] },
    policies: [{ name: 'top=1', kind: 'top', k: 1, fallback: 'none' }],
    posters: 7,
  };
  const tensors = new Map([
    ['buckets', { shape: [2], data: Int32Array.from(buckets) }],
    ['rarity', { shape: [2], data: Float32Array.of(1, 1) }],
    ['weights', { shape: [2, 3], data: weights }],
    ['steps', { shape: [3], data: Float32Array.of(2 / 127, 2 / 127, 2 / 127) }],
    ['bias', { shape: [3], data: Float32Array.of(-1, -1, -1) }],
  ]);
  await writeFile(path, encodeTensors(tensors, { 'onesheet.text': JSON.stringify(facts) }));
  const model = await loadTextModel(path, tinyGenres);
  expect(combinations.filter((combination) => model.fits[combination])).toEqual(['lines']);
  const { judge } = besideText(model);
  for (const heard of [{ lines: ['GHOST'] }, { title: 'Ghost' }]) {
    const { probabilities, fit } = judge(heard, unsure);
    const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
    [sigmoid(0.5 * -2), 0.5, sigmoid(2 * 0.5 * 2 + 0.5)].forEach((probability, g) => {
      expect(probabilities[g]).toBeCloseTo(probability, 6);
    });
    expect(fit?.policies).toEqual(facts.policies);
  }
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
  const { heads, ...rest } = tinyTextModel(both).model;
  await writeFile(path, encodeTextModel({ ...rest, heads: { titles: heads.titles! } }));
  await expect(loadTextModel(path, tinyGenres)).rejects.toMatchObject({ code: 'MODEL_FOREIGN' });
});

test('texts are read by poster; a line that is none is named', async () => {
  const path = join(await temporaryFolder(), 'texts.jsonl');
  await writeFile(
    path,
    '{"id":"a","texts":["HEAT"]}\n\n{"id":"b","texts":[]}\r\n{"id":"c","error":{"code":"IMAGE_DAMAGED"}}\n',
  );
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
