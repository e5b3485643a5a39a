/** @module A file of JSON lines that models wrote -> its lines, checked, and the models that they name. */
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';

/** The lines of a file, one object each. */
export async function readLines<T>(
  path: string,
  purpose: string,
  problem: string,
  parse: (value: unknown) => T,
) {
  const text = (await readWholeFile(path, purpose)).toString();
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [parse(JSON.parse(line))];
    } catch {
      throw onesheetError('TABLE_ROW', path, i + 1, problem);
    }
  });
}

/** The models that lines name; undefined where one names none. */
export function modelsOf(rows: readonly { readonly model?: string }[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const { model } of rows) {
    if (model === undefined) return undefined;
    // Means of several models name them all.
    for (const name of model.split(' ')) names.add(name);
  }
  return names;
}
