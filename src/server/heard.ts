/** @module What a request says of its posters beside their pictures -> what is heard of each. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import type { HeardPoster } from '../predict/index.ts';

/** What is heard of a poster is cut by its reader after as many characters. */
const mostCharacters = 4000;
const mostLines = 200;

const title = z.string().max(500);
const year = z.coerce.number().int().min(1870).max(2100);
const line = z.string().max(mostCharacters);
const lines = z.array(line).max(mostLines);

/** Members of JSON, fields of a form or of a query. */
export const heardFields = {
  title: z
    .union([title, z.array(title.nullable())])
    .optional()
    .describe("The film's title, which is heard beside the picture; in JSON a list for several posters"),
  year: z
    .union([year, z.array(year.nullable())])
    .optional()
    .describe('The year in which the film came out; in JSON a list for several posters'),
  texts: z
    .union([line, lines, z.array(lines.nullable())])
    .optional()
    .describe(
      'What stands on the poster as text: lines, in a form or query one text with line breaks; in JSON a list of lists for several posters',
    ),
};

const schema = z.object(heardFields);
type HeardOptions = z.infer<typeof schema>;

/** What is heard of each poster; nothing where the request says nothing of any. */
export function heardOf(
  { title: titles, year: years, texts }: HeardOptions,
  posters: number,
): Omit<HeardPoster, 'id'>[] | undefined {
  if (titles === undefined && years === undefined && texts === undefined) return undefined;
  const own = typeof texts === 'string' ? texts.split(/\r?\n/) : texts;
  const isOne = own?.every((each) => typeof each === 'string');
  const fields = {
    title: listOf('title', titles, posters),
    year: listOf('year', years, posters),
    texts: listOf('texts', own && (isOne ? ([own] as string[][]) : (own as (string[] | null)[])), posters),
  };
  return Array.from({ length: posters }, (_, i) => ({
    title: fields.title[i] ?? undefined,
    year: fields.year[i] ?? undefined,
    texts: fields.texts[i] ?? undefined,
  }));
}

/** @throws {OnesheetError} REQUEST_INVALID where a field says something of other posters than there are */
function listOf<Value>(
  name: string,
  given: Value | readonly (Value | null)[] | undefined,
  posters: number,
): readonly (Value | null)[] {
  const list = given === undefined ? [] : Array.isArray(given) ? given : [given];
  if (list.length > 0 && list.length !== posters)
    throw onesheetError(
      'REQUEST_INVALID',
      name,
      posters === 1 ? 'one' : `in JSON a list of ${posters}, one a poster`,
    );
  return list as readonly (Value | null)[];
}
