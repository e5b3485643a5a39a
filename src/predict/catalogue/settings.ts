/** @module Files of what is heard beside the pictures -> what an output depends on through them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { textModelPath } from '../../model/index.ts';
import type { ToldSources } from '../texts.ts';
import type { Begun } from './progress.ts';

/** Files by their content, as they may be written anew under the same names. */
export async function heardSettings(
  modelPath: string,
  { texts, titles, read = false }: ToldSources,
): Promise<Begun> {
  const isHeard = read || texts !== undefined || titles !== undefined;
  const files = { texts, titles, 'model of texts': isHeard ? textModelPath(modelPath) : undefined };
  const hashes: Record<string, string> = read ? { read: 'yes' } : {};
  for (const [name, path] of Object.entries(files))
    if (path !== undefined)
      hashes[name] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
        .slice(0, 12);
  return hashes;
}
