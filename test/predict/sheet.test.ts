import { expect, test } from 'vitest';
import { sheetHeader, sheetRow } from '../../src/predict/index.ts';

const prediction = {
  id: 'a',
  source: 'posters/a, or b.jpg',
  genres: [
    { label: 'Horror', probability: 0.9000001, decided: true },
    { label: 'Drama', probability: 0.25, decided: false },
    { label: '=Comedy', probability: 0.7, decided: true },
  ],
  model: 'tiny@0123456789ab',
};
const failure = { id: '-1', source: 'b', error: { code: 'IMAGE_EMPTY', message: 'b is empty.' } };
const genres = ['=Comedy', 'Drama', 'Western', 'Horror'];

test('a prediction has a cell for every column, its genres in their order and its probabilities in the columns’', () => {
  expect(sheetHeader({ genres })).toBe("id,source,genres,'=Comedy,Drama,Western,Horror,model,error");
  expect(sheetRow(prediction, { genres })).toBe(
    'a,"posters/a, or b.jpg",Horror|=Comedy,0.7,0.25,,0.9,tiny@0123456789ab,',
  );
});

test('a failure has its sentence and nothing else', () => {
  expect(sheetRow(failure, { genres })).toBe("'-1,b,,,,,,,b is empty.");
  expect(sheetRow(failure, { genres, policy: true })).toBe("'-1,b,,,,,,,,b is empty.");
});

test('the policy has a column where it is told', () => {
  const sheet = { genres: ['Drama'], policy: true };
  expect(sheetHeader(sheet)).toBe('id,source,genres,Drama,model,policy,error');
  expect(sheetRow({ ...prediction, policy: 'f1' }, sheet)).toBe(
    'a,"posters/a, or b.jpg",Horror|=Comedy,0.25,tiny@0123456789ab,f1,',
  );
});
