import { expect, test } from 'vitest';
import { diagnose } from '../../src/report/diagnosis.ts';
import { languages } from '../../src/report/format.ts';
import { tongueOf } from '../../src/report/words/tongue.ts';
import { historyOf } from './history.ts';

/** The paths of all sentences, with those that are the same in both. */
function sentencesOf(words: unknown, path: string): [string, unknown][] {
  if (typeof words === 'object' && words !== null)
    return Object.entries(words).flatMap(([key, inner]) => sentencesOf(inner, `${path}.${key}`));
  return [[path, words]];
}

test('every language has every sentence, and as many particulars in each', () => {
  const [first, ...others] = languages.map((language) => new Map(sentencesOf(tongueOf(language), '')));
  for (const other of others) {
    expect([...other.keys()]).toEqual([...first!.keys()]);
    for (const [path, words] of first!)
      expect(`${path} ${typeof other.get(path)}`).toBe(`${path} ${typeof words}`);
  }
});

test('no sentence of three words or more is the same in two languages', () => {
  const [en, de] = languages.map((language) => new Map(sentencesOf(tongueOf(language), '')));
  const same = [...en!].filter(
    ([path, text]) => typeof text === 'string' && text.split(' ').length > 2 && de!.get(path) === text,
  );
  expect(same).toEqual([]);
});

test('a diagnosis is said in the language, with the same figures', () => {
  const rows = historyOf({
    training: [0.55, 0.48, 0.42, 0.36, 0.3, 0.25, 0.2, 0.16, 0.13, 0.1],
    validation: [0.54, 0.49, 0.46, 0.45, 0.46, 0.475, 0.49, 0.51, 0.53, 0.55],
  });
  const [en, de] = languages.map((language) => diagnose(rows, {}, tongueOf(language)));
  expect(de!.map(({ kind, figures }) => [kind, figures])).toEqual(
    en!.map(({ kind, figures }) => [kind, figures]),
  );
  const text = de!.find(({ kind }) => kind === 'overfitting')!.text;
  expect(text).toMatch(/Überanpassung\. Der Anstieg ist das \d+-Fache der Rauheit der Kurve von 0,\d{4}\.$/);
  expect(text).toContain('0,450 auf 0,550');
});
