/** @module Calibrated probabilities alone -> thresholds of the greatest F1 that they let expect. */
import type { Matrix } from './matrix.ts';
import { never, thresholdAfter } from './thresholds.ts';

/** Rounds over the genres; each places one threshold given the others, and few rounds change anything. */
const maximumRounds = 20;

/** What one genre's threshold can be: before the first score, or after any score that is not tied with the next. */
interface Candidates {
  readonly thresholds: readonly number[];
  /** Posters that are decided. */
  readonly proposed: readonly number[];
  /** How many of these are right: the sum of their probabilities. */
  readonly hits: readonly number[];
  /** How many of all posters have the genre: the sum of all probabilities. */
  readonly positives: number;
}

function candidatesOf({ rows, columns, data }: Matrix, genre: number): Candidates {
  const score = Float64Array.from({ length: rows }, (_, row) => data[row * columns + genre]!);
  score.sort().reverse();
  const thresholds = [never];
  const proposed = [0];
  const hits = [0];
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    sum += score[i]!;
    if (i + 1 < rows && score[i] === score[i + 1]) continue;
    thresholds.push(thresholdAfter({ score }, i + 1));
    proposed.push(i + 1);
    hits.push(sum);
  }
  return { thresholds, proposed, hits, positives: sum };
}

/** F1 of sums; 0 where there is nothing to find. */
function f1(hits: number, proposed: number, positives: number): number {
  return hits === 0 ? 0 : (2 * hits) / (proposed + positives);
}

/**
 * One threshold a genre, `[genres]`, that together maximize the mean of macro-F1 and micro-F1, both as the
 * probabilities let expect them: with the sums of probabilities in place of the counts of true positives and of
 * positives (plug-in rule; for one genre, the optimum is half the F1 that it reaches, Lipton, Elkan & Naryanaswamy
 * 2014, Theorem 1). A genre with few posters has few labels to choose a threshold by, and many probabilities. Macro-F1
 * alone proposes rare genres to posters that say little of them, and micro-F1 alone never proposes them.
 *
 * The thresholds are placed in turn, each where the mean is greatest given the others; of equal ones the highest.
 *
 * @param yScore calibrated probabilities, `[posters, genres]`
 */
export function expectedF1Thresholds(yScore: Matrix): number[] {
  const genres = Array.from({ length: yScore.columns }, (_, genre) => candidatesOf(yScore, genre));
  const totalPositives = genres.reduce((sum, { positives }) => sum + positives, 0);
  const chosen = genres.map(bestAlone);
  for (let round = 0; round < maximumRounds; round++) {
    let changed = false;
    for (const [genre, { proposed, hits, positives }] of genres.entries()) {
      let otherHits = 0;
      let otherProposed = 0;
      for (const [other, candidates] of genres.entries()) {
        if (other === genre) continue;
        otherHits += candidates.hits[chosen[other]!]!;
        otherProposed += candidates.proposed[chosen[other]!]!;
      }
      let best = -1;
      let at = 0;
      for (let i = 0; i < proposed.length; i++) {
        const macro = f1(hits[i]!, proposed[i]!, positives) / genres.length;
        const micro = f1(otherHits + hits[i]!, otherProposed + proposed[i]!, totalPositives);
        if (macro + micro > best) [best, at] = [macro + micro, i];
      }
      changed ||= at !== chosen[genre];
      chosen[genre] = at;
    }
    if (!changed) break;
  }
  return genres.map(({ thresholds }, genre) => thresholds[chosen[genre]!]!);
}

/** The candidate of the greatest F1 of this genre by itself. */
function bestAlone({ proposed, hits, positives }: Candidates): number {
  let best = 0;
  let at = 0;
  for (let i = 0; i < proposed.length; i++) {
    const value = f1(hits[i]!, proposed[i]!, positives);
    if (value > best) [best, at] = [value, i];
  }
  return at;
}
