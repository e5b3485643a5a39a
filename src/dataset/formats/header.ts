/** @module The first lines of a separated table -> its separator and where the names of its columns stand. */
import { onesheetError } from '../../errors.ts';
import { columnsByName } from '../columns.ts';
import { isMissingWord, parseGenres } from '../genres.ts';
import { hasPictureEnding } from '../ids.ts';
import { LiteralError } from '../literal.ts';
import { GenreVocabulary } from '../vocabulary.ts';
import type { RawRecord } from './quoting.ts';

/** How many lines may stand above the names of the columns, such as a title. */
const searched = 6;

export interface Layout {
  readonly separator: string;
  /** The text from the names of the columns on. */
  readonly text: string;
  /** The line of the file on which that begins. */
  readonly firstLine: number;
  readonly notes: readonly string[];
}

/** Excel's `sep=;` counts; then the line of names, which may stand below a title; then the first line. */
export function findLayout(text: string, isTsv: boolean): Layout {
  const declared = /^sep=(.)\r?\n/i.exec(text);
  const body = declared === null ? text : text.slice(declared[0].length);
  const offset = declared === null ? 0 : 1;
  const separatorOf = (line: string) => declared?.[1] ?? (isTsv ? '\t' : commonestSeparator(line));
  let start = 0;
  for (let at = 0; at < searched && start < body.length; at++) {
    const [line = ''] = body.slice(start).split(/\r\n|\n|\r/, 1);
    const separator = separatorOf(line);
    if (namesColumns(splitNaively(line, separator))) {
      const notes = at === 0 ? [] : [`the names of its columns stand in line ${at + offset + 1}`];
      return { separator, text: body.slice(start), firstLine: at + offset + 1, notes };
    }
    start += line.length + (body.startsWith('\r\n', start + line.length) ? 2 : 1);
  }
  const [first = ''] = body.split(/\r\n|\n|\r/, 1);
  return { separator: separatorOf(first), text: body, firstLine: offset + 1, notes: [] };
}

function splitNaively(line: string, separator: string): string[] {
  return line.split(separator).map((name) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
}

function commonestSeparator(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (mark: string) => unquoted.split(mark).length;
  return [',', ';', '\t', '|'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** An id or image beside genres, or beside names that may all be genres. */
function namesColumns(names: readonly string[]): boolean {
  const { id, image, genres } = columnsByName(names);
  const others = names.filter((name) => name !== '' && !/^[\d.]+$/.test(name)).length;
  return (id !== undefined || image !== undefined) && (genres !== undefined || others > 1);
}

export interface NamedRecords {
  readonly columns: readonly string[];
  readonly records: readonly RawRecord[];
  readonly notes: readonly string[];
}

/**
 * The first record names the columns, unless it is a row itself: then the names are clear only if one column holds
 * nothing but names of images or IMDb ids and one nothing but known genres.
 *
 * @throws {OnesheetError} FILE_UNREADABLE for a table without names whose columns are not clear.
 */
export function nameColumns(path: string, records: readonly RawRecord[]): NamedRecords {
  const [first] = records;
  const names = first!.cells.map((name) => name.trim());
  if (namesColumns(names) || !names.some(isData))
    return { columns: names, records: records.slice(1), notes: [] };
  const columns = [...names.keys()];
  const every = (column: number, test: (cell: string) => boolean) =>
    records.every(({ cells }) => test((cells[column] ?? '').trim()));
  const images = columns.filter((column) => every(column, isImageName));
  const genres = columns.filter((column) => every(column, areGenres));
  if (images.length !== 1 || genres.length !== 1)
    throw onesheetError(
      'FILE_UNREADABLE',
      path,
      `its first line (${names.slice(0, 5).join(', ')}) is a row, not the names of the columns: add a line such as image,genres or, for columns of 0 and 1, image and a name for each`,
    );
  const note = `it has no names of columns: column ${images[0]! + 1} holds images, column ${genres[0]! + 1} genres`;
  return {
    columns: columns.map((at) =>
      at === images[0] ? 'image' : at === genres[0] ? 'genres' : `column ${at + 1}`,
    ),
    records,
    notes: [note],
  };
}

function isImageName(cell: string): boolean {
  return hasPictureEnding(cell) || /^tt\d{6,}$/.test(cell);
}

function isData(cell: string): boolean {
  return isImageName(cell) || /^-?[01](\.0*)?$/.test(cell);
}

const vocabulary = new GenreVocabulary();

function areGenres(cell: string): boolean {
  try {
    const genres = parseGenres(cell);
    return genres.length > 0 && genres.every((genre) => vocabulary.knows(genre) || isMissingWord(genre));
  } catch (error) {
    if (error instanceof LiteralError) return false;
    throw error;
  }
}
