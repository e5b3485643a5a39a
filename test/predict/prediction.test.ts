import { expect, test } from 'vitest';
import { roundProbability, writtenOutcome } from '../../src/predict/index.ts';

test('five decimals are written, without zeros at the end', () => {
  const exact = [Math.fround(0.1), 0.123456789, 0.000004, 0.99999999, 0, 1];
  expect(exact.map(roundProbability)).toEqual([0.1, 0.12346, 0, 1, 0, 1]);
  expect(JSON.stringify(roundProbability(Math.fround(0.3)))).toBe('0.3');
});

test('what was decided stays decided, and a failure stays as it is', () => {
  const genres = [{ label: 'Drama', probability: 0.4999999, decided: false }];
  const prediction = { id: 'a', source: 'a.jpg', genres, model: 'tiny@0' };
  expect(writtenOutcome(prediction)).toEqual({
    ...prediction,
    genres: [{ label: 'Drama', probability: 0.5, decided: false }],
  });
  const failed = { id: 'a', source: 'a.jpg', error: { code: 'IMAGE_EMPTY', message: 'empty' } };
  expect(writtenOutcome(failed)).toBe(failed);
});
