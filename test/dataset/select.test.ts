import { describe, expect, it } from 'vitest';
import { assembleDataset, noFindings, type Poster } from '../../src/dataset/poster.ts';
import {
  knownMatrix,
  labelMatrix,
  minimumSupportFor,
  requireGenres,
  selectGenres,
} from '../../src/dataset/select.ts';

const genres = ['Comedy', 'Drama', 'War'];

function poster(id: string, own: readonly string[], known?: readonly string[]): Poster {
  return { id, genres: own, known, group: id, source: { kind: 'file', path: `${id}.jpg` } };
}

describe('what is known of posters', () => {
  it('is told pair by pair, in the shape of the labels', () => {
    const posters = [poster('a', ['Drama']), poster('b', ['War'], ['War', 'Western', 'Comedy'])];
    expect([...labelMatrix(posters, genres)]).toEqual([0, 1, 0, 0, 0, 1]);
    expect([...knownMatrix(posters, genres)!]).toEqual([1, 1, 1, 1, 0, 1]);
  });

  it('needs no matrix where every genre that is asked for was judged', () => {
    expect(knownMatrix([poster('a', ['Drama']), poster('b', [], [...genres, 'Western'])], genres)).toBe(
      undefined,
    );
    expect(knownMatrix([], genres)).toBe(undefined);
  });

  it('belongs to the identity of the data, which is the old one where everything is known', () => {
    const hashOf = (posters: Poster[]) => assembleDataset('films', posters, noFindings).hash;
    const whole = hashOf([poster('a', ['War', 'Drama'])]);
    expect(whole).toBe('7a4dbecc9d5fea27ef8ccc2d1a4aacab4219ebedc3b6cbde6d550431112833e4');
    const part = hashOf([poster('a', ['War', 'Drama'], ['War', 'Drama'])]);
    expect(part).not.toBe(whole);
    expect(hashOf([poster('a', ['Drama', 'War'], ['Drama', 'War'])])).toBe(part);
  });
});

/** So many posters of each genre, one genre each. */
function datasetOf(counts: Readonly<Record<string, number>>) {
  const posters = Object.entries(counts).flatMap(([genre, count]) =>
    Array.from({ length: count }, (_, i) => poster(`${genre}-${i}`, [genre])),
  );
  return assembleDataset('films.csv', posters, noFindings);
}

describe('the posters that a genre needs', () => {
  it.each([
    [20, 10],
    [600, 10],
    [667, 11],
    [6233, 94],
    [6667, 100],
    [100_000, 100],
  ])('grow with the data set: of %i labelled ones %i', (labelled, expected) => {
    expect(minimumSupportFor(datasetOf({ Drama: labelled }))).toBe(expected);
  });

  it('choose the genres that are learned, unless another number is given', () => {
    const dataset = datasetOf({ Drama: 900, War: 14, Western: 13 });
    expect(selectGenres(dataset)).toEqual({
      minimumSupport: 14,
      genres: ['Drama', 'War'],
      dropped: [{ genre: 'Western', count: 13, reason: '13 posters, fewer than 14', isWord: false }],
    });
    expect(selectGenres(dataset, { minimumSupport: 13 }).genres).toEqual(['Drama', 'War', 'Western']);
  });

  it('are named with the most frequent genre where none has so many', () => {
    expect(() => requireGenres(datasetOf({ Drama: 9, War: 3 }))).toThrow(
      'Every genre of films.csv is too rare: expected one on at least 10 posters, but the most frequent, Drama, is on 9; add posters or lower --minimum-support.',
    );
    expect(() => requireGenres(datasetOf({}))).toThrow(
      'There is nothing to use in films.csv: expected a poster with a genre.',
    );
    expect(requireGenres(datasetOf({ Drama: 10 })).genres).toEqual(['Drama']);
  });
});
