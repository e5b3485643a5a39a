/** @module Precision over the epochs and the size of the validation set -> the changes that exceed its noise. */
import type { HistoryRow } from '../run/index.ts';
import type { Statement } from './statement.ts';
import type { Tongue } from './words/tongue.ts';

/** How much a measure was measured on. */
export interface ValidationSize {
  readonly posters: number;
  /** True poster-genre pairs among them. */
  readonly positives: number;
}

/** A change must be this many standard errors large. One in 370 is by chance alone. */
const limit = 3;

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
  words: Tongue['training'],
): Statement[] {
  const finite = rows.filter((row) => Number.isFinite(row.validation_micro_precision));
  if (finite.length < 2) return [];
  if (size === undefined || size.positives === 0) {
    return [
      {
        kind: 'precision-unknown',
        text: words.precisionUnknown,
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
    statements.push({
      kind,
      text: words.precisionChange({
        kind,
        size: change.size,
        epoch: change.to.epoch,
        before: change.from.validation_micro_precision,
        after: change.to.validation_micro_precision,
        errors: change.errors,
        noise: statements.length === 0 ? words.noise : '',
        returned: returns ? { to: next.to.validation_micro_precision, epoch: next.to.epoch } : undefined,
      }),
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
      text: words.precisionSteady({
        size: largest.size,
        epoch: largest.to.epoch,
        errors: largest.errors,
        posters: size.posters,
        noise: words.noise,
        limit,
      }),
      figures: figuresOf(largest),
    },
  ];
}

/** Whether the next change undoes at least half of this one. */
function isReturn(change: Change, next: Change): boolean {
  return Math.abs(next.size) >= 0.5 * Math.abs(change.size);
}
