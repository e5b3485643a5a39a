/** @module The rows of several tables for one poster -> how often the tables agree on its genres, genre by genre. */
import { isMissingWord } from './genres.ts';

/** What one table says of one poster. */
export interface Opinion {
  /** Which table, by its place. */
  readonly table: number;
  readonly genres: readonly string[];
  /** `undefined` for all. */
  readonly known: readonly string[] | undefined;
}

export interface GenreAgreement {
  readonly genre: string;
  /** Posters to which every table that judged it gives the genre. */
  readonly agree: number;
  /** Posters to which some of these tables give it and others do not. */
  readonly disagree: number;
  /** Of the latter, those to which each table gives it, in the order of the tables. */
  readonly given: readonly number[];
}

export interface TableAgreement {
  /** Posters that several tables have with genres. */
  readonly posters: number;
  /** Those of them on all of whose genres the tables agree, as far as they judged them. */
  readonly same: number;
  /** Genres that any of these posters has, the most disputed first. */
  readonly genres: readonly GenreAgreement[];
}

/** @param posters what the tables say of each poster; a table may say it in several rows. */
export function compareTables(posters: Iterable<readonly Opinion[]>, tables: number): TableAgreement {
  const counts = new Map<string, { agree: number; disagree: number; given: number[] }>();
  let [shared, same] = [0, 0];
  for (const opinions of posters) {
    const byTable = uniteRows(opinions);
    if (byTable.size < 2) continue;
    shared++;
    let disputed = 0;
    for (const genre of new Set([...byTable.values()].flatMap(({ genres }) => [...genres]))) {
      const judges = [...byTable].filter(
        ([, { genres, known }]) => genres.has(genre) || (known?.has(genre) ?? true),
      );
      if (judges.length < 2) continue;
      const count = counts.get(genre) ?? { agree: 0, disagree: 0, given: new Array<number>(tables).fill(0) };
      counts.set(genre, count);
      const givers = judges.filter(([, { genres }]) => genres.has(genre));
      if (givers.length === judges.length) count.agree++;
      else {
        count.disagree++;
        disputed++;
        for (const [table] of givers) count.given[table]!++;
      }
    }
    if (disputed === 0) same++;
  }
  const genres = [...counts].map(([genre, count]) => ({ genre, ...count }));
  genres.sort((a, b) => b.disagree - a.disagree || (a.genre < b.genre ? -1 : 1));
  return { posters: shared, same, genres };
}

interface TableView {
  readonly genres: Set<string>;
  /** `undefined` for all. */
  known: Set<string> | undefined;
}

/** Tables that name no genre of the poster have no opinion. */
function uniteRows(opinions: readonly Opinion[]): Map<number, TableView> {
  const views = new Map<number, TableView>();
  for (const { table, genres, known } of opinions) {
    const own = genres.filter((genre) => !isMissingWord(genre));
    if (own.length === 0) continue;
    const view = views.get(table);
    if (view === undefined) {
      views.set(table, { genres: new Set(own), known: known && new Set(known) });
      continue;
    }
    for (const genre of own) view.genres.add(genre);
    view.known = view.known && known && new Set([...view.known, ...known]);
  }
  return views;
}
