/** @module A table's cell, in any of the usual spellings -> a list of genres. */
import { LiteralError, parseLiteral } from './literal.ts';

/** Words for "no genre": IMDb's, pandas', MovieLens's; in lower case. */
const missing = new Set([
  ...['n/a', 'na', 'n.a.', 'nan', 'none', 'null', '\\n', '-', '?'],
  ...['(no genres listed)', 'unknown', 'undefined'],
]);

/** Whether a word stands for the absence of a genre. */
export function isMissingWord(genre: string): boolean {
  return genre === '' || missing.has(genre.toLowerCase());
}

/**
 * Reads `Drama|Comedy`, `Drama; Comedy`, `Drama, Comedy`, with the commas of Chinese and Japanese or with line breaks
 * (the first of these separators that occurs is the one that counts), a JSON array, a Python list, or a list whose
 * items are dictionaries with a `name`. Values of JSONL may be arrays already. Words for a missing genre are kept,
 * empty texts are not.
 *
 * @returns each genre once, in the cell's order.
 * @throws {LiteralError} with the problem, e.g. "expected , or ] but found its end".
 */
export function parseGenres(cell: unknown): string[] {
  const genres = typeof cell === 'string' ? fromText(cell.trim()) : fromValue(cell);
  return [...new Set(genres.map((genre) => genre.trim()).filter((genre) => genre !== ''))];
}

const separators = ['|', ';', '\n', '、', '，', ','];

function fromText(text: string): string[] {
  if (text === '') return [];
  if (/^\[|^\(\s*['"]/.test(text)) return fromValue(parseLiteral(text));
  const separator = separators.find((mark) => text.includes(mark));
  const parts = separator === undefined ? [text] : text.split(separator);
  for (const part of parts) {
    const genre = part.trim();
    if (/[[\]{}]/.test(genre) || /^["']|["']$/.test(genre))
      throw new LiteralError(`expected a genre but found ${genre.slice(0, 20)}`);
  }
  return parts;
}

function fromValue(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(fromItem);
  return fromItem(value);
}

function fromItem(item: unknown): string[] {
  if (item === null) return [];
  if (typeof item === 'string') return [item];
  if (typeof item === 'bigint' || (typeof item === 'number' && Number.isFinite(item))) return [String(item)];
  const name = item instanceof Map ? item.get('name') : (item as { name?: unknown }).name;
  if (typeof name === 'string') return [name];
  throw new LiteralError(`expected a genre but found ${JSON.stringify(item) ?? typeof item}`);
}
