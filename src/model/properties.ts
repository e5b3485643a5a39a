/** @module What a one-file model says of itself -> the metadata_props of its file. */

/** Version of the metadata's layout; a reader refuses any other. */
export const formatVersion = '1';

/** metadata_props: one JSON text for each field, so that other tools can read the labels alone. */
export function writeMetadata(metadata: object): Record<string, string> {
  const fields = Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)]);
  return { onesheet: formatVersion, ...Object.fromEntries(fields) };
}
