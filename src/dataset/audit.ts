/** @module A data set -> its audit: what it holds, what is wrong with it, and what that means for training. */
import { describeSource } from '../image/index.ts';
import { defaultMaximumDistance, nearDuplicates, withGroups } from './groups.ts';
import type { HashOptions } from './hashes.ts';
import { findLookAlikes, type LookAlikes } from './lookAlikes.ts';
import { compareText, type Dataset, type Findings, type Poster } from './poster.ts';
import { type DroppedGenre, onlyUnlearned, selectGenres } from './select.ts';
import { GenreVocabulary } from './vocabulary.ts';

export interface AuditOptions extends Pick<HashOptions, 'cacheFile' | 'concurrency' | 'onProgress'> {
  /**
   * As for `selectGenres`.
   * @default as for `selectGenres`
   */
  readonly minimumSupport?: number;
  /**
   * Whether to read every image, which finds unreadable ones and near-duplicates: seconds for every
   * thousand.
   * @default true
   */
  readonly decode?: boolean;
  /**
   * As for `withGroups`.
   * @default 8
   */
  readonly maximumDistance?: number;
}

export interface UnreadableImage {
  readonly id: string;
  readonly source: string;
  /** A code of the error table, such as IMAGE_TRUNCATED. */
  readonly code: string;
  readonly message: string;
}

export interface LeftOut {
  readonly reason:
    | 'row that cannot be read'
    | 'row without an image'
    | 'row without a genre'
    | 'image without a row'
    | 'image that cannot be read'
    | 'genre on too few posters';
  readonly count: number;
}

/** Plain data: `JSON.stringify` loses nothing. */
export interface Audit extends Omit<Findings, 'missingWords' | 'separated' | 'doubtful'> {
  readonly name: string;
  /** As `Dataset.hash`. */
  readonly hash: string;
  readonly posters: number;
  readonly labelled: number;
  readonly unlabelled: number;
  readonly minimumSupport: number;
  /**
   * Genres kept, the most frequent first; `share` is of the labelled posters of which it is `known` whether they have it.
   */
  readonly genres: readonly {
    readonly genre: string;
    readonly count: number;
    readonly share: number;
    readonly known: number;
  }[];
  readonly dropped: readonly DroppedGenre[];
  /** As in `Findings`, the most frequent first. */
  readonly separated: readonly { readonly name: string; readonly rows: number }[];
  readonly doubtful: readonly { readonly name: string; readonly rows: number }[];
  readonly lookAlikes: readonly LookAlikes[];
  /**
   * Labelled posters of which some genres are unknown, and how often each of those that are kept is: pairs that training
   * and measures leave out.
   */
  readonly partlyKnown: number;
  readonly unknown: readonly { readonly genre: string; readonly count: number }[];
  /** What does not take part in training, by reason; reasons without a case are left out. */
  readonly leftOut: readonly LeftOut[];
  /** Labelled posters all of whose genres are dropped; they stay, as posters without any that is learned. */
  readonly withoutKeptGenre: number;
  /** Labelled posters by how many genres they carry, dropped ones included. */
  readonly genresPerPoster: readonly { readonly genres: number; readonly posters: number }[];
  /** The ten most frequent pairs of genres. */
  readonly pairs: readonly { readonly genres: readonly [string, string]; readonly count: number }[];
  /** Whether the images were read; otherwise the following two are empty because nobody looked. */
  readonly decoded: boolean;
  readonly unreadable: readonly UnreadableImage[];
  /** Groups of posters that look alike, the largest first. */
  readonly nearDuplicates: readonly {
    readonly posters: readonly { readonly id: string; readonly genres: readonly string[] }[];
  }[];
  readonly maximumDistance: number;
}

/**
 * Audits a data set; the data set itself is not changed.
 *
 * @throws {OnesheetError} OPTION_INVALID for a minimum support or distance out of range.
 */
export async function auditDataset(dataset: Dataset, options: AuditOptions = {}): Promise<Audit> {
  const { decode = true, maximumDistance = defaultMaximumDistance } = options;
  const { genres, dropped, minimumSupport } = selectGenres(dataset, options);
  const unreadable: UnreadableImage[] = [];
  const onUnreadable: HashOptions['onUnreadable'] = ({ id, source }, { code, message }) =>
    unreadable.push({ id, source: describeSource(source), code, message });
  const grouped = decode ? await withGroups(dataset, { ...options, maximumDistance, onUnreadable }) : dataset;
  const { missingWords: _, separated, doubtful, ...findings } = dataset.findings;
  const kept = [...dataset.genreCounts]
    .filter(([genre]) => genres.includes(genre))
    .map(([genre, count]) => {
      const known = dataset.labelled.filter((poster) => poster.known?.includes(genre) ?? true).length;
      return { genre, count, share: count / known, known };
    });
  return {
    name: dataset.name,
    hash: dataset.hash,
    ...findings,
    posters: dataset.labelled.length + dataset.unlabelled.length,
    labelled: dataset.labelled.length,
    unlabelled: dataset.unlabelled.length,
    minimumSupport,
    genres: kept,
    dropped,
    separated: ranked(separated),
    doubtful: ranked(doubtful),
    lookAlikes: findLookAlikes([...dataset.genreCounts.keys()], new GenreVocabulary()),
    partlyKnown: dataset.labelled.filter(({ known }) => known !== undefined).length,
    unknown: countUnknown(dataset.labelled, genres),
    leftOut: countLeftOut(dataset.findings, dropped, unreadable),
    withoutKeptGenre: dataset.labelled.filter((poster) => onlyUnlearned(poster.genres, genres)).length,
    genresPerPoster: countGenresPerPoster(dataset.labelled),
    pairs: commonestPairs(dataset.labelled, 10),
    decoded: decode,
    unreadable: unreadable.sort((a, b) => compareText(a.id, b.id)),
    nearDuplicates: nearDuplicates(grouped).map((group) => ({
      posters: group.map(({ id, genres: own = [] }) => ({ id, genres: own })),
    })),
    maximumDistance,
  };
}

function ranked(counts: ReadonlyMap<string, number>): { name: string; rows: number }[] {
  const pairs = [...counts].map(([name, rows]) => ({ name, rows }));
  return pairs.sort((a, b) => b.rows - a.rows || compareText(a.name, b.name));
}

function countUnknown(posters: readonly Poster[], genres: readonly string[]): Audit['unknown'] {
  const lists = posters.flatMap(({ known }) => (known === undefined ? [] : [new Set(known)]));
  const counts = genres.map((genre) => ({ genre, count: lists.filter((known) => !known.has(genre)).length }));
  return counts.filter(({ count }) => count > 0);
}

/** How many rows, images and genres take no part in training. */
export function countLeftOut(
  findings: Findings,
  dropped: readonly DroppedGenre[],
  unreadable: readonly unknown[],
): LeftOut[] {
  const counts: readonly LeftOut[] = [
    { reason: 'row that cannot be read', count: findings.unreadableRows.length },
    { reason: 'row without an image', count: findings.rowsWithoutImage.length },
    { reason: 'row without a genre', count: findings.rowsWithoutGenre.length },
    { reason: 'image without a row', count: findings.imagesWithoutRow.length },
    { reason: 'image that cannot be read', count: unreadable.length },
    { reason: 'genre on too few posters', count: dropped.length },
  ];
  return counts.filter(({ count }) => count > 0);
}

function countGenresPerPoster(posters: readonly Poster[]): Audit['genresPerPoster'] {
  const counts = new Map<number, number>();
  for (const { genres = [] } of posters) counts.set(genres.length, (counts.get(genres.length) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b).map(([genres, count]) => ({ genres, posters: count }));
}

function commonestPairs(posters: readonly Poster[], limit: number): Audit['pairs'] {
  const counts = new Map<string, { genres: readonly [string, string]; count: number }>();
  for (const poster of posters) {
    const genres = [...(poster.genres ?? [])].sort(compareText);
    genres.forEach((first, at) => {
      for (const second of genres.slice(at + 1)) {
        const key = JSON.stringify([first, second]);
        const pair = counts.get(key) ?? { genres: [first, second], count: 0 };
        counts.set(key, { ...pair, count: pair.count + 1 });
      }
    });
  }
  const ranked = [...counts].sort(([a, one], [b, other]) => other.count - one.count || compareText(a, b));
  return ranked.slice(0, limit).map(([, pair]) => pair);
}
