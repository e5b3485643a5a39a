/** @module Names of genres as tables spell them -> which are the same genre, and how it is spelled. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';
import { wellKnownGenres } from './genreNames.ts';

/** A genre's name -> its other names. What stands here goes before the names that are well known. */
export type GenreNames = Readonly<Record<string, readonly string[]>>;

export const genreNamesSchema = z.record(z.string().min(1), z.array(z.string()).readonly()).readonly();

/** Knows which names are one genre. */
export class GenreVocabulary {
  readonly #keys = new Map<string, string>();
  readonly #spellings = new Map<string, string>();
  readonly #canonical = new Map<string, string>();
  readonly #exact = new Map<string, string>();

  /**
   * @param names of the user: their genres are spelled as the names say.
   * @param labels of a model: what is the same genre is spelled like its label.
   */
  constructor(names: GenreNames = {}, labels: readonly string[] = []) {
    for (const [name, others] of Object.entries(wellKnownGenres)) {
      const key = foldName(name);
      this.#canonical.set(key, name);
      for (const other of [name, ...others]) this.#keys.set(foldName(other), key);
    }
    for (const [name, others] of Object.entries(names)) {
      const key = foldName(name);
      this.#spellings.set(key, name);
      this.#canonical.set(key, name);
      for (const other of [name, ...others]) this.#keys.set(foldName(other), key);
    }
    for (const label of labels) {
      this.#exact.set(label, label);
      const key = this.keyOf(label);
      if (!this.#spellings.has(key) || !labels.includes(this.#spellings.get(key) as string))
        this.#spellings.set(key, label);
    }
  }

  /** Equal for names of one genre. */
  keyOf(name: string): string {
    const folded = foldName(name);
    return this.#keys.get(folded) ?? folded;
  }

  /** Whether it is the name of a genre that is well known or that the user named. */
  knows(name: string): boolean {
    return this.#keys.has(foldName(name));
  }

  /** How the user or the model spells the genre; `undefined` where the table decides. */
  fixedSpelling(name: string): string | undefined {
    return this.#exact.get(name) ?? this.#spellings.get(this.keyOf(name));
  }

  /** The well-known spelling of a key. */
  canonical(key: string): string | undefined {
    return this.#canonical.get(key);
  }
}

/** Without case, spaces, hyphens, dots and other marks; `&` is `and`; composed and full-width letters are plain. */
function foldName(name: string): string {
  const letters = name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('&', 'and')
    .replace(/[^\p{L}\p{M}\p{N}+#]/gu, '');
  return letters === '' ? name : letters;
}

/**
 * Reads `{"Science Fiction": ["sci-fi", "878"], ...}`.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE
 */
export async function readGenreNames(path: string): Promise<GenreNames> {
  const text = (await readWholeFile(path, 'names of genres (JSON)')).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw onesheetError('FILE_UNREADABLE', path, `it is no JSON (${(error as Error).message})`);
  }
  const result = genreNamesSchema.safeParse(value);
  if (result.success) return result.data;
  throw onesheetError(
    'FILE_UNREADABLE',
    path,
    'expected the names of genres, each with its other names, such as {"Sci-Fi": ["Science Fiction"]}',
  );
}
