/** @module A run's `summary.json` -> whether its training came to its end. */
import { z } from 'zod';
import { exists, readWholeFile } from '../files.ts';

const endedSchema = z.object({ outcome: z.enum(['finished', 'stopped early']) });

/** False where the summary is missing or says something else: the run is then to be gone on with. @throws {OnesheetError} FILE_UNREADABLE */
export async function hasEnded(path: string): Promise<boolean> {
  if (!(await exists(path))) return false;
  const text = (await readWholeFile(path, "a run's summary.json")).toString();
  try {
    return endedSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
