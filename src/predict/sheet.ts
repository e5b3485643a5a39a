/** @module Predictions and the genres of their models -> the header and the rows of one CSV file. */
import { csvRow } from '../csv.ts';
import { isFailed, type PredictionOutcome, writtenOutcome } from './prediction.ts';

/** A prediction, and by which policy its genres were decided where that is told. */
export type SheetOutcome = PredictionOutcome & { readonly policy?: string };

export interface SheetOptions {
  /** A column of probabilities for each; empty where a poster's model does not know the genre. */
  readonly genres: readonly string[];
  /**
   * Whether there is a column of policies.
   * @default false
   */
  readonly policy?: boolean;
}

/** The names of the columns, in the order of {@link sheetRow}'s cells. */
export function sheetHeader({ genres, policy = false }: SheetOptions): string {
  return csvRow(['id', 'source', 'genres', ...genres, 'model', ...(policy ? ['policy'] : []), 'error']);
}

/** One row a poster, without a line end: a prediction has no error, and a failure nothing else. */
export function sheetRow(outcome: SheetOutcome, { genres, policy = false }: SheetOptions): string {
  const { id, source } = outcome;
  const decision = policy ? [isFailed(outcome) ? '' : (outcome.policy ?? '')] : [];
  if (isFailed(outcome))
    return csvRow([id, source, '', ...genres.map(() => ''), '', ...decision, outcome.error.message]);
  const written = writtenOutcome(outcome);
  const decided = written.genres.filter((genre) => genre.decided).map(({ label }) => label);
  const known = new Map(written.genres.map(({ label, probability }) => [label, probability]));
  const probabilities = genres.map((genre) => known.get(genre) ?? '');
  return csvRow([id, source, decided.join('|'), ...probabilities, outcome.model, ...decision, '']);
}
