/** @module A table's columns -> which hold the id, the image, the list of genres, or 0/1 for one genre. */
import { onesheetError } from '../errors.ts';
import type { Table, TableRow } from './table.ts';

/** Names of columns, in lower case without spaces, hyphens and underscores; the earlier one wins. */
const idNames = ['id', 'imdbid', 'tconst', 'posterid', 'movieid', 'filmid', 'key'];
const imageNames = [
  ...['image', 'filename', 'file', 'imagepath', 'imagefile', 'posterpath', 'posterfile', 'path', 'poster'],
  ...['img', 'imageurl', 'posterurl', 'url'],
];
const genreNames = ['genres', 'genre', 'labels', 'label', 'categories', 'category', 'tags'];

const expected =
  'image (or file_name, path, poster, id) and genres (or genre, labels, label, or a column of 0 and 1 for each genre)';

export interface IndicatorColumn {
  readonly index: number;
  readonly genre: string;
}

/** Indices into a row's cells. At least one of `id` and `image` is known, and genres from either side. */
export interface TableColumns {
  readonly id: number | undefined;
  readonly image: number | undefined;
  readonly genres: number | undefined;
  /** Columns of nothing but 0, 1 and empty cells. */
  readonly indicators: readonly IndicatorColumn[];
}

/**
 * Finds the columns by their names. Without a list of genres, every column of 0 and 1 is a genre.
 *
 * @throws {OnesheetError} TABLE_LAYOUT with the columns found and those expected.
 */
export function findColumns(table: Table): TableColumns {
  const plain = table.columns.map((name) => name.toLowerCase().replace(/[\s_-]/g, ''));
  const find = (names: readonly string[]) => {
    const name = names.find((candidate) => plain.includes(candidate));
    return name === undefined ? undefined : plain.indexOf(name);
  };
  const [id, image, genres] = [find(idNames), find(imageNames), find(genreNames)];
  const indicators = table.columns.flatMap((genre, index) => {
    if (index === id || index === image || index === genres) return [];
    return isIndicator(table, index, genres === undefined) ? [{ index, genre }] : [];
  });
  if ((id === undefined && image === undefined) || (genres === undefined && indicators.length === 0))
    throw onesheetError('TABLE_LAYOUT', table.path, table.columns.join(', '), expected);
  return { id, image, genres, indicators };
}

/**
 * Whether every cell is 0, 1 or empty. With `strict`, a column that is so in nine rows of ten is taken for
 * a genre with a mistake in it, which must not vanish silently.
 *
 * @throws {OnesheetError} TABLE_ROW for such a mistake.
 */
function isIndicator(table: Table, index: number, strict: boolean): boolean {
  let values = 0;
  const others: TableRow[] = [];
  for (const row of table.rows) {
    const flag = readFlag(row.cells[index]);
    if (flag === 'other') others.push(row);
    else if (flag !== 'empty') values++;
  }
  if (others.length === 0) return values > 0;
  if (!strict || others.length * 9 > values) return false;
  const { line, cells } = others[0];
  const problem = `expected 0 or 1 in the column ${table.columns[index]} but found ${String(cells[index])}`;
  throw onesheetError('TABLE_ROW', table.path, line, problem);
}

/** The genres whose 0/1 columns say yes. */
export function flaggedGenres(row: TableRow, indicators: readonly IndicatorColumn[]): string[] {
  return indicators.filter(({ index }) => readFlag(row.cells[index]) === 'yes').map(({ genre }) => genre);
}

function readFlag(cell: unknown): 'yes' | 'no' | 'empty' | 'other' {
  const text = String(cell ?? '')
    .trim()
    .toLowerCase();
  if (text === '') return 'empty';
  if (text === '1' || text === '1.0' || text === 'true') return 'yes';
  return text === '0' || text === '0.0' || text === 'false' ? 'no' : 'other';
}
