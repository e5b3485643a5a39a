/** @module A file of texts by poster -> the lines that stand on each. */
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';
import { parseJson } from './json.ts';

const lineSchema = z.object({ id: z.string(), texts: z.array(z.string()) });

/** What `onesheet read` and `predict` write of a poster that they could not read. */
const failureSchema = z.object({ id: z.string(), error: z.object({ code: z.string() }) });

/**
 * Reads JSON lines, `{"id": "tt0113277", "texts": ["AL PACINO", "HEAT"]}`. A poster that is named again is read again; of one
 * that could not be read, nothing is known.
 *
 * @throws {OnesheetError} FILE_MISSING, FILE_UNREADABLE, or TEXTS_INVALID with the line
 */
export async function readTexts(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const content = new TextDecoder().decode(await readWholeFile(path, 'texts of posters (jsonl)'));
  const texts = new Map<string, readonly string[]>();
  for (const [i, line] of content.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parseJson(line);
    const parsed = lineSchema.safeParse(value);
    if (failureSchema.safeParse(value).success) continue;
    if (!parsed.success) throw onesheetError('TEXTS_INVALID', path, i + 1);
    texts.set(parsed.data.id, parsed.data.texts);
  }
  return texts;
}
