/** @module A table of films -> the title and the year of each, by the id of its poster. */
import { onesheetError } from '../errors.ts';
import { columnNamed, type TableColumn } from './columns.ts';
import { readTable } from './formats/list.ts';
import type { Table, TableRow } from './formats/table.ts';
import { stemOf } from './ids.ts';
import { isImdbColumn } from './matching.ts';
import { imdbNumber } from './nearNames.ts';
import { readPictureRows } from './rows.ts';

/** What a table says of a film beside its genres; what it does not say is missing. */
export interface FilmTitle {
  readonly title?: string;
  /** Where it is another than the title. */
  readonly originalTitle?: string;
  readonly year?: number;
}

export interface FilmTitles {
  /** By every name of the poster that the table may mean: its id, its path with and without the ending. */
  readonly films: ReadonlyMap<string, FilmTitle>;
  /** The id of the first film, to show what ids there are. */
  readonly example: string | undefined;
  /** What of the table is not heard, one sentence each. */
  readonly notes: readonly string[];
}

/** Names of columns, in lower case without spaces, hyphens and underscores; the earlier one wins. */
const titleNames = ['title', 'primarytitle', 'movietitle', 'filmtitle', 'name', 'movie', 'film'];
const originalNames = ['originaltitle', 'titleoriginal', 'originalname'];
const yearNames = ['year', 'startyear', 'releaseyear', 'productionyear', 'releasedate', 'premiered', 'date'];

/** A film, before which there were none, and far enough ahead. */
const [firstYear, lastYear] = [1870, 2100];

/**
 * @param path any table that posters are read from, with a column of titles and one of ids or images
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE; TABLE_LAYOUT for one without titles, ids or images
 */
export async function readTitles(path: string): Promise<FilmTitles> {
  const table = await readTable(path);
  const { entries, columns, faults } = readPictureRows(table);
  const { titleOf, badYears } = titleReader(table);
  const rows = new Map(table.rows.map((row) => [keyOf(row), row]));
  const films = new Map<string, FilmTitle>();
  let [untitled, contradicted] = [0, 0];
  for (const entry of entries) {
    const film = titleOf(rows.get(keyOf(entry))!);
    if (film.title === undefined) untitled += 1;
    if (film.title === undefined && film.year === undefined) continue;
    const names = filmNames(entry, columns);
    const known = films.get(names[0]!);
    if (known !== undefined && known.title !== film.title) contradicted += 1;
    for (const name of names) if (!films.has(name)) films.set(name, film);
  }
  const counts = [
    [faults.length, 'without the name of a poster, or unreadable'],
    [untitled, 'without a title'],
    [badYears(), 'with a year that is none'],
    [contradicted, 'with another title than an earlier row of the poster'],
  ] as const;
  const said = counts.filter(([count]) => count > 0).map(([count, what]) => `${what}, ${count}`);
  return {
    films,
    example: films.keys().next().value,
    notes:
      said.length === 0 ? [] : [`Not heard of the ${table.rows.length} rows of ${path}: ${said.join('; ')}.`],
  };
}

/** What ties a row to what else was read of it. */
export function keyOf({ file = '', line }: Pick<TableRow, 'file' | 'line'>): string {
  return `${file}:${line}`;
}

/** @throws {OnesheetError} TABLE_LAYOUT for a table without a column of titles */
export function titleReader(table: Table): {
  readonly titleOf: (row: TableRow) => FilmTitle;
  /** Cells so far that should hold a year and do not. */
  readonly badYears: () => number;
} {
  const [title, original, year] = [titleNames, originalNames, yearNames].map((names) =>
    columnNamed(table.columns, names),
  );
  if (title === undefined)
    throw onesheetError('TABLE_LAYOUT', table.path, table.columns.join(', '), 'a column title (or name)');
  let bad = 0;
  const titleOf = ({ cells }: TableRow): FilmTitle => {
    const said = splitYear(textOf(cells[title]));
    const other = splitYear(textOf(original === undefined ? undefined : cells[original])).title;
    const cell = year === undefined ? undefined : cells[year];
    const own = yearOf(cell);
    if (own === undefined && textOf(cell) !== '') bad += 1;
    const found = own ?? said.year;
    return {
      ...(said.title !== '' && { title: said.title }),
      ...(other !== '' && other !== said.title && { originalTitle: other }),
      ...(found !== undefined && { year: found }),
    };
  };
  return { titleOf, badYears: () => bad };
}

/** `Heat (1995)` is Heat, of 1995. */
function splitYear(text: string): { readonly title: string; readonly year?: number } {
  const [, title, year] = /^(.+?)\s*[([](\d{4})[)\]]\s*$/.exec(text) ?? [];
  const found = yearOf(year);
  return found === undefined ? { title: text } : { title: title!, year: found };
}

/** Of a number, a text that begins with it, or a date. */
function yearOf(cell: unknown): number | undefined {
  const text = cell instanceof Date ? String(cell.getUTCFullYear()) : textOf(cell);
  const year = Number(/^(\d{4})(?!\d)/.exec(text)?.[1] ?? /(?<!\d)(\d{4})$/.exec(text)?.[1]);
  return year >= firstYear && year <= lastYear ? year : undefined;
}

/** `\N` is what IMDb's tables have for nothing. */
function textOf(cell: unknown): string {
  const text = ['string', 'number', 'bigint'].includes(typeof cell) ? String(cell).trim() : '';
  return text === '\\N' || text === 'NaN' ? '' : text;
}

/** What a poster of a row may be called. */
export function filmNames(
  { id, image }: { readonly id: string; readonly image: string },
  columns: readonly TableColumn[],
): string[] {
  const path = image.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');
  const isImdb = columns.some(({ name, role }) => role === 'id' && isImdbColumn(name));
  const number = isImdb ? imdbNumber(id) : undefined;
  const imdb = number === undefined ? '' : `tt${number.padStart(7, '0')}`;
  return [...new Set([id, imdb, stemOf(path), path])].filter((name) => name !== '');
}
