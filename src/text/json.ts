/** @module A text -> the value that it is as JSON, if it is that. */

/** Nothing for what is no JSON. */
export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
