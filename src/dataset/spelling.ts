/** @module Rows whose genres are spelled in several ways -> the same rows with one spelling for each genre. */
import { isMissingWord } from './genres.ts';
import { compareText, type GenreSpellings } from './poster.ts';
import type { Entry } from './rows.ts';
import type { GenreVocabulary } from './vocabulary.ts';

/**
 * A genre is spelled as the user or the model spells it; else as most rows do, and among equals as it is well known.
 *
 * @param tables the rows of each table; all of them get one spelling.
 * @returns the rows, each genre once, and the genres that had more than one name.
 */
export function unifySpelling(
  tables: readonly (readonly Entry[])[],
  vocabulary: GenreVocabulary,
): { readonly lists: readonly (readonly Entry[])[]; readonly spellings: readonly GenreSpellings[] } {
  const names = new Map<string, Map<string, number>>();
  const count = (name: string, rows: number) => {
    const key = vocabulary.keyOf(name);
    const counts = names.get(key) ?? new Map<string, number>();
    names.set(key, counts.set(name, (counts.get(name) ?? 0) + rows));
  };
  for (const { genres, known = [] } of tables.flat()) {
    for (const genre of genres) if (!isMissingWord(genre)) count(genre, 1);
    for (const genre of known) count(genre, 0);
  }
  const chosen = new Map<string, string>();
  for (const [key, counts] of names) {
    const canonical = vocabulary.canonical(key);
    const ranked = [...counts].sort(
      (a, b) =>
        b[1] - a[1] || Number(b[0] === canonical) - Number(a[0] === canonical) || compareText(a[0], b[0]),
    );
    for (const [name] of ranked) chosen.set(name, vocabulary.fixedSpelling(name) ?? ranked[0]![0]);
  }
  const respell = (list: readonly string[]) => [...new Set(list.map((name) => chosen.get(name) ?? name))];
  return {
    lists: tables.map((entries) =>
      entries.map((entry) => ({
        ...entry,
        genres: respell(entry.genres),
        known: entry.known && respell(entry.known),
      })),
    ),
    spellings: describeSpellings(names, chosen),
  };
}

function describeSpellings(
  names: ReadonlyMap<string, ReadonlyMap<string, number>>,
  chosen: ReadonlyMap<string, string>,
): GenreSpellings[] {
  return [...names.values()].flatMap((counts) => {
    const used = [...counts].filter(([, rows]) => rows > 0).sort((a, b) => b[1] - a[1]);
    const [first] = used[0] ?? [];
    if (first === undefined || (used.length === 1 && chosen.get(first) === first)) return [];
    return [{ genre: chosen.get(first) ?? first, names: used.map(([name, rows]) => ({ name, rows })) }];
  });
}
