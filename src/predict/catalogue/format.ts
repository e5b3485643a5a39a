/** @module A prediction -> the record that an output's format has for it; the bytes of an output -> its records. */
import { extname } from 'node:path';
import { onesheetError } from '../../errors.ts';
import { type Prediction, writtenOutcome } from '../prediction.ts';
import { sheetHeader, sheetRow } from '../sheet.ts';

const endings = { '.jsonl': 'jsonl', '.ndjson': 'jsonl', '.csv': 'csv', '.parquet': 'parquet' } as const;

export type OutputFormat = (typeof endings)[keyof typeof endings];

/** By the ending of its name. @throws {OnesheetError} OPTION_INVALID */
export function formatOfOutput(path: string): OutputFormat {
  const ending = extname(path).toLowerCase();
  if (ending in endings) return endings[ending as keyof typeof endings];
  throw onesheetError('OPTION_INVALID', 'output', 'a file .jsonl, .csv or .parquet', path);
}

/** How predictions are written one after the other. A Parquet file is made of JSON lines at the end. */
export interface RecordForm {
  /** What the file begins with. */
  readonly header: string;
  /** With its line end. */
  readonly recordOf: (prediction: Prediction) => string;
}

/** @param genres of the model */
export function recordForm(format: OutputFormat, genres: readonly string[]): RecordForm {
  if (format === 'csv')
    return {
      header: `${sheetHeader({ genres })}\n`,
      recordOf: (prediction) => `${sheetRow(prediction, { genres })}\n`,
    };
  return { header: '', recordOf: (prediction) => `${JSON.stringify(writtenOutcome(prediction))}\n` };
}

const quote = 0x22;
const lineFeed = 0x0a;

/**
 * Records with their line ends. In CSV a line feed between quotes belongs to a cell; JSON lines have none inside.
 *
 * @param isCsv whether quotes count
 */
export async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  isCsv: boolean,
): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    let isQuoted = false;
    for (let at = 0; at < bytes.length; at++) {
      if (isCsv && bytes[at] === quote) isQuoted = !isQuoted;
      else if (bytes[at] === lineFeed && !isQuoted) {
        yield bytes.subarray(start, at + 1);
        start = at + 1;
      }
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) yield rest;
}
