/** @module What is known of a poster beside its picture: what stands on it, its title, its year. */

/** What is not known is missing; lines that were looked for and not found are an empty list. */
export interface Heard {
  /** Lines of text that stand on the poster, in any order. */
  readonly lines?: readonly string[];
  /** The film's title. */
  readonly title?: string;
  /** The title in the film's own language, where it is another. */
  readonly originalTitle?: string;
  /** The year in which the film came out. */
  readonly year?: number;
}
