/** @module A table -> one entry a row: its line, its id or image reference, its genres from list or columns. */
import { onesheetError } from '../errors.ts';
import { findColumns, flaggedGenres, type TableColumns } from './columns.ts';
import { parseGenres } from './genres.ts';
import { LiteralError } from './literal.ts';
import type { Table, TableRow } from './table.ts';

export interface Entry {
  readonly line: number;
  /** As in the table; '' where the table has no such column or an empty cell. */
  readonly id: string;
  readonly image: string;
  /** As the row says them, words for a missing genre among them. */
  readonly genres: readonly string[];
  /** What the row's 0/1 columns say, where that is something else than its list. */
  readonly disagreeing: readonly string[] | undefined;
}

/**
 * @throws {OnesheetError} TABLE_LAYOUT; TABLE_ROW with the line of a list that cannot be read.
 */
export function readEntries(table: Table): Entry[] {
  const columns = findColumns(table);
  const lists = table.rows.map((row) => readList(table, row, columns));
  const named = new Set(lists.flat());
  // Beside lists, a column of 0 and 1 may be anything; it is a genre only if some list names it.
  const indicators = columns.indicators.filter(
    ({ genre }) => columns.genres === undefined || named.has(genre),
  );
  return table.rows.map((row, at) => {
    const flagged = flaggedGenres(row, indicators);
    const genres = columns.genres === undefined ? flagged : lists[at];
    return {
      line: row.line,
      id: readText(row, columns.id),
      image: readText(row, columns.image),
      genres,
      disagreeing: disagrees(genres, flagged, indicators.length) ? flagged : undefined,
    };
  });
}

function readList(table: Table, row: TableRow, columns: TableColumns): string[] {
  if (columns.genres === undefined) return [];
  try {
    return parseGenres(row.cells[columns.genres]);
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    const problem = `the list of genres in the column ${table.columns[columns.genres]} is broken, ${error.message}`;
    throw onesheetError('TABLE_ROW', table.path, row.line, problem);
  }
}

function readText(row: TableRow, index: number | undefined): string {
  const cell = index === undefined ? undefined : row.cells[index];
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell).trim() : '';
}

function disagrees(list: readonly string[], flagged: readonly string[], indicators: number): boolean {
  if (indicators === 0) return false;
  return list.length !== flagged.length || flagged.some((genre) => !list.includes(genre));
}
