/** @module A data set and a minimum support -> the genres to learn, those dropped and why, label vectors and what is known of them. */
import { onesheetError } from '../errors.ts';
import { compareText, type Dataset, type Poster } from './poster.ts';

export interface DroppedGenre {
  readonly genre: string;
  /** Posters that carry it. */
  readonly count: number;
  /** For people: "1 poster, fewer than 50". */
  readonly reason: string;
  /** Whether it is a word such as `N/A`, which says that the genre is missing. */
  readonly isWord: boolean;
}

export interface GenreSelection {
  /** As it was given, or {@link minimumSupportFor} the data set. */
  readonly minimumSupport: number;
  /** In the order of labels: alphabetical. */
  readonly genres: readonly string[];
  /** The most frequent first; words such as `N/A`, which are no genre, last. */
  readonly dropped: readonly DroppedGenre[];
}

export interface SelectOptions {
  /**
   * A genre on fewer labelled posters than this is dropped: too few to learn from and to measure on.
   * @default as {@link minimumSupportFor} the data set
   */
  readonly minimumSupport?: number;
}

/**
 * Posters that a genre needs in a data set, unless another number is given: 1.5 % of the labelled ones, at least 10,
 * at most 100; see docs/decisions/dataset.md.
 */
export function minimumSupportFor({ labelled }: Dataset): number {
  return Math.min(100, Math.max(10, Math.ceil(0.015 * labelled.length)));
}

/**
 * Chooses the genres to learn. A labelled poster all of whose genres are dropped stays in the data set,
 * with a label vector of zeros: that none of the chosen genres fits it is true and worth learning.
 *
 * @throws {OnesheetError} OPTION_INVALID for a minimum support that is no positive integer.
 */
export function selectGenres(dataset: Dataset, options: SelectOptions = {}): GenreSelection {
  const { minimumSupport = minimumSupportFor(dataset) } = options;
  if (!Number.isSafeInteger(minimumSupport) || minimumSupport < 1)
    throw onesheetError('OPTION_INVALID', 'minimumSupport', 'a positive integer', String(minimumSupport));
  const counts = [...dataset.genreCounts];
  const genres = counts.filter(([, count]) => count >= minimumSupport).map(([genre]) => genre);
  const rare = counts.filter(([, count]) => count < minimumSupport);
  return {
    minimumSupport,
    genres: genres.sort(compareText),
    dropped: [
      ...rare.map(([genre, count]) => ({
        genre,
        count,
        reason: `${postersText(count)}, fewer than ${minimumSupport}`,
        isWord: false,
      })),
      ...[...dataset.findings.missingWords].map(([genre, count]) => ({
        genre,
        count,
        reason: `${postersText(count)}, but it says that the genre is missing`,
        isWord: true,
      })),
    ],
  };
}

/**
 * As {@link selectGenres}, for when there must be genres.
 *
 * @throws {OnesheetError} DATASET_EMPTY without a labelled poster; GENRES_RARE when every genre is dropped
 */
export function requireGenres(dataset: Dataset, options: SelectOptions = {}): GenreSelection {
  const selection = selectGenres(dataset, options);
  if (selection.genres.length > 0) return selection;
  const [most] = dataset.genreCounts;
  if (most === undefined) throw onesheetError('DATASET_EMPTY', dataset.name, 'a poster with a genre');
  throw onesheetError('GENRES_RARE', dataset.name, selection.minimumSupport, most[0], most[1]);
}

function postersText(count: number): string {
  return `${count} ${count === 1 ? 'poster' : 'posters'}`;
}

/** Whether a poster has genres, but none of those that are learned. */
export function onlyUnlearned(own: readonly string[] | undefined, learned: readonly string[]): boolean {
  return own !== undefined && own.length > 0 && !own.some((genre) => learned.includes(genre));
}

/** `[posters, genres]`, row-major: 1 where the poster carries the genre. Genres not asked for are ignored. */
export function labelMatrix(
  posters: readonly Pick<Poster, 'genres'>[],
  genres: readonly string[],
): Uint8Array {
  const columns = new Map(genres.map((genre, at) => [genre, at]));
  const labels = new Uint8Array(posters.length * genres.length);
  posters.forEach((poster, row) => {
    for (const genre of poster.genres ?? []) {
      const column = columns.get(genre);
      if (column !== undefined) labels[row * genres.length + column] = 1;
    }
  });
  return labels;
}

/**
 * `[posters, genres]`, row-major: 1 where it is known whether the poster carries the genre, 0 where nothing is known.
 * The 0 that {@link labelMatrix} has there says nothing: losses and measures leave such pairs out.
 *
 * @returns undefined where everything is known, so that nothing needs to be left out
 */
export function knownMatrix(
  posters: readonly Pick<Poster, 'known'>[],
  genres: readonly string[],
): Uint8Array | undefined {
  const matrix = new Uint8Array(posters.length * genres.length);
  posters.forEach(({ known }, row) => {
    const judged = known && new Set(known);
    for (let g = 0; g < genres.length; g++)
      matrix[row * genres.length + g] = Number(judged?.has(genres[g]!) ?? true);
  });
  return matrix.includes(0) ? matrix : undefined;
}
