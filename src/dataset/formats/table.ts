/** @module What every format of a data set is read to: columns and rows, each row with its place. */

export interface TableRow {
  /**
   * From 1: the line of the file on which the row begins; in a JSON array, a Parquet file and folders that are
   * named by genres the row's number.
   */
  readonly line: number;
  /** Which of the files, where the table has several: its path in the folder. */
  readonly file?: string;
  /** One a column; texts in a CSV, any JSON value in a JSONL, `undefined` where a row has no such key. */
  readonly cells: readonly unknown[];
}

/** A row that is left out because it cannot be read. */
export interface RowFault extends Pick<TableRow, 'line' | 'file'> {
  readonly reason: string;
}

export interface Table {
  /** The file, or the folder. */
  readonly path: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Rows that cannot be read, and why. */
  readonly faults: readonly RowFault[];
  /** What was decided in reading that the file does not say itself, one sentence each. */
  readonly notes: readonly string[];
}

/** One way in which data sets are kept. A new one is a file of its own and its line in `formats/list.ts`. */
export interface DataFormat {
  /** How it is called when a path is of no format. */
  readonly name: string;
  /** Whether the path is of this format; only its kind, name and, of a folder, the names in it are looked at. */
  readonly accepts: (path: string, isFolder: boolean) => boolean | Promise<boolean>;
  /** @throws {OnesheetError} FILE_MISSING; FILE_UNREADABLE; TABLE_ROW with the line that cannot be read. */
  readonly read: (path: string) => Promise<Table>;
}
