/** @module What the recognition says of each column of a line -> its text, and how sure that is. */

export interface Letters {
  readonly text: string;
  /** Mean probability of its letters, from 0 to 1; 0 without any. */
  readonly confidence: number;
}

/**
 * The likeliest class of each column; what repeats is one letter, and class 0 parts them (CTC, Graves et al. 2006).
 *
 * @param probabilities of these classes
 * @param alphabet letters of the classes from 1 on
 */
export function decodeLetters(
  classes: ArrayLike<number | bigint>,
  probabilities: Float32Array,
  alphabet: readonly string[],
): Letters {
  let [text, sum, count, before] = ['', 0, 0, 0];
  for (const [column, probability] of probabilities.entries()) {
    const likeliest = Number(classes[column]);
    if (likeliest !== 0 && likeliest !== before) {
      text += alphabet[likeliest - 1]!;
      sum += probability;
      count += 1;
    }
    before = likeliest;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}
