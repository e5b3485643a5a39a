/** @module A run's data, its split and the decoded posters -> what is left out and what to know, before training begins. */
import {
  countLeftOut,
  type Dataset,
  type DroppedGenre,
  findGroups,
  type LeftOut,
  notesOnReading,
  onlyUnlearned,
  type Poster,
  postersOf,
  splitNames,
  type TableColumn,
} from '../../dataset/index.ts';
import { hashPixels } from '../../image/index.ts';
import type { GatheredPosters, TrainingSource } from './gather.ts';

/** Plain data: it stands in the run's `summary.json`. */
export interface RunFindings {
  readonly columns: readonly TableColumn[];
  /** Rows, images and genres that take no part, by reason; reasons without a case are left out. */
  readonly leftOut: readonly LeftOut[];
  /** Training and validation posters that could not be read, with the reason. */
  readonly unreadable: readonly { readonly id: string; readonly message: string }[];
  readonly dropped: readonly DroppedGenre[];
  /** Readable posters of each learned genre; test posters are counted unread. */
  readonly genres: readonly GenreSupport[];
  /** Posters all of whose genres are dropped, by subset. */
  readonly onlyUnlearned: Readonly<Record<Subset, number>>;
  /** Groups of training posters that look like one picture, the largest first. */
  readonly onePicture: readonly { readonly posters: number; readonly first: string }[];
  /** What of this a user should know, one sentence each. */
  readonly notes: readonly string[];
}

type Subset = (typeof splitNames)[number];
type GenreSupport = { readonly genre: string } & Readonly<Record<Subset, number>>;

/** Fewer posters of one picture are a film under two ids rather than a placeholder. */
const manyOfOnePicture = 5;

/** As for `withGroups`: in at most so many of 64 bits the hashes of one picture differ. */
const maximumDistance = 8;

/** @param chosen the genres that are not learned, and how genres and split were chosen, one sentence each */
export function findingsOf(
  { config, dataset, split }: TrainingSource,
  { posters, data, unreadable }: GatheredPosters,
  { dropped, notes }: { readonly dropped: readonly DroppedGenre[]; readonly notes: readonly string[] },
): RunFindings {
  const subsets: Record<Subset, readonly Poster[]> = {
    train: data.train.map((row) => posters[row]!),
    validation: data.validation.map((row) => posters[row]!),
    test: postersOf(dataset, split, 'test'),
  };
  const count = (has: (poster: Poster) => boolean) =>
    Object.fromEntries(splitNames.map((name) => [name, subsets[name].filter(has).length])) as Record<
      Subset,
      number
    >;
  const genres = config.genres.map((genre) => ({
    genre,
    ...count((poster) => poster.genres?.includes(genre) ?? false),
  }));
  const outside = (poster: Poster) => onlyUnlearned(poster.genres, config.genres);
  const { input } = config.recipe;
  const hashes = data.train.map((row) => hashPixels(data.pixels.get(row), input));
  const found = {
    columns: dataset.findings.columns,
    leftOut: countLeftOut(dataset.findings, dropped, unreadable),
    unreadable,
    dropped,
    genres,
    onlyUnlearned: count(outside),
    onePicture: picturesOfMany(subsets.train, hashes),
  };
  const named = new Set(
    splitNames.flatMap((name) => subsets[name].filter(outside).flatMap((poster) => poster.genres ?? [])),
  );
  return {
    ...found,
    notes: [
      ...dataset.findings.notes,
      ...notesOnReading(dataset.findings),
      ...notes,
      ...notesOf(found, dataset, [...named].sort(), data.train.length),
    ],
  };
}

function picturesOfMany(posters: readonly Poster[], hashes: readonly bigint[]): RunFindings['onePicture'] {
  const groups = new Map<number, Poster[]>();
  findGroups(hashes, maximumDistance).forEach((group, at) => {
    groups.set(group, [...(groups.get(group) ?? []), posters[at]!]);
  });
  return [...groups.values()]
    .filter(({ length }) => length >= manyOfOnePicture)
    .sort((a, b) => b.length - a.length)
    .map((group) => ({ posters: group.length, first: group[0]!.id }));
}

function notesOf(
  found: Omit<RunFindings, 'notes'>,
  { findings }: Dataset,
  outside: readonly string[],
  trained: number,
): string[] {
  const { rows, rowsWithoutImage, rowsWithoutGenre, unreadableRows } = findings;
  const { unreadable, dropped, genres, onlyUnlearned: alone, onePicture } = found;
  const notes: string[] = [];
  const say = (items: readonly unknown[], sentence: string): void => {
    if (items.length > 0) notes.push(sentence);
  };
  say(
    unreadableRows,
    `Unreadable: ${unreadableRows.length} of ${rows} rows, the first in line ${unreadableRows[0]?.line}: ${unreadableRows[0]?.reason}.`,
  );
  say(
    rowsWithoutImage,
    `Without a picture: ${rowsWithoutImage.length} of ${rows} rows (${examples(rowsWithoutImage)}).`,
  );
  say(
    rowsWithoutGenre,
    `Without a genre: ${rowsWithoutGenre.length} of ${rows} rows (${examples(rowsWithoutGenre)}).`,
  );
  say(
    unreadable,
    `Without a readable picture: ${posters(unreadable.length)} to train or to validate by (${examples(unreadable)}).`,
  );
  say(
    dropped,
    `Genres that are not learned: ${dropped.map(({ genre, reason }) => `${genre} (${reason})`).join(', ')}.`,
  );
  const absent = (subset: Subset) => genres.filter((genre) => genre[subset] === 0).map(({ genre }) => genre);
  say(absent('train'), `No training poster has ${absent('train').join(', ')}: it cannot be learned.`);
  say(
    absent('validation'),
    `No validation poster has ${absent('validation').join(', ')}: no threshold can be chosen for it, so policies that have one may never give it.`,
  );
  say(absent('test'), `No test poster has ${absent('test').join(', ')}: it cannot be measured.`);
  if (outside.length > 0)
    notes.push(
      `Only genres that are not learned (${outside.join(', ')}): ${posters(alone.train + alone.validation + alone.test)} (${splitNames.map((name) => `${name} ${alone[name]}`).join(', ')}), which count as posters without any that is.`,
    );
  for (const { posters: many, first } of onePicture)
    notes.push(
      `${many} of ${trained} training posters are one picture, that of ${first}: if it stands for missing posters, leave them out.`,
    );
  return notes;
}

function posters(count: number): string {
  return count === 1 ? '1 poster' : `${count} posters`;
}

function examples(items: readonly { readonly id: string }[]): string {
  const named = items.slice(0, 3).map(({ id }) => id);
  return `${named.join(', ')}${items.length > 3 ? ` and ${items.length - 3} more` : ''}`;
}
