import { describe, expect, it } from 'vitest';
import { assembleDataset, noFindings, type Poster } from '../../src/dataset/poster.ts';
import { knownMatrix, labelMatrix } from '../../src/dataset/select.ts';

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
