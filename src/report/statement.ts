/** @module What a diagnosis says: its kinds, and each sentence with the figures that led to it. */

export type StatementKind =
  | 'too-short'
  | 'unfinished'
  | 'not-finite'
  | 'descent'
  | 'no-descent'
  | 'rising'
  | 'plateau'
  | 'overfitting'
  | 'underfitting'
  | 'nothing'
  | 'stopped-early'
  | 'stopped-late'
  | 'stopped-by-patience'
  | 'spike'
  | 'drop'
  | 'jump'
  | 'precision-steady'
  | 'precision-unknown';

export interface Statement {
  readonly kind: StatementKind;
  /** One or two sentences, with the figures. */
  readonly text: string;
  /** The figures that led to it, by name. */
  readonly figures: Readonly<Record<string, number>>;
}
