/** @module Lines of a table in which quotes are wrong -> runs of lines that are records, and lines that begin none. */
import { type ParsedRecord, RowLook, tryParse } from './quoting.ts';

/** Lines, or one that begins no record. */
export interface Run {
  /** Of the first of them, from 0. */
  readonly line: number;
  /** Text of records that can be read together; undefined for a line that begins none. */
  readonly record: string | undefined;
}

/** Lines over which a cell may go on. */
const longestCell = 200;

/**
 * Every line is taken by itself where it is a record, else with the next ones up to where its quotes close, unless one of
 * those looks like a row; so a quote that is not closed costs its own line.
 *
 * @param lines without the line of names
 * @param header the line of names
 */
export function* recordsAmong(lines: readonly string[], header: string, separator: string): Generator<Run> {
  const width = (recordIn(header, separator) ?? header.split(separator)).length;
  const single = lines.map((line) =>
    line.includes('"') ? recordIn(line, separator) : line.split(separator),
  );
  const look = new RowLook(
    single.filter((cells) => cells?.length === width).map((cells) => cells!),
    width,
    separator,
  );
  const doubtful = new Set<number>();
  /** Lines that are records without question are read together. */
  let plain: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const count = single[at] === undefined ? linesOf(lines, at, { separator, width, look, doubtful }) : 1;
    if (count === 0 || (single[at] === undefined && count === 1)) {
      if (plain.length > 0) yield { line: at - plain.length, record: plain.join('\n') };
      plain = [];
      yield { line: at, record: count === 0 ? undefined : lines[at]! };
      at += 1;
      continue;
    }
    plain.push(...lines.slice(at, at + count));
    at += count;
  }
  if (plain.length > 0) yield { line: lines.length - plain.length, record: plain.join('\n') };
}

/** The cells of the only record of a text whose quotes are right. */
function recordIn(text: string, separator: string): readonly string[] | undefined {
  const records = tryParse(text, separator, { escape: '"' });
  return Array.isArray(records) && records.length === 1 ? records[0]!.cells : undefined;
}

interface Layout {
  readonly separator: string;
  readonly width: number;
  readonly look: RowLook;
  /** Lines on which a quote closes that may have been opened by mistake. */
  readonly doubtful: Set<number>;
}

/** How many lines from here on are one record; 1 also for one whose quotes are letters, 0 where it begins none. */
function linesOf(lines: readonly string[], from: number, layout: Layout): number {
  const { separator, width, look, doubtful } = layout;
  const isRecord = (found: ReturnType<typeof tryParse>): found is ParsedRecord[] =>
    Array.isArray(found) && found.length === 1 && found[0]!.cells.length >= width;
  for (let to = from + 1; to <= Math.min(lines.length, from + longestCell); to++) {
    if (to > from + 1 && !lines[to - 1]!.includes('"')) continue;
    const some = lines.slice(from, to);
    const found = tryParse(some.join('\n'), separator, { escape: '"' });
    if (isRecord(found) && !look.are(some, true)) return to - from;
    if (Array.isArray(found)) doubtful.add(to - 1);
    if (Array.isArray(found) || !found.isOpen) break;
  }
  if (doubtful.has(from)) return 0;
  const [line] = lines.slice(from, from + 1) as [string];
  const isLetters = [{ escape: '\\' }, { relax_quotes: true }].some((dialect) =>
    isRecord(tryParse(line, separator, dialect)),
  );
  return isLetters ? 1 : 0;
}
