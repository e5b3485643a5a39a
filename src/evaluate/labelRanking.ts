/** @module Labels and scores -> how well each poster's genres are ordered: LRAP, coverage, ranking loss, precision at k. */
import { onesheetError } from '../errors.ts';
import { mean } from './average.ts';
import { knownOfPoster, type Labels, type Matrix, requireScores, valuesAt } from './matrix.ts';

/** A number for one poster, from its truths and scores at `[start, start + columns)`. */
type OfPoster = (
  yTrue: ArrayLike<number>,
  yScore: ArrayLike<number>,
  start: number,
  columns: number,
) => number;

/**
 * The measure of each poster over the genres that are known of it, `[posters]`; its mean is the measure. NaN for a poster
 * of which nothing is known.
 */
export function byPoster(measure: OfPoster, yTrue: Labels, yScore: Matrix): Float64Array {
  const { rows, columns, known } = yTrue;
  return Float64Array.from({ length: rows }, (_, r) => {
    if (known === undefined) return measure(yTrue.data, yScore.data, r * columns, columns);
    const pairs = knownOfPoster(yTrue, r);
    if (pairs.length === 0) return Number.NaN;
    return measure(valuesAt(yTrue.data, pairs), valuesAt(yScore.data, pairs), 0, pairs.length);
  });
}

export const labelRankingAveragePrecisionOfPoster: OfPoster = (yTrue, yScore, start, columns) => {
  let relevant = 0;
  let sum = 0;
  for (let c = start; c < start + columns; c++) {
    if (yTrue[c] !== 1) continue;
    relevant++;
    let above = 0;
    let trueAbove = 0;
    for (let other = start; other < start + columns; other++) {
      if ((yScore[other] as number) < (yScore[c] as number)) continue;
      above++;
      trueAbove += yTrue[other] as number;
    }
    sum += trueAbove / above;
  }
  return relevant === 0 ? 1 : sum / relevant;
};

export const coverageOfPoster: OfPoster = (yTrue, yScore, start, columns) => {
  let lowest = Infinity;
  for (let c = start; c < start + columns; c++)
    if (yTrue[c] === 1) lowest = Math.min(lowest, yScore[c] as number);
  let covered = 0;
  for (let c = start; c < start + columns; c++) if ((yScore[c] as number) >= lowest) covered++;
  return covered;
};

export const rankingLossOfPoster: OfPoster = (yTrue, yScore, start, columns) => {
  let relevant = 0;
  let wrong = 0;
  for (let c = start; c < start + columns; c++) {
    if (yTrue[c] !== 1) continue;
    relevant++;
    for (let other = start; other < start + columns; other++)
      if (yTrue[other] === 0 && (yScore[other] as number) >= (yScore[c] as number)) wrong++;
  }
  const pairs = relevant * (columns - relevant);
  return pairs === 0 ? 0 : wrong / pairs;
};

/**
 * Genres tied at the k-th place share what places are left: the mean over all orders of the tie.
 *
 * @param genres how many there are, the unknown ones included: a place is not wrong for want of a known genre
 */
export function precisionAtKOfPoster(k: number, genres: number): OfPoster {
  return (yTrue, yScore, start, columns) => {
    const places = k - Math.max(0, Math.min(k, genres) - columns);
    let hits = 0;
    for (let c = start; c < start + columns; c++) {
      if (yTrue[c] !== 1) continue;
      let above = 0;
      let tied = 0;
      for (let other = start; other < start + columns; other++) {
        if ((yScore[other] as number) > (yScore[c] as number)) above++;
        else if (yScore[other] === yScore[c]) tied++;
      }
      hits += Math.min(1, Math.max(0, k - above) / tied);
    }
    return hits / places;
  };
}

/**
 * Label-ranking average precision: for each true genre, which share of the genres at or above its score are
 * true; the mean over a poster's true genres, then over posters.
 *
 * yTrue: 0 or 1, yScore: finite numbers, `[posters, genres]`. Range (0, 1], 1 is best. Ties count as above.
 * Zero division: a poster without genres (or with all of them) scores 1, as in scikit-learn.
 *
 * @example
 * // The true genre stands second in the first poster and third in the second.
 * const yTrue = matrixFromRows([[1, 0, 0], [0, 0, 1]]);
 * const yScore = matrixFromRows([[0.75, 0.5, 1], [1, 0.2, 0.1]]);
 * labelRankingAveragePrecisionScore(yTrue, yScore); // (1 / 2 + 1 / 3) / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1, or scores not finite.
 */
export function labelRankingAveragePrecisionScore(yTrue: Labels, yScore: Matrix): number {
  requireScores(yTrue, yScore);
  return mean(byPoster(labelRankingAveragePrecisionOfPoster, yTrue, yScore));
}

/**
 * How far down a poster's ranked genres one must read to meet all true ones; the mean over posters.
 *
 * yTrue: 0 or 1, yScore: finite numbers, `[posters, genres]`. Range [0, genres]; the best is the mean number
 * of true genres. A tie counts with its lowest place.
 * Zero division: a poster without genres needs 0, as in scikit-learn.
 *
 * @example
 * const yTrue = matrixFromRows([[1, 0, 0], [0, 1, 1]]);
 * const yScore = matrixFromRows([[1, 0, 0], [0.9, 0.5, 0.4]]);
 * coverageError(yTrue, yScore); // (1 + 3) / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1, or scores not finite.
 */
export function coverageError(yTrue: Labels, yScore: Matrix): number {
  requireScores(yTrue, yScore);
  return mean(byPoster(coverageOfPoster, yTrue, yScore));
}

/**
 * The share of a poster's pairs (true genre, false genre) in which the false one scores at least as high; the
 * mean over posters (Tsoumakas, Katakis & Vlahavas 2010).
 *
 * yTrue: 0 or 1, yScore: finite numbers, `[posters, genres]`. Range [0, 1], 0 is best. A tie is wrong.
 * Zero division: a poster without genres (or with all of them) has loss 0, as in scikit-learn.
 *
 * @example
 * // One of the two pairs of the first poster is wrong, none of the second.
 * const yTrue = matrixFromRows([[1, 0, 0], [0, 0, 1]]);
 * const yScore = matrixFromRows([[0.75, 0.5, 1], [0.1, 0.2, 0.9]]);
 * labelRankingLoss(yTrue, yScore); // (1 / 2 + 0) / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for different shapes, labels other than 0 and 1, or scores not finite.
 */
export function labelRankingLoss(yTrue: Labels, yScore: Matrix): number {
  requireScores(yTrue, yScore);
  return mean(byPoster(rankingLossOfPoster, yTrue, yScore));
}

/**
 * The share of a poster's k likeliest genres, among those that are known, that are true; the mean over posters.
 *
 * yTrue: 0 or 1, yScore: finite numbers, `[posters, genres]`; k >= 1. Range [0, 1], 1 is best, but a poster
 * with fewer than k true genres cannot reach 1. Genres tied at the k-th place count by their share of the
 * places left, so a constant score gives the share of positives. With fewer than k genres, the places that
 * stay empty count as wrong; of a poster with fewer than k known genres they are not counted. No zero division.
 *
 * @example
 * // Of the two likeliest genres, one is true in the first poster and both in the second.
 * const yTrue = matrixFromRows([[1, 0, 0], [0, 1, 1]]);
 * const yScore = matrixFromRows([[0.9, 0.5, 0.1], [0.2, 0.8, 0.7]]);
 * precisionAtK(yTrue, yScore, 2); // (1 / 2 + 2 / 2) / 2
 *
 * @throws {OnesheetError} OPTION_INVALID for a k that is not a positive integer, different shapes, labels
 * other than 0 and 1, or scores not finite.
 */
export function precisionAtK(yTrue: Labels, yScore: Matrix, k: number): number {
  requireScores(yTrue, yScore);
  if (!Number.isInteger(k) || k < 1)
    throw onesheetError('OPTION_INVALID', 'k', 'a positive integer', String(k));
  return mean(byPoster(precisionAtKOfPoster(k, yTrue.columns), yTrue, yScore));
}
