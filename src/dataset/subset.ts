/** @module The three parts of a split, by their names and by those that others give them. */

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** `excluded` are near-duplicates of validation and test posters, which nothing learns from or is measured on. */
export type Assignment = SplitName | 'excluded';

const wordsOfSplits: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'val', 'dev', 'development'],
  test: ['test', 'testing', 'eval', 'evaluation'],
};

/** The subset that others call so: `val`, `Training`, ...; their words are those of Hugging Face's folders. */
export function splitOfWord(word: string): SplitName | undefined {
  return splitNames.find((name) => wordsOfSplits[name].includes(word.toLowerCase()));
}
