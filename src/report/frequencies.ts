/** @module A run's genres -> their order everywhere in a report: the most frequent in training first. */

interface Frequencies {
  readonly genres: readonly string[];
  /** Each genre's share of the training posters. */
  readonly prevalence: readonly number[];
}

/** Columns of the genres in the order of their frequency; equal ones in that of their names. */
export function byFrequency({ genres, prevalence }: Frequencies): number[] {
  return [...genres.keys()].sort((a, b) => (prevalence[b] ?? 0) - (prevalence[a] ?? 0) || a - b);
}

/** The genres themselves in that order. */
export function genresByFrequency(frequencies: Frequencies): string[] {
  return byFrequency(frequencies).map((column) => frequencies.genres[column]!);
}
