import { expect, test } from 'vitest';
import { textsOf, wordsFor } from '../../src/predict/words.ts';

test('words are sorted by what they add to the genre, and all parts add up to its logit', () => {
  const word = (text: string, line: number, ...logits: number[]) =>
    ({ kind: 'lines', text, line, start: 0, logits: Float64Array.from(logits) }) as const;
  const contributions = {
    picture: Float64Array.of(-1, 0.5),
    words: [word('THE', 0, 0, 0), word('HAUNTED', 0, 0.25, -0.5), word('HOUSE', 1, -0.5, 1)],
    constant: Float64Array.of(0.125, -0.25),
  };
  expect(wordsFor(contributions, 0)).toEqual({
    logit: -1.125,
    picture: -1,
    constant: 0.125,
    words: [
      { text: 'HOUSE', kind: 'lines', line: 1, logit: -0.5 },
      { text: 'HAUNTED', kind: 'lines', line: 0, logit: 0.25 },
    ],
  });
  expect(wordsFor(contributions, 1).logit).toBe(0.75);
});

test('what is heard is told as texts, the title first', () => {
  expect(textsOf({ lines: ['A', 'B'], title: 'Heat', year: 1995 })).toEqual(['Heat', 'A', 'B']);
  expect(textsOf({})).toEqual([]);
});
