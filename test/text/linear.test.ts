import { expect, test } from 'vitest';
import { countFeatures, hashOfWord } from '../../src/text/features.ts';
import { linearContributions, linearLogits } from '../../src/text/linear.ts';
import { trainLinear } from '../../src/text/train.ts';
import type { WordVectors } from '../../src/text/vectors.ts';

const lines = [
  ...Array.from({ length: 12 }, () => ['WOODY ALLEN', 'a romance']),
  ...Array.from({ length: 12 }, () => ['the haunted house']),
];
const labels = lines.map((_, i) => (i < 12 ? [1, 0] : [0, 1]));
const texts = lines.map(countFeatures);
const linear = () => trainLinear({ texts, labels });

/** `ghost` means what `haunted` means, and `love` what `romance` does. */
function vectors(): WordVectors {
  const meanings = { haunted: [1, 0], ghost: [1, 0], romance: [0, 1], love: [0, 1] };
  return {
    hashes: Object.keys(meanings).map(hashOfWord),
    size: 2,
    data: Float32Array.from(Object.values(meanings).flat()),
  };
}

test('what stands on posters of a genre speaks for it, also misread, in another case or with accents', () => {
  const logits = linearLogits(linear());
  for (const line of ['Woody Allen', 'WOODV ALLEN', 'Wöody Allén']) {
    const [romance, horror] = logits(countFeatures([line]))!;
    expect(romance).toBeGreaterThan(horror!);
  }
  const [romance, horror] = logits(countFeatures(['haunted hou5e']))!;
  expect(horror).toBeGreaterThan(romance!);
});

test('an accent is no end of a word, and changes none', () => {
  expect(countFeatures(['Amélie'])).toEqual(countFeatures(['AMELIE']));
});

test('of a text that says nothing that is known, nothing is said', () => {
  for (const text of [[], ['漢字'], ['zzz']])
    expect(linearLogits(linear())(countFeatures(text))).toBeUndefined();
});

test('the same texts give the same bits', () => {
  expect(linear()).toEqual(linear());
});

test('labels of which nothing is known teach nothing', () => {
  const known = labels.map((_, i) => [i % 3 === 0 ? 0 : 1, i % 4 === 0 ? 0 : 1]);
  const learned = (rows: readonly number[][]) => trainLinear({ texts, labels: rows, known });
  const other = labels.map((row, i) => row.map((label, g) => (known[i]![g] === 0 ? 1 - label : label)));
  expect(learned(other)).toEqual(learned(labels));
  expect(learned(labels)).not.toEqual(linear());
  const everything = labels.map((row) => row.map(() => 1));
  expect(trainLinear({ texts, labels, known: everything })).toEqual(linear());
});

test('with word vectors, a word that no text had says what words of its meaning say', () => {
  const model = trainLinear({ texts, labels }, { vectors: vectors() });
  const logits = linearLogits(model);
  expect(linearLogits(linear())(countFeatures(['ghost']))).toBeUndefined();
  const [romance, horror] = logits(countFeatures(['Ghost']))!;
  expect(horror).toBeGreaterThan(romance! + 0.1);
  const [love, fear] = logits(countFeatures(['LOVE']))!;
  expect(love).toBeGreaterThan(fear! + 0.1);
});

test('features are kept that say most', () => {
  const model = trainLinear({ texts, labels }, { mostFeatures: 20 });
  expect(model.features.keys).toHaveLength(20);
  expect(linear().features.keys.length).toBeGreaterThan(40);
  const [romance, horror] = linearLogits(model)(countFeatures(['the haunted house']))!;
  expect(horror).toBeGreaterThan(romance!);
});

test('a text that is far too long is read in part', () => {
  const { words, letters } = countFeatures(Array.from({ length: 1000 }, (_, i) => `${i} `.repeat(200)));
  expect(words.size).toBeLessThan(3000);
  expect(letters.size).toBeLessThan(20_000);
});

test('what the words of a text add makes up its logits, each word in its place', () => {
  const model = trainLinear({ texts, labels }, { vectors: vectors() });
  const text = ['The house, the haunted ghost house', 'Woody zzz romance'];
  const counts = countFeatures(text);
  const words = linearContributions(model)(text, counts);
  expect(words.map(({ text: word }) => word)).toEqual([
    'The',
    'house',
    'the',
    'haunted',
    'ghost',
    'house',
    'Woody',
    'zzz',
    'romance',
  ]);
  for (const { text: word, line, start } of words)
    expect(text[line]!.slice(start, start + word.length)).toBe(word);
  const logits = linearLogits(model)(counts)!;
  logits.forEach((logit, g) => {
    expect(words.reduce((sum, word) => sum + word.logits[g]!, 0)).toBeCloseTo(logit, 10);
  });
  const of = (word: string) => words.find(({ text: own }) => own === word)!.logits;
  expect(of('haunted')[1]).toBeGreaterThan(0);
  expect(of('romance')[0]).toBeGreaterThan(0);
  expect([...of('zzz')]).toEqual([0, 0]);
});
