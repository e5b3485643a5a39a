/** @module A file of word vectors, as GloVe and fastText write them -> the vectors of its commonest words. */
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';
import { hashOfWord } from './features.ts';

/** Words that are alike in meaning have vectors that are alike. */
export interface WordVectors {
  /** The words' hashes, the commonest word first. */
  readonly hashes: readonly number[];
  /** Numbers of a vector. */
  readonly size: number;
  /** `[words, size]`, of mean length 1. */
  readonly data: Float32Array;
}

/** Rarer words hardly stand on posters, and each costs 24 bytes of the model that learns from them. */
const mostWords = 32_000;

/**
 * Reads lines of a word and its numbers, the commonest word first; a first line of two numbers is a header.
 *
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE
 */
export async function readVectors(path: string): Promise<WordVectors> {
  const file = await readWholeFile(path, 'word vectors (a line of a word and its numbers each)');
  const hashes = new Map<number, number>();
  const rows: Float32Array[] = [];
  let size: number | undefined;
  let line = 0;
  for (const text of linesOf(file)) {
    line += 1;
    const [word = '', ...cells] = text.trimEnd().split(' ');
    if (line === 1 && cells.length === 1) continue;
    const row = Float32Array.from(cells, Number);
    size ??= row.length;
    if (row.length !== size || size < 2 || row.some((number) => !Number.isFinite(number)))
      throw onesheetError('FILE_UNREADABLE', path, `line ${line} is no word with ${size} numbers`);
    // What is no word, such as punctuation or a number with a comma, has no place in a title's words.
    if (!/^[\p{L}\p{N}\p{M}]+$/u.test(word)) continue;
    const hash = hashOfWord(word);
    if (hashes.has(hash)) continue;
    hashes.set(hash, rows.push(row) - 1);
    if (rows.length === mostWords) break;
  }
  if (size === undefined || rows.length === 0)
    throw onesheetError('FILE_UNREADABLE', path, 'it holds no words');
  const mean = rows.reduce((sum, row) => sum + Math.hypot(...row), 0) / rows.length;
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, at) => {
    data.set(
      row.map((number) => number / mean),
      at * size!,
    );
  });
  return { hashes: [...hashes.keys()], size, data };
}

/** A file may be longer than a text can be. */
function* linesOf(file: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let start = 0; start < file.length; ) {
    const end = file.indexOf(10, start);
    const stop = end < 0 ? file.length : end;
    yield decoder.decode(file.subarray(start, stop));
    start = stop + 1;
  }
}
