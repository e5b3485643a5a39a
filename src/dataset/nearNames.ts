/** @module Two names -> whether they are almost the same: what is left of each, and in what they may differ. */
import { stemOf } from './ids.ts';

/** In what a name of a table may differ from the picture that it is taken for, in words that follow a number. */
export const nearNameWords = {
  slash: 'after a leading slash',
  folder: 'in another folder',
  case: 'in other case',
  unicode: 'in another Unicode form',
  encoding: 'encoded as in a web address',
  ending: 'with another ending',
  imdb: 'as an IMDb number without tt or zeros',
} as const;

export type NearNameKind = keyof typeof nearNameWords;

/** What is left of a name when case, Unicode form, encoding and ending are taken away. */
export function foldName(name: string): string {
  return stemOf(decoded(name)).normalize('NFC').toLowerCase();
}

/** `86425` of `tt0086425`, `0086425`, `86425` and `86425.0`; undefined for any other name. */
export function imdbNumber(name: string): string | undefined {
  return /^(?:tt)?0*([1-9]\d{0,9})(?:\.0+)?$/i.exec(name)?.[1];
}

/** Whether an IMDb number is written as nothing else is: with its `tt` or a leading zero. */
export function isSurelyImdb(name: string): boolean {
  return /^(tt|0)/i.test(name);
}

/** With `%20` and the like resolved; a name that only looks so stays. */
export function decoded(name: string): string {
  if (!/%[0-9a-f]{2}/i.test(name)) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
