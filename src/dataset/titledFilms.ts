/** @module Tables of films with titles and genres, without pictures -> films to learn titles from. */
import { readTable } from './formats/list.ts';
import { isMissingWord } from './genres.ts';
import { readEntries } from './rows.ts';
import { unifySpelling } from './spelling.ts';
import { type FilmTitle, filmNames, keyOf, titleReader } from './titles.ts';
import { type GenreNames, GenreVocabulary } from './vocabulary.ts';

export interface TitledFilm extends FilmTitle {
  /** What a poster of it may be called: its id, its path with and without the ending. */
  readonly names: readonly string[];
  readonly genres: readonly string[];
  /** The genres that were judged; absent where every genre was. */
  readonly known?: readonly string[];
}

export interface TitledFilms {
  readonly films: readonly TitledFilm[];
  /** Rows of all tables. */
  readonly rows: number;
}

export interface TitledFilmsOptions {
  readonly genreNames?: GenreNames;
  /** A model's genres: what is the same genre is spelled like its label. */
  readonly labels: readonly string[];
}

/**
 * The films of tables, each once: of several rows the first with a title counts. Rows without a title or a genre, and
 * those that cannot be read, are left out.
 *
 * @throws {OnesheetError} as `loadDataset` for a table; TABLE_LAYOUT for one without titles
 */
export async function readTitledFilms(
  paths: readonly string[],
  { genreNames, labels }: TitledFilmsOptions,
): Promise<TitledFilms> {
  const vocabulary = new GenreVocabulary(genreNames, labels);
  const films: TitledFilm[] = [];
  const taken = new Set<string>();
  let rows = 0;
  for (const path of paths) {
    const table = await readTable(path);
    const { titleOf } = titleReader(table);
    const read = readEntries(table, vocabulary);
    const [entries] = unifySpelling([read.entries], vocabulary).lists;
    const byKey = new Map(table.rows.map((row) => [keyOf(row), row]));
    rows += table.rows.length + table.faults.length;
    for (const entry of entries!) {
      const film = titleOf(byKey.get(keyOf(entry))!);
      const names = filmNames(entry, read.columns);
      const genres = entry.genres.filter((genre) => !isMissingWord(genre));
      if (film.title === undefined || genres.length === 0 || names.some((name) => taken.has(name))) continue;
      for (const name of names) taken.add(name);
      films.push({ ...film, names, genres, ...(entry.known && { known: entry.known }) });
    }
  }
  return { films, rows };
}
