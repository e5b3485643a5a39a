/** @module A share of a catalogue, as i/n -> which places of the input are its own, and what its output is called. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { onesheetError } from '../../errors.ts';

/** Of n places in a row one is its own, so that parts are equally long and none needs to know how many posters there are. */
export interface Part {
  /** From 0, below `of`. */
  readonly index: number;
  readonly of: number;
}

export const wholeCatalogue: Part = { index: 0, of: 1 };

/** So many files can be open at a time while parts are merged. */
const mostParts = 1000;

/** @param text such as 0/4 to 3/4 @throws {OnesheetError} OPTION_INVALID */
export function partOf(text: string): Part {
  const [, first = '', second = ''] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const [index, of] = [Number(first), Number(second)];
  if (first === '' || of < 1 || of > mostParts || index >= of)
    throw onesheetError(
      'OPTION_INVALID',
      'shard',
      `i/n with n from 1 to ${mostParts} and i from 0 to n - 1`,
      text,
    );
  return { index, of };
}

export function nameOfPart({ index, of }: Part): string {
  return `${index}/${of}`;
}

export function owns({ index, of }: Part, position: number): boolean {
  return position % of === index;
}

/** Position in the input of the part's own poster at a place, both from 0. */
export function positionIn({ index, of }: Part, place: number): number {
  return index + place * of;
}

/** The file beside the whole output that holds a part: `genres.03-of-16.jsonl` for `genres.jsonl`. */
export function outputOfPart(output: string, { index, of }: Part): string {
  const ending = extname(output);
  const number = String(index).padStart(String(of - 1).length, '0');
  return join(dirname(output), `${basename(output, ending)}.${number}-of-${of}${ending}`);
}

/** Into how many parts an output was cut, by what lies beside it; several answers where it was cut more than once. */
export async function countsOfParts(output: string): Promise<readonly number[]> {
  const ending = extname(output);
  const stem = basename(output, ending);
  const counts = new Set<number>();
  for (const name of await readdir(dirname(output)).catch(() => [])) {
    const found = /^\.\d+-of-(\d{1,4})(\.[^.]+)(\.progress)?$/.exec(
      name.startsWith(stem) ? name.slice(stem.length) : '',
    );
    if (found !== null && found[2] === ending) counts.add(Number(found[1]));
  }
  return [...counts].sort((a, b) => a - b);
}
