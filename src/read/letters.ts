/** @module What the recognition says of each column of a line -> its text, and how sure that is. */

export interface Letters {
  readonly text: string;
  /** Mean probability of its letters, from 0 to 1; 0 without any. */
  readonly confidence: number;
}

/**
 * The likeliest class of each column; what repeats is one letter, and class 0 parts them (CTC, Graves et al. 2006).
 *
 * @param probabilities `[columns, classes]`
 * @param alphabet letters of the classes from 1 on
 */
export function decodeLetters(
  probabilities: Float32Array,
  columns: number,
  alphabet: readonly string[],
): Letters {
  const classes = alphabet.length + 1;
  let [text, sum, count, before] = ['', 0, 0, 0];
  for (let column = 0, start = 0; column < columns; column++, start += classes) {
    let [likeliest, most] = [0, probabilities[start]!];
    for (let i = 1; i < classes; i++) {
      const probability = probabilities[start + i]!;
      if (probability > most) [likeliest, most] = [i, probability];
    }
    if (likeliest !== 0 && likeliest !== before) {
      text += alphabet[likeliest - 1]!;
      sum += most;
      count += 1;
    }
    before = likeliest;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}
