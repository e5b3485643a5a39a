/** @module Labels and decisions -> which genres stand together, which are taken for which, how often each is said. */
import type { Matrix } from '../evaluate/index.ts';

/**
 * `shares[row][column]`: of the posters with the row's genre, the share that also has the column's; null for a
 * genre that no poster has. The diagonal is null too: it would be 1.
 */
export function coOccurrence({ rows, columns, data }: Matrix): (number | null)[][] {
  const together = Array.from({ length: columns }, () => new Float64Array(columns));
  for (let r = 0; r < rows; r++) {
    const own = data.subarray(r * columns, (r + 1) * columns);
    for (let i = 0; i < columns; i++) {
      if (own[i] !== 1) continue;
      for (let j = 0; j < columns; j++) together[i]![j]! += own[j]!;
    }
  }
  return together.map((row, i) =>
    Array.from(row, (both, j) => (i === j || row[i] === 0 ? null : both / row[i]!)),
  );
}

/**
 * `shares[row][column]`: of the posters that truly have the row's genre, the share on which it was missed while
 * the column's genre was given wrongly. Null for a genre without posters, and on the diagonal, where it cannot be.
 */
export function confusion(yTrue: Matrix, yPred: Matrix): (number | null)[][] {
  const { rows, columns } = yTrue;
  const mistaken = Array.from({ length: columns }, () => new Float64Array(columns));
  const support = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    for (let i = 0; i < columns; i++) {
      if (yTrue.data[at + i] !== 1) continue;
      support[i]! += 1;
      if (yPred.data[at + i] === 1) continue;
      for (let j = 0; j < columns; j++)
        if (yPred.data[at + j] === 1 && yTrue.data[at + j] === 0) mistaken[i]![j]! += 1;
    }
  }
  return mistaken.map((row, i) =>
    Array.from(row, (both, j) => (i === j || support[i] === 0 ? null : both / support[i]!)),
  );
}

/** The largest entries of a table of shares, the largest first. */
export function largestPairs(
  shares: readonly (readonly (number | null)[])[],
  genres: readonly string[],
  most: number,
): { row: string; column: string; share: number }[] {
  const pairs = shares.flatMap((row, i) =>
    row.flatMap((share, j) =>
      share === null || share === 0 ? [] : [{ row: genres[i]!, column: genres[j]!, share }],
    ),
  );
  return pairs.sort((a, b) => b.share - a.share).slice(0, most);
}
