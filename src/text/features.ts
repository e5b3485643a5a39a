/** @module Lines of text -> their words, pairs of words and groups of letters, as hashes, and which words each is of. */

/** Characters of a poster's text that are read: more than stand on any. */
const longestText = 4000;

/** A word with its place, as a reader finds it. */
export interface TextWord {
  /** As it stands in the text. */
  readonly text: string;
  /** Which line, from 0, and its first character there. */
  readonly line: number;
  readonly start: number;
}

/** `words` are single ones and pairs of neighbours; `meanings` single ones, for which word vectors speak. */
export type FeatureGroup = 'words' | 'letters' | 'meanings';

/** How often each feature occurs, by its hash. */
export type TextCounts = Readonly<Record<FeatureGroup, ReadonlyMap<number, number>>>;

/** FNV-1a, its high bits folded into the low ones, which may choose a bucket. */
export function hashOf(token: string): number {
  let hash = 2166136261;
  for (let i = 0; i < token.length; i++) hash = Math.imul(hash ^ token.charCodeAt(i), 16777619);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A word without case, accents and ligatures. */
function plainWord(word: string): string {
  return word
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The hash of a single word, as texts and word vectors have it. */
export function hashOfWord(word: string): number {
  return hashOf(`word ${plainWord(word)}`);
}

/**
 * Words, pairs of neighbours, and groups of 3 to 5 letters within words. A word that was misread keeps most of its
 * groups of letters.
 *
 * @param visit each occurrence of a feature, with the words that it is of
 * @returns all words in their order
 */
export function visitFeatures(
  lines: readonly string[],
  visit: (group: FeatureGroup, hash: number, words: readonly number[]) => void,
): TextWord[] {
  const words: TextWord[] = [];
  let left = longestText;
  for (const [line, whole] of lines.entries()) {
    const text = whole.slice(0, left);
    left = Math.max(0, left - whole.length);
    let before: string | undefined;
    for (const { 0: found, index: start } of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
      const word = plainWord(found);
      if (word === '') continue;
      const at = words.push({ text: found, line, start }) - 1;
      const hash = hashOf(`word ${word}`);
      visit('words', hash, [at]);
      visit('meanings', hash, [at]);
      if (before !== undefined) visit('words', hashOf(`pair ${before} ${word}`), [at - 1, at]);
      before = word;
      const padded = ` ${word} `;
      for (let length = 3; length <= 5; length++)
        for (let from = 0; from + length <= padded.length; from++)
          visit('letters', hashOf(padded.slice(from, from + length)), [at]);
    }
  }
  return words;
}

export function countFeatures(lines: readonly string[]): TextCounts {
  const counts = { words: new Map<number, number>(), letters: new Map(), meanings: new Map() };
  visitFeatures(lines, (group, hash) => {
    const of: Map<number, number> = counts[group];
    of.set(hash, (of.get(hash) ?? 0) + 1);
  });
  return counts;
}
