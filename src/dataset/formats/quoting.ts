/** @module The text of a separated table and its separator -> its records, with quotes read as this file uses them. */
import { CsvError, parse } from 'csv-parse/sync';
import { onesheetError } from '../../errors.ts';

export interface RawRecord {
  /** From 1, the line on which it begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * In a CSV, quotes enclose cells: they are doubled inside, or follow a backslash where only that fits the whole file.
 *
 * @param firstLine the line of the file on which the text begins
 * @throws {OnesheetError} TABLE_ROW with the line on which a quote opens that is not closed, or that is closed only
 * after swallowing rows.
 */
export function readQuoted(path: string, text: string, separator: string, firstLine: number): RawRecord[] {
  for (const dialect of [{ escape: '"' }, { escape: '\\' }]) {
    const records = tryParse(text, separator, dialect);
    if (Array.isArray(records))
      return shifted(refuseSwallowed(path, records, separator, firstLine, false), firstLine);
  }
  const records = tryParse(text, separator, { relax_quotes: true });
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

interface ParsedRecord extends RawRecord {
  /** The lines of the file that it takes. */
  readonly lines: readonly string[];
}

interface ParseProblem {
  readonly line: number;
  readonly problem: string;
}

function tryParse(
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
    const problem =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a quoted cell begins here and the file ends inside it: write a quote inside a cell twice ("")'
        : error.message;
    return { line, problem };
  }
}

function shifted(records: readonly ParsedRecord[], firstLine: number): RawRecord[] {
  return records.map(({ line, cells }) => ({ line: line + firstLine - 1, cells }));
}

/**
 * A description may go on over lines. But where each line of such a record has the cells of a whole row, and has no
 * space where no other row has one, a lone quote has swallowed rows up to the next lone quote.
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
  const spaceless = [...Array(width).keys()].filter(
    (column) => single.length > 0 && single.every(({ cells }) => !/\s/.test((cells[column] ?? '').trim())),
  );
  const isRow = (line: string) => {
    const cells = line.split(separator).map((cell) => cell.replaceAll('"', '').trim());
    return cells.length === width && spaceless.every((column) => !/\s/.test(cells[column]!));
  };
  const holdsRows = (lines: readonly string[]) =>
    isBroken && spaceless.length > 0
      ? lines.some(isRow)
      : lines.every(isRow) && (spaceless.length > 0 || lines.length > 2);
  const swallowing = records.find(({ lines }) => lines.length > 1 && width > 1 && holdsRows(lines));
  if (swallowing === undefined) return records;
  const first = swallowing.line + firstLine - 1;
  throw onesheetError(
    'TABLE_ROW',
    path,
    first,
    `a quoted cell begins here and ends in line ${first + swallowing.lines.length - 1}, over what looks like rows of the table: write a quote inside a cell twice ("")`,
  );
}
