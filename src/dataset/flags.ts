/** @module Columns of yes and no, in any of the usual notations -> what each cell says of its genre. */
import type { TableRow } from './formats/table.ts';

/** What a cell can say by itself; `minus` is -1, whose meaning the table decides. */
type RawFlag = 'yes' | 'no' | 'minus' | 'empty' | 'other';

/** How a column writes yes and no. */
export type Notation = 'numbers' | 'true/false' | 'yes/no';

export type Flag = 'yes' | 'no' | 'unknown' | 'other';

const words: Readonly<Record<string, readonly [RawFlag, Notation]>> = {
  true: ['yes', 'true/false'],
  t: ['yes', 'true/false'],
  false: ['no', 'true/false'],
  f: ['no', 'true/false'],
  yes: ['yes', 'yes/no'],
  y: ['yes', 'yes/no'],
  no: ['no', 'yes/no'],
  n: ['no', 'yes/no'],
};
const emptyWords = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', '?', 'unknown', '\\n']);

function readCell(cell: unknown): readonly [RawFlag, Notation | undefined] {
  const text = String(cell ?? '')
    .trim()
    .toLowerCase();
  if (emptyWords.has(text)) return ['empty', undefined];
  const number = /^([+-]?)([01])(\.0*)?$/.exec(text);
  if (number !== null) {
    if (number[2] === '0') return ['no', 'numbers'];
    return [number[1] === '-' ? 'minus' : 'yes', 'numbers'];
  }
  return Object.hasOwn(words, text) ? words[text]! : ['other', undefined];
}

export interface FlagColumn {
  readonly index: number;
  readonly notation: Notation;
  /** Whether it has a cell that says no as 0, false or no. */
  readonly saysNo: boolean;
  readonly saysMinus: boolean;
}

/**
 * A column whose cells are flags or empty, not all of them empty. One in ten may be a mistake: a genre must not
 * vanish because of it.
 */
export function flagColumn(rows: readonly TableRow[], index: number): FlagColumn | undefined {
  const counts = { yes: 0, no: 0, minus: 0, empty: 0, other: 0 };
  const notations = new Map<Notation, number>();
  for (const row of rows) {
    const [flag, notation] = readCell(row.cells[index]);
    counts[flag]++;
    if (notation !== undefined) notations.set(notation, (notations.get(notation) ?? 0) + 1);
  }
  const flags = counts.yes + counts.no + counts.minus;
  if (flags === 0 || counts.other * 9 > flags) return undefined;
  const [notation] = [...notations].sort((a, b) => b[1] - a[1])[0]!;
  return { index, notation, saysNo: counts.no > 0, saysMinus: counts.minus > 0 };
}

/**
 * Reads the cells of one table's genre columns. Where some column says 0, false or no, an empty cell, NaN and -1
 * are unknown; where none does, -1 is the no; where that is missing too, an empty cell is.
 */
export function flagReader(columns: readonly FlagColumn[]): (cell: unknown) => Flag {
  const saysNo = columns.some((column) => column.saysNo);
  const saysMinus = columns.some((column) => column.saysMinus);
  const minus: Flag = saysNo ? 'unknown' : 'no';
  const empty: Flag = saysNo || saysMinus ? 'unknown' : 'no';
  return (cell) => {
    const [flag] = readCell(cell);
    if (flag === 'minus') return minus;
    return flag === 'empty' ? empty : flag;
  };
}
