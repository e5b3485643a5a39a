/** @module The text of a separated table and its separator -> its records, with quotes read as this file uses them. */
import { CsvError, parse } from 'csv-parse/sync';
import { onesheetError } from '../../errors.ts';

export interface RawRecord {
  /** From 1, the line on which it begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

export type QuoteCare = 'usual' | 'wary' | 'told';

/**
 * In a CSV, quotes enclose cells: they are doubled inside, or follow a backslash where only that fits the whole file.
 *
 * @param firstLine the line of the file on which the text begins
 * @param care `wary`: where quotes are wrong, every cell that goes on over lines is one too many; `told`: which lines
 * are a record is known
 * @throws {OnesheetError} TABLE_ROW with the line on which a quote opens that is not closed, or that is closed only
 * after swallowing rows.
 */
export function readQuoted(
  path: string,
  text: string,
  separator: string,
  firstLine: number,
  care: QuoteCare = 'usual',
): RawRecord[] {
  for (const dialect of [{ escape: '"' }, { escape: '\\' }]) {
    const records = tryParse(text, separator, dialect);
    if (!Array.isArray(records)) continue;
    const own = care === 'told' ? records : refuseSwallowed(path, records, separator, firstLine, false);
    return shifted(own, firstLine);
  }
  const records = tryParse(text, separator, { relax_quotes: true });
  const long = Array.isArray(records) && records.find(({ lines }) => lines.length > 1);
  if (care === 'wary' && long)
    throw onesheetError('TABLE_ROW', path, long.line + firstLine - 1, 'its quotes are wrong');
  if (Array.isArray(records))
    return shifted(refuseSwallowed(path, records, separator, firstLine, true), firstLine);
  throw onesheetError('TABLE_ROW', path, records.line + firstLine - 1, records.problem);
}

/**
 * A TSV has no quotes in IMDb's tables and those of many databases: there a quote at the start of a title is a
 * letter. They enclose cells where every cell that begins with one ends with one, or where only so the rows have as
 * many cells as the first line.
 *
 * @throws {OnesheetError} TABLE_ROW with the first line of a cell that goes on over several lines.
 */
export function readUnquoted(path: string, text: string, separator: string, firstLine: number): RawRecord[] {
  const plain = text.split(/\r\n|\n|\r/).flatMap((line, at) => {
    return line.trim() === '' ? [] : [{ line: at + firstLine, cells: line.split(separator) }];
  });
  const quoted = plain.flatMap(({ cells }) => cells.filter((cell) => cell.startsWith('"')));
  if (quoted.length === 0) return plain;
  const width = plain[0]!.cells.length;
  if (plain.every(({ cells }) => cells.length === width)) {
    const areCells = quoted.every((cell) => /^"(?:[^"]|"")*"$/.test(cell));
    return areCells ? plain.map(({ line, cells }) => ({ line, cells: cells.map(unquote) })) : plain;
  }
  const records = tryParse(text, separator, { escape: '"' });
  if (!Array.isArray(records) || records.some(({ cells }) => cells.length !== records[0]!.cells.length))
    return plain;
  const spanning = records.find(({ lines }) => lines.length > 1);
  if (spanning === undefined) return shifted(records, firstLine);
  throw onesheetError(
    'TABLE_ROW',
    path,
    spanning.line + firstLine - 1,
    `a quoted cell goes on to line ${spanning.line + firstLine - 2 + spanning.lines.length}, and cells of a .tsv stay on their line: save the table as .csv`,
  );
}

function unquote(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

export interface ParsedRecord extends RawRecord {
  /** The lines of the file that it takes. */
  readonly lines: readonly string[];
}

export interface ParseProblem {
  readonly line: number;
  readonly problem: string;
  /** Whether the text ends within quotes, so that more of it could be a record. */
  readonly isOpen: boolean;
}

export function tryParse(
  text: string,
  delimiter: string,
  dialect: { readonly escape?: string; readonly relax_quotes?: boolean },
): ParsedRecord[] | ParseProblem {
  let line = 1;
  const records: ParsedRecord[] = [];
  try {
    parse(text, {
      delimiter,
      ...dialect,
      info: true,
      raw: true,
      relax_column_count: true,
      on_record: (parsed) => {
        const { record, raw } = parsed as unknown as { record: string[]; raw: string };
        const lines = raw.replace(/(\r\n|\n|\r)$/, '').split(/\r\n|\n|\r/);
        if (raw.trim() !== '') records.push({ line, cells: record, lines });
        line += lines.length;
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
    const problem = isOpen
      ? 'a quoted cell begins here and the file ends inside it: write a quote inside a cell twice ("")'
      : error.message;
    return { line, problem, isOpen };
  }
}

function shifted(records: readonly ParsedRecord[], firstLine: number): RawRecord[] {
  return records.map(({ line, cells }) => ({ line: line + firstLine - 1, cells }));
}

/**
 * A description may go on over lines. But where each line of such a record has the cells of a whole row, a lone quote
 * has swallowed rows up to the next lone quote.
 *
 * @param isBroken whether quotes of the file are known to be wrong: then one such line is enough
 */
function refuseSwallowed(
  path: string,
  records: ParsedRecord[],
  separator: string,
  firstLine: number,
  isBroken: boolean,
): ParsedRecord[] {
  const width = records[0]?.cells.length ?? 0;
  const single = records.filter(({ lines }) => lines.length === 1).slice(1);
  const rows = new RowLook(
    single.map(({ cells }) => cells),
    width,
    separator,
  );
  const swallowing = records.find(({ lines }) => lines.length > 1 && width > 1 && rows.are(lines, isBroken));
  if (swallowing === undefined) return records;
  const first = swallowing.line + firstLine - 1;
  throw onesheetError(
    'TABLE_ROW',
    path,
    first,
    `a quoted cell begins here and ends in line ${first + swallowing.lines.length - 1}, over what looks like rows of the table: write a quote inside a cell twice ("")`,
  );
}

/** What rows of one line have in common, by which a line within a cell is told from a row. */
export class RowLook {
  readonly #width: number;
  readonly #separator: string;
  /** Columns in which no row has a space. */
  readonly #spaceless: readonly number[];
  /** For each column the signs that every row has there, as paths and addresses do. */
  readonly #signs: readonly (readonly string[])[];

  /** @param rows that take one line each */
  constructor(rows: readonly (readonly string[])[], width: number, separator: string) {
    this.#width = width;
    this.#separator = separator;
    const columns = [...Array(width).keys()];
    const holds = (test: (cell: string) => boolean) => (column: number) =>
      rows.length > 0 && rows.every((cells) => test((cells[column] ?? '').trim()));
    this.#spaceless = columns.filter(holds((cell) => !/\s/.test(cell)));
    this.#signs = columns.map((column) =>
      rows.length < fewRows
        ? []
        : ['.', '/', ':'].filter((sign) => holds((cell) => cell.includes(sign))(column)),
    );
  }

  /** Whether lines look like rows: each of them, or one where quotes are known to be wrong and rows can be told well. */
  are(lines: readonly string[], isBroken: boolean): boolean {
    const isRow = (line: string): boolean => this.#isRow(line);
    const canTell = this.#spaceless.length > 0;
    if (isBroken && canTell) return lines.some(isRow);
    return lines.every(isRow) && (canTell || lines.length > 2);
  }

  #isRow(line: string): boolean {
    const cells = line.split(this.#separator).map((cell) => cell.replaceAll('"', '').trim());
    return (
      cells.length === this.#width &&
      this.#spaceless.every((column) => !/\s/.test(cells[column]!)) &&
      this.#signs.every((signs, column) => signs.every((sign) => cells[column]!.includes(sign)))
    );
  }
}

/** Rows from which on what all of them have is no accident. */
const fewRows = 3;
