/** @module Precision over the epochs and the size of the validation set -> the changes that exceed its noise. */
import type { HistoryRow } from '../run/index.ts';
import { percent, signed } from './format.ts';
import type { Statement } from './statement.ts';

/** How much a measure was measured on. */
export interface ValidationSize {
  readonly posters: number;
  /** True poster-genre pairs among them. */
  readonly positives: number;
}

/** A change must be this many standard errors large. One in 370 is by chance alone. */
const limit = 3;

const formula =
  'noise: standard error of a share, sqrt(p (1 - p) / n), of n = recall x true pairs / precision proposals';

/**
 * The binomial standard error of an epoch's micro precision p: `sqrt(p (1 - p) / n)` with n the number of
 * proposals, which follows from recall R and the number of true pairs P, since both count the same hits:
 * `n = R P / p`. NaN when nothing was hit.
 */
function precisionError(row: HistoryRow, { positives }: ValidationSize): number {
  const p = row.validation_micro_precision;
  const proposals = (row.validation_micro_recall * positives) / p;
  return proposals > 0 ? Math.sqrt((p * (1 - p)) / proposals) : Number.NaN;
}

interface Change {
  readonly from: HistoryRow;
  readonly to: HistoryRow;
  readonly size: number;
  /** In standard errors of a difference of two epochs. */
  readonly errors: number;
}

function changesOf(rows: readonly HistoryRow[], size: ValidationSize): Change[] {
  return rows.slice(1).map((to, i) => {
    const from = rows[i]!;
    const difference = to.validation_micro_precision - from.validation_micro_precision;
    const error = Math.hypot(precisionError(from, size), precisionError(to, size));
    return { from, to, size: difference, errors: error > 0 ? Math.abs(difference) / error : Number.NaN };
  });
}

function figuresOf({ from, to, size, errors }: Change): Statement['figures'] {
  return {
    epoch: to.epoch,
    before: from.validation_micro_precision,
    after: to.validation_micro_precision,
    change: size,
    standardErrors: errors,
  };
}

/**
 * Spikes (up and back), drops (down and back) and lasting jumps of micro precision that exceed three standard
 * errors; otherwise the largest change and that it is within the noise. Two epochs' errors are taken for
 * independent, though both are measured on the same posters, which makes the noise larger than it is.
 */
export function describePrecision(
  rows: readonly HistoryRow[],
  size: ValidationSize | undefined,
): Statement[] {
  const finite = rows.filter((row) => Number.isFinite(row.validation_micro_precision));
  if (finite.length < 2) return [];
  if (size === undefined || size.positives === 0) {
    return [
      {
        kind: 'precision-unknown',
        text: "Whether precision's changes exceed noise cannot be judged, since the validation posters are not known.",
        figures: {},
      },
    ];
  }
  const changes = changesOf(finite, size);
  const statements: Statement[] = [];
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i]!;
    if (!(change.errors > limit)) continue;
    const next = changes[i + 1];
    const returns =
      next !== undefined && next.errors > limit && next.size * change.size < 0 && isReturn(change, next);
    const kind = !returns ? 'jump' : change.size > 0 ? 'spike' : 'drop';
    const what = { jump: 'changed', spike: 'spiked', drop: 'dropped' }[kind];
    const after = returns
      ? ` and returned to ${percent(next.to.validation_micro_precision)} at epoch ${next.to.epoch}`
      : '';
    statements.push({
      kind,
      text:
        `Validation precision ${what} by ${signed(100 * change.size, 1)} points at epoch ${change.to.epoch}, from ` +
        `${percent(change.from.validation_micro_precision)} to ${percent(change.to.validation_micro_precision)}${after}: ` +
        `${change.errors.toFixed(1)} standard errors${statements.length === 0 ? ` (${formula})` : ''}.`,
      figures: figuresOf(change),
    });
    if (returns) i += 1;
  }
  if (statements.length > 0) return statements;
  const defined = changes.filter(({ errors }) => Number.isFinite(errors));
  if (defined.length === 0) return [];
  const largest = defined.reduce((a, b) => (b.errors > a.errors ? b : a));
  return [
    {
      kind: 'precision-steady',
      text:
        `Precision shows no spike or drop: its largest change from one epoch to the next, ${signed(100 * largest.size, 1)} ` +
        `points at epoch ${largest.to.epoch}, is ${largest.errors.toFixed(1)} standard errors, within the noise of ` +
        `${size.posters} validation posters (${formula}; more than ${limit} would be named).`,
      figures: figuresOf(largest),
    },
  ];
}

/** Whether the next change undoes at least half of this one. */
function isReturn(change: Change, next: Change): boolean {
  return Math.abs(next.size) >= 0.5 * Math.abs(change.size);
}
