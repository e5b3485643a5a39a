/** @module What is known of a poster beside its picture, and of how many posters -> sentences for people. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';

/** Years that films may be of. */
const [firstYear, lastYear] = [1870, 2100];

/** What may be known of one poster beside its names; what the poster brings itself goes before what files say. */
export interface HeardPoster {
  readonly id: string;
  /** What else it may be called in a file: its path, with and without its ending. */
  readonly names?: readonly string[];
  /** Lines of text that stand on it. */
  readonly texts?: readonly string[];
  /** The film's title. */
  readonly title?: string;
  /** The title in the film's own language, where it is another. */
  readonly originalTitle?: string;
  /** The year in which the film came out. */
  readonly year?: number;
}

/** By each field, what is expected of it. */
const expectations = {
  texts: [z.array(z.string()), 'a list of texts'],
  title: [z.string(), 'a text'],
  originalTitle: [z.string(), 'a text'],
  year: [z.int().min(firstYear).max(lastYear), `a whole number from ${firstYear} to ${lastYear}`],
} as const;

/** @throws {OnesheetError} OPTION_INVALID for what is no text or year */
export function checkHeard(poster: HeardPoster): void {
  for (const [name, [schema, expected]] of Object.entries(expectations)) {
    const value: unknown = poster[name as keyof typeof expectations];
    if (value === undefined || schema.safeParse(value).success) continue;
    throw onesheetError(
      'OPTION_INVALID',
      `${name} of ${poster.id}`,
      expected,
      `${String(value)} of type ${typeof value}`,
    );
  }
}

/** Whether it brings something to be heard. */
export function isHeard({ texts, title, year }: HeardPoster): boolean {
  return texts !== undefined || title !== undefined || year !== undefined;
}

/** Of how many posters a file told something. */
export interface HeardCount {
  readonly path: string;
  readonly what: 'texts' | 'titles';
  /** Of those judged so far; an empty list of texts counts. */
  readonly posters: number;
  /** The first id of the file, to show what ids there are. */
  readonly example: string | undefined;
}

/** With an id of the file where nothing fits, since ids that are spelled otherwise are the usual reason. */
export function sayHeard({ path, what, posters, example }: HeardCount, of: number): string {
  const ids = posters === 0 && example !== undefined ? `; its ids are such as ${example}` : '';
  return `${path} has ${what} of ${posters} of ${of} posters${ids}.`;
}
