/** @module What the picture and each word add to the logits of a poster -> the same for one genre, the strongest words first. */
import type { Contributions, Heard } from '../text/index.ts';

/** A word of what is heard of a poster, and what it adds to the logit of a genre. */
export interface SpokenWord {
  readonly text: string;
  /** Where it stands. */
  readonly kind: 'lines' | 'title' | 'originalTitle';
  /** Which of the poster's lines, from 0; of a title 0. */
  readonly line: number;
  /** Above 0 it speaks for the genre, below against it. */
  readonly logit: number;
}

/** The logit of a genre: the sum of the picture's part, of all words' and of the constant. */
export interface GenreWords {
  readonly logit: number;
  readonly picture: number;
  /** What calibration adds whatever is heard. */
  readonly constant: number;
  /** Those that say something, the strongest first. */
  readonly words: readonly SpokenWord[];
}

/** @param genre its place among the model's genres */
export function wordsFor({ picture, words, constant }: Contributions, genre: number): GenreWords {
  const spoken = words
    .map(({ text, kind, line, logits }) => ({ text, kind, line, logit: logits[genre]! }))
    .filter(({ logit }) => logit !== 0)
    .sort((a, b) => Math.abs(b.logit) - Math.abs(a.logit));
  const parts = { picture: picture[genre]!, constant: constant[genre]! };
  const logit = spoken.reduce((sum, word) => sum + word.logit, parts.picture + parts.constant);
  return { logit, ...parts, words: spoken };
}

/** The texts of what is heard, as results carry them. */
export function textsOf({ lines = [], title, originalTitle }: Heard): readonly string[] {
  return [title, originalTitle, ...lines].filter((text) => text !== undefined);
}
