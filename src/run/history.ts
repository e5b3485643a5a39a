/** @module An epoch's figures -> a row of `history.csv` (reproducible) or `timings.csv` (not), and back. */
import { onesheetError } from '../errors.ts';
import { type MeasureName, type ValidationColumn, validationColumn } from '../evaluate/index.ts';
import { readWholeFile, writeFileAtomically } from '../files.ts';

/** A row: a number for each column. NaN stands for a measure that is not defined; its cell is empty. */
export type EpochRow<Column extends string> = Readonly<Record<Column | 'epoch', number>>;

/** A CSV file with one row an epoch, counted from 1 and in that order, rewritten as a whole each time and never torn. */
export interface EpochTable<Column extends string> {
  readonly columns: readonly (Column | 'epoch')[];
  /**
   * All rows; none when the file does not exist.
   * @throws {OnesheetError} EPOCH_TABLE_INVALID with the line, or FILE_UNREADABLE.
   */
  load(path: string): Promise<EpochRow<Column>[]>;
  /** Adds the next epoch's row; its epoch must be later than all before. */
  append(path: string, row: EpochRow<Column>): Promise<void>;
  /** Drops the rows after `epoch`: what a killed run wrote beyond the checkpoint that it resumes from. */
  truncate(path: string, epoch: number): Promise<void>;
}

/**
 * A table of the given columns after `epoch`. Numbers are written in the shortest form that reads back to the
 * same float64 (ECMAScript's Number::toString), so rows survive any number of rewrites.
 */
export function epochTable<const Column extends string>(others: readonly Column[]): EpochTable<Column> {
  type Row = EpochRow<Column>;
  const columns = ['epoch', ...others] as const;
  const header = columns.join(',');

  const format = (rows: readonly Row[]) =>
    [header, ...rows.map((row) => columns.map((column) => cellOf(row[column])).join(','))]
      .join('\n')
      .concat('\n');

  const parse = (text: string, path: string): Row[] => {
    const refuse = (line: number, reason: string) => onesheetError('EPOCH_TABLE_INVALID', path, line, reason);
    const [first, ...lines] = text.split(/\r?\n/);
    if (first !== header) throw refuse(1, `expected the columns ${header}`);
    if (lines.at(-1) === '') lines.pop();
    let lastEpoch = 0;
    return lines.map((line, index) => {
      const cells = line.split(',');
      if (cells.length !== columns.length)
        throw refuse(index + 2, `expected ${columns.length} cells but found ${cells.length}`);
      const numbers = cells.map(numberOf);
      const wrong = numbers.indexOf(undefined);
      if (wrong >= 0) throw refuse(index + 2, `${columns[wrong]} is no number: ${cells[wrong]}`);
      const row = Object.fromEntries(columns.map((column, i) => [column, numbers[i]])) as Row;
      if (!(row.epoch > lastEpoch))
        throw refuse(index + 2, `expected an epoch after ${lastEpoch} but found ${cells[0] || 'none'}`);
      lastEpoch = row.epoch;
      return row;
    });
  };

  const load = async (path: string): Promise<Row[]> => {
    try {
      return parse((await readWholeFile(path, 'a table of epochs')).toString(), path);
    } catch (error) {
      if ((error as { code?: string }).code === 'FILE_MISSING') return [];
      throw error;
    }
  };

  return {
    columns,
    load,
    async append(path, row) {
      const rows = await load(path);
      const last = rows.at(-1)?.epoch ?? 0;
      if (!(row.epoch > last)) throw new Error(`Epoch ${row.epoch} cannot follow epoch ${last} in ${path}.`);
      await writeFileAtomically(path, format([...rows, row]));
    },
    async truncate(path, epoch) {
      const rows = await load(path);
      const kept = rows.filter((row) => row.epoch <= epoch);
      if (kept.length < rows.length) await writeFileAtomically(path, format(kept));
    },
  };
}

function cellOf(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

function numberOf(cell: string): number | undefined {
  if (cell === '') return Number.NaN;
  const value = Number(cell);
  return cell.trim() === cell && !Number.isNaN(value) ? value : undefined;
}

/** What is measured of the validation posters after each epoch; decisions at probability 1/2, at least the likeliest genre. */
const epochMeasures = [
  'microPrecision',
  'microRecall',
  'microF1',
  'microAveragePrecision',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'macroAveragePrecision',
] as const satisfies readonly MeasureName[];

export type EpochMeasure = (typeof epochMeasures)[number];

type ValidationMeasureName = 'validation_loss' | ValidationColumn<EpochMeasure>;

export const validationMeasureNames: readonly ValidationMeasureName[] = [
  'validation_loss',
  ...epochMeasures.map(validationColumn),
];

/** An epoch's loss and measures, by the columns of its history. */
export type ValidationMeasures = Readonly<Record<ValidationMeasureName, number>>;

export function validationRow(
  loss: number,
  measures: Readonly<Record<EpochMeasure, number>>,
): ValidationMeasures {
  const cells = epochMeasures.map((name) => [validationColumn(name), measures[name]] as const);
  return Object.fromEntries([['validation_loss', loss], ...cells]) as ValidationMeasures;
}

/**
 * `history.csv`: what the training did, the same to the byte whether or not it was interrupted. Losses are
 * means over posters; `step` and `learning_rate` are those of the epoch's last update.
 */
export const history = epochTable(['step', 'learning_rate', 'training_loss', ...validationMeasureNames]);

/** `timings.csv`: how long it took, which differs from run to run. */
export const timings = epochTable([
  'training_seconds',
  'validation_seconds',
  'images_per_second',
  'peak_memory_megabytes',
]);

export type HistoryRow = EpochRow<(typeof history.columns)[number]>;
export type TimingsRow = EpochRow<(typeof timings.columns)[number]>;
