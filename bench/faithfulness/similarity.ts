/** @module Two maps of one size -> how alike they are: by the order of their values, and to the eye. */
import type { Grid } from '../../src/explain/index.ts';

/** Ranks from 1, equal values sharing their mean rank. */
function ranksOf(values: Float32Array): Float64Array {
  const order = Uint32Array.from(values, (_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/**
 * Spearman's rank correlation, from -1 to 1: Pearson's correlation of the ranks. 0 if all values of a map are
 * equal, since such a map has nothing in common with another.
 *
 * @example
 * rankCorrelation(Float32Array.of(1, 2, 4), Float32Array.of(10, 20, 30)); // 1
 */
export function rankCorrelation(first: Float32Array, second: Float32Array): number {
  const [a, b] = [ranksOf(first), ranksOf(second)];
  const middle = (a.length + 1) / 2;
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += (a[i]! - middle) * (b[i]! - middle);
    squaresA += (a[i]! - middle) ** 2;
    squaresB += (b[i]! - middle) ** 2;
  }
  return squaresA === 0 || squaresB === 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
}

/** Side of SSIM's windows. */
const side = 8;

/**
 * Mean structural similarity (Wang et al. 2004, eq. 13) of two maps with values from 0 to 1, over windows of
 * 8 x 8 pixels that overlap by half, with the constants 0.01 squared and 0.03 squared; 1 for equal maps.
 */
export function structuralSimilarity(first: Grid, second: Grid): number {
  const { height, width } = first;
  let [total, windows] = [0, 0];
  for (let top = 0; top + side <= height; top += side / 2) {
    for (let left = 0; left + side <= width; left += side / 2) {
      total += windowSimilarity(first, second, top, left);
      windows += 1;
    }
  }
  return total / windows;
}

function windowSimilarity(first: Grid, second: Grid, top: number, left: number): number {
  const count = side * side;
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + side; y++) {
    for (let at = y * first.width + left; at < y * first.width + left + side; at++) {
      const [one, other] = [first.values[at]!, second.values[at]!];
      a += one;
      b += other;
      aa += one * one;
      bb += other * other;
      ab += one * other;
    }
  }
  const [meanA, meanB] = [a / count, b / count];
  const variances = aa / count - meanA ** 2 + bb / count - meanB ** 2;
  const covariance = ab / count - meanA * meanB;
  const luminance = (2 * meanA * meanB + 0.01 ** 2) / (meanA ** 2 + meanB ** 2 + 0.01 ** 2);
  return (luminance * (2 * covariance + 0.03 ** 2)) / (variances + 0.03 ** 2);
}
