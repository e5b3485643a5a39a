/** @module The rows of a history -> what the diagnosis reads off its curves: best epoch, falls, roughness. */
import type { HistoryRow, RunConfig } from '../run/index.ts';

export type HistoryColumn = keyof HistoryRow;

/** Losses fall when they get better, all other columns rise. */
function isLower(column: string): boolean {
  return /_loss$/.test(column);
}

/** The row with the best value of a column, the first of equals; undefined when no epoch has a number. */
export function bestRow(rows: readonly HistoryRow[], column: HistoryColumn): HistoryRow | undefined {
  const sign = isLower(column) ? -1 : 1;
  let best: HistoryRow | undefined;
  for (const row of rows) {
    if (!Number.isFinite(row[column])) continue;
    if (best === undefined || sign * (row[column] - best[column]) > 0) best = row;
  }
  return best;
}

/**
 * How rough a curve is, as the standard deviation of one epoch's value about a smooth course: the median
 * absolute second difference, scaled to a normal's. Second differences of independent noise have the variance
 * 6 sigma^2 (Gasser, Sroka & Jennen-Steinmetz 1986, with the median instead of the mean, so that one spike
 * does not hide itself). 0 with fewer than four values.
 */
export function roughness(values: readonly number[]): number {
  if (values.length < 4) return 0;
  const second = values.slice(2).map((value, i) => Math.abs(value - 2 * values[i + 1]! + values[i]!));
  second.sort((a, b) => a - b);
  const middle = second.length >> 1;
  const median = second.length % 2 === 1 ? second[middle]! : (second[middle - 1]! + second[middle]!) / 2;
  return median / (0.6745 * Math.sqrt(6));
}

/**
 * The first epoch by which the curve has made `share` of its whole fall from the first value to the lowest;
 * undefined when it never fell.
 */
export function epochOfFall(
  rows: readonly HistoryRow[],
  column: HistoryColumn,
  share: number,
): number | undefined {
  const first = rows[0]?.[column];
  const lowest = bestRow(rows, column)?.[column];
  if (first === undefined || lowest === undefined || !(first > lowest)) return undefined;
  return rows.find((row) => first - row[column] >= share * (first - lowest))?.epoch;
}

/**
 * The binary cross-entropy of saying every genre's training frequency for every poster, the mean over genres
 * of `-p ln p - (1 - p) ln (1 - p)`: what a network reaches that looks at nothing.
 */
export function priorLoss(prevalence: readonly number[]): number {
  const entropy = (p: number) => (p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p));
  return prevalence.reduce((sum, p) => sum + entropy(p), 0) / prevalence.length;
}

/** {@link priorLoss} of a run whose loss can be compared with it: plain binary cross-entropy; undefined for others. */
export function comparablePrior({ recipe: { loss }, prevalence }: RunConfig): number | undefined {
  const isPlain =
    loss.loss === 'binary-cross-entropy' && loss.labelSmoothing === 0 && loss.classWeights === 'none';
  return isPlain ? priorLoss(prevalence) : undefined;
}
