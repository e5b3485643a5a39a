/** @module Lines of text -> how often each word, pair of words and group of letters stands in them, by hashed bucket. */

/** Buckets that features are hashed into (Weinberger et al. 2009); a few share one. */
export const bucketCount = 2 ** 18;

/** Characters of a poster's text that are read: more than stand on any. */
const longestText = 4000;

/** Occurrences by bucket, of words and their pairs, and of groups of letters. */
export interface TextCounts {
  readonly words: ReadonlyMap<number, number>;
  readonly letters: ReadonlyMap<number, number>;
}

/** FNV-1a, its high bits folded into the low ones, which choose the bucket. */
function bucketOf(token: string): number {
  let hash = 2166136261;
  for (let i = 0; i < token.length; i++) hash = Math.imul(hash ^ token.charCodeAt(i), 16777619);
  return ((hash ^ (hash >>> 15)) >>> 0) % bucketCount;
}

function wordsOf(line: string): string[] {
  return line
    .toLowerCase()
    .normalize('NFKD')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function count(counts: Map<number, number>, token: string): void {
  const bucket = bucketOf(token);
  counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
}

/**
 * Words, pairs of neighbours, and groups of 3 to 5 letters within words. A word that was misread keeps most of its
 * groups of letters.
 */
export function countFeatures(lines: readonly string[]): TextCounts {
  const [words, letters] = [new Map<number, number>(), new Map<number, number>()];
  let left = longestText;
  for (const line of lines) {
    const found = wordsOf(line.slice(0, left));
    left = Math.max(0, left - line.length);
    found.forEach((word, i) => {
      count(words, `word ${word}`);
      if (i > 0) count(words, `pair ${found[i - 1]} ${word}`);
      const padded = ` ${word} `;
      for (let length = 3; length <= 5; length++)
        for (let at = 0; at + length <= padded.length; at++) count(letters, padded.slice(at, at + length));
    });
  }
  return { words, letters };
}
