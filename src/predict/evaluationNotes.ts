/** @module What was measured of which posters, by which policy -> what to know of the figures, one sentence each. */
import { type Dataset, onlyUnlearned, type Poster } from '../dataset/index.ts';
import { type Policy, sayNeverGiven } from '../evaluate/index.ts';
import type { UnlearnedPoster } from '../run/index.ts';

export function unlearnedPosters(posters: readonly Poster[], genres: readonly string[]): UnlearnedPoster[] {
  return posters
    .filter((poster) => onlyUnlearned(poster.genres, genres))
    .map((poster) => ({ id: poster.id, genres: poster.genres ?? [] }));
}

/** What of a table's rows is not measured. */
export function notesOnRows({ findings }: Dataset): string[] {
  const { rows, rowsWithoutImage, rowsWithoutGenre, unreadableRows } = findings;
  const counts = [
    [unreadableRows.length, 'unreadable'],
    [rowsWithoutImage.length, 'without a picture'],
    [rowsWithoutGenre.length, 'without a genre'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `Not measured, ${what}: ${count} of ${rows} rows.`);
}

/** @param measured how many posters were; `failed` how many could not be read */
export function notesOnMeasures(
  measured: number,
  failed: number,
  unlearned: readonly UnlearnedPoster[],
  policy: Policy,
  genres: readonly string[],
): string[] {
  const notes: string[] = [];
  if (failed > 0) notes.push(`Not measured, unreadable: ${failed} of ${measured + failed} posters.`);
  if (unlearned.length > 0) {
    const named = [...new Set(unlearned.flatMap((poster) => poster.genres))].sort().join(', ');
    notes.push(
      `Only genres that were not learned (${named}): ${unlearned.length} of ${measured} posters, measured as posters without any that was, and named as no error.`,
    );
  }
  const never = sayNeverGiven(policy, genres);
  if (never !== undefined) notes.push(never);
  return notes;
}
