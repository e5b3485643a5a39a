/** @module The posters of the sheet, an order and a filter -> those that are shown, in that order, and counts by genre. */
import type { Poster, Posters } from './posters.ts';

export const orders = ['added', 'name', 'certainty', 'genre'] as const;
export type Order = (typeof orders)[number];

/** `undecided`: no genre is given; `failed`: could not be read. */
export type Filter = 'all' | 'undecided' | 'failed' | { readonly genre: string };

const collator = new Intl.Collator('en', { numeric: true });

/**
 * How sure a poster is: the probability of its likeliest genre, or of the one that is asked for; below 0 before it is
 * read.
 */
export function certaintyOf({ state, engine }: Poster, genre?: string): number {
  if (state.kind !== 'done') return -1;
  if (genre === undefined) return state.probabilities.reduce((most, each) => Math.max(most, each), 0);
  return state.probabilities[engine.model.metadata.genres.indexOf(genre)] ?? -1;
}

function isShown(posters: Posters, poster: Poster, filter: Filter): boolean {
  if (filter === 'all') return true;
  if (filter === 'failed') return poster.state.kind === 'failed';
  const decided = posters.decidedOf(poster);
  if (filter === 'undecided') return poster.state.kind === 'done' && decided.length === 0;
  return decided.includes(filter.genre);
}

/** Posters of one place in an order keep that in which they came. */
export function arranged(posters: Posters, order: Order, filter: Filter): readonly Poster[] {
  const shown = posters.all.filter((poster) => isShown(posters, poster, filter));
  if (order === 'added') return shown;
  const genre = typeof filter === 'object' ? filter.genre : undefined;
  if (order === 'name') return shown.sort((a, b) => collator.compare(a.source.name, b.source.name));
  const surest = (a: Poster, b: Poster): number => certaintyOf(b, genre) - certaintyOf(a, genre);
  if (order === 'certainty') return shown.sort(surest);
  // What has no genre comes last.
  const first = (poster: Poster): string => posters.decidedOf(poster)[0] ?? '\uffff';
  return shown.sort((a, b) => collator.compare(first(a), first(b)) || surest(a, b));
}

export interface GenreCount {
  readonly label: string;
  readonly count: number;
  /** Of the posters that are read. */
  readonly share: number;
  /** Of the model's training posters; undefined where that is not known. */
  readonly training: number | undefined;
}

/** How often each genre is given, in the order of frequency in the training posters, else on the sheet. */
export function countsOf(posters: Posters): readonly GenreCount[] {
  const read = posters.all.filter(({ state }) => state.kind === 'done');
  const counts = new Map<string, number>();
  const training = new Map<string, number | undefined>();
  for (const poster of read) {
    const { genres, prevalence } = poster.engine.model.metadata;
    for (const [at, label] of genres.entries())
      if (!counts.has(label)) {
        counts.set(label, 0);
        training.set(label, prevalence?.[at]);
      }
    for (const label of posters.decidedOf(poster)) counts.set(label, counts.get(label)! + 1);
  }
  return [...counts]
    .map(([label, count]) => ({ label, count, share: count / read.length, training: training.get(label) }))
    .sort((a, b) => (b.training ?? 0) - (a.training ?? 0) || b.count - a.count);
}
