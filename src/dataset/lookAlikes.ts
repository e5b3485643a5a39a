/** @module Names of genres -> the pairs that look alike and may be one genre, misspelled. */
import type { GenreVocabulary } from './vocabulary.ts';

export interface LookAlikes {
  /** The more frequent one first. */
  readonly genres: readonly [string, string];
  readonly reason: 'letters of another alphabet' | 'one letter differs';
}

/** Greek and Cyrillic letters, and below each the Latin letter that it looks like. */
const lookalike = 'аеорсухіјѕԁһӏкѵνορακιτη';
const latin = 'aeopcyxijsdhlkvvopakitn';
const confusable = new Map([...lookalike].map((letter, at) => [letter, latin[at]]));

/** @param genres the most frequent first. */
export function findLookAlikes(genres: readonly string[], vocabulary: GenreVocabulary): LookAlikes[] {
  return genres.flatMap((one, at) =>
    genres.slice(at + 1).flatMap((other): LookAlikes[] => {
      const [a, b] = [vocabulary.keyOf(one), vocabulary.keyOf(other)];
      if (inLatin(a) === inLatin(b)) return [{ genres: [one, other], reason: 'letters of another alphabet' }];
      if (vocabulary.knows(one) && vocabulary.knows(other)) return [];
      return Math.min(a.length, b.length) >= 4 && isOneEditAway(a, b)
        ? [{ genres: [one, other], reason: 'one letter differs' }]
        : [];
    }),
  );
}

function inLatin(name: string): string {
  return [...name.normalize('NFKD')]
    .filter((letter) => !/\p{M}/u.test(letter))
    .map((letter) => confusable.get(letter) ?? letter)
    .join('');
}

/** Whether one letter was changed, left out or added, or two neighbours change places. */
function isOneEditAway(a: string, b: string): boolean {
  if (a.length > b.length) return isOneEditAway(b, a);
  if (b.length - a.length > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  if (a.length < b.length) return a.slice(start) === b.slice(start + 1);
  if (a.slice(start + 1) === b.slice(start + 1)) return true;
  return a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2);
}
