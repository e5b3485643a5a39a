/** @module Lists of genres, some joined by signs that names may hold too -> the same lists taken apart where the parts are genres. */
import { isMissingWord } from './genres.ts';
import type { GenreVocabulary } from './vocabulary.ts';

/** Signs that separate genres in some tables and belong to a genre's name in others. */
const marks = /[|;,/\n、，]/;

export interface SeparatedGenres {
  readonly lists: readonly (readonly string[])[];
  /** What was taken apart and how often, for people: `Action / Adventure`. */
  readonly separated: ReadonlyMap<string, number>;
  /** Names that still look like several genres, with their cells; the parts are not known. */
  readonly doubtful: ReadonlyMap<string, number>;
}

/**
 * `Action / Adventure` becomes two genres where its parts are genres: well known, named by the user, or standing alone
 * in another list. A name that is itself a genre, such as `Sci-Fi & Fantasy`, stays. Where no cell of the table has
 * any separator, names of several words whose every word is a well-known genre are lists separated by spaces.
 */
export function separateGenres(
  lists: readonly (readonly string[])[],
  vocabulary: GenreVocabulary,
): SeparatedGenres {
  const alone = new Set(lists.flat().map((name) => vocabulary.keyOf(name)));
  const isGenre = (name: string) => vocabulary.knows(name) || alone.has(vocabulary.keyOf(name));
  const bySpace = separatedBySpaces(lists, vocabulary);
  const separated = new Map<string, number>();
  const doubtful = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const separate = (name: string): readonly string[] => {
    if (vocabulary.knows(name) || isMissingWord(name)) return [name];
    const parts = bySpace ? name.split(/\s+/) : name.split(marks);
    const names = parts.map((part) => part.trim()).filter((part) => part !== '');
    if (names.length < 2) return [name];
    // With spaces around it, a slash is no part of a name.
    const suffices = name.includes(' / ') ? names.some(isGenre) : names.every(isGenre);
    count(suffices ? separated : doubtful, name);
    return suffices ? names : [name];
  };
  return { lists: lists.map((list) => [...new Set(list.flatMap(separate))]), separated, doubtful };
}

function separatedBySpaces(lists: readonly (readonly string[])[], vocabulary: GenreVocabulary): boolean {
  if (lists.some((list) => list.length > 1 || marks.test(list[0] ?? ''))) return false;
  const several = lists
    .flat()
    .filter((name) => /\s/.test(name) && !vocabulary.knows(name) && !isMissingWord(name));
  return (
    several.length > 0 && several.every((name) => name.split(/\s+/).every((part) => vocabulary.knows(part)))
  );
}
