/** @module Posters and genres -> what is true of the posters, as far as it is known. */
import { knownMatrix, labelMatrix, type Poster } from '../dataset/index.ts';
import type { Labels } from '../evaluate/index.ts';

/** Labels [posters, genres]. */
export function labelsOf(
  posters: readonly Pick<Poster, 'genres' | 'known'>[],
  genres: readonly string[],
): Labels<Uint8Array> {
  return {
    rows: posters.length,
    columns: genres.length,
    data: labelMatrix(posters, genres),
    known: knownMatrix(posters, genres),
  };
}
