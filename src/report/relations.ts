/** @module Labels and decisions -> which genres stand together, which are taken for which, how often each is said. */
import type { Labels, Matrix } from '../evaluate/index.ts';

/**
 * `shares[row][column]`: of the posters with the row's genre of which the column's is known, the share that also has it;
 * null where there is no such poster. The diagonal is null too: it would be 1.
 */
export function coOccurrence({ rows, columns, data, known }: Labels): (number | null)[][] {
  const [together, judged] = [squareOf(columns), squareOf(columns)];
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    for (let i = 0; i < columns; i++) {
      if (data[at + i] !== 1 || known?.[at + i] === 0) continue;
      for (let j = 0; j < columns; j++) {
        if (known?.[at + j] === 0) continue;
        judged[i]![j]! += 1;
        together[i]![j]! += data[at + j]!;
      }
    }
  }
  return sharesOf(together, judged);
}

function squareOf(size: number): Float64Array[] {
  return Array.from({ length: size }, () => new Float64Array(size));
}

function sharesOf(counts: readonly Float64Array[], of: readonly Float64Array[]): (number | null)[][] {
  return counts.map((row, i) =>
    Array.from(row, (count, j) => (i === j || of[i]![j] === 0 ? null : count / of[i]![j]!)),
  );
}

/**
 * `shares[row][column]`: of the posters that truly have the row's genre and of which the column's is known, the share on
 * which the one was missed while the other was given wrongly. Null where there is no such poster, and on the diagonal,
 * where it cannot be.
 */
export function confusion(yTrue: Labels, yPred: Matrix): (number | null)[][] {
  const { rows, columns, known } = yTrue;
  const [mistaken, judged] = [squareOf(columns), squareOf(columns)];
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    for (let i = 0; i < columns; i++) {
      if (yTrue.data[at + i] !== 1 || known?.[at + i] === 0) continue;
      const isMissed = yPred.data[at + i] === 0;
      for (let j = 0; j < columns; j++) {
        if (known?.[at + j] === 0) continue;
        judged[i]![j]! += 1;
        if (isMissed && yPred.data[at + j] === 1 && yTrue.data[at + j] === 0) mistaken[i]![j]! += 1;
      }
    }
  }
  return sharesOf(mistaken, judged);
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
