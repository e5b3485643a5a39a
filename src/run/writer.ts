/** @module A run's folder and work on it -> that work done by the folder's only writer. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeEmptyFolders, removeTemporaries, requireWritableFolder } from '../files.ts';
import { type Lock, withLock } from '../lock.ts';
import { runFiles } from './files.ts';

/** Those that only the holder of the run's lock writes; `onesheet evaluate` writes the measures. */
const writersFiles: ReadonlySet<string> = new Set(
  Object.values(runFiles).filter((name) => name !== runFiles.metrics),
);

/**
 * Lets `work` be the only writer of a run's folder, rid of what killed ones left half written. Folders that were made for
 * it and in which nothing came to be are removed.
 *
 * @param purpose for those who are refused meanwhile: "training"
 * @throws {OnesheetError} FOLDER_LOCKED naming the present writer; FILE_UNWRITABLE
 */
export async function asOnlyWriter<Result>(
  folder: string,
  purpose: string,
  work: (lock: Lock) => Promise<Result>,
): Promise<Result> {
  await requireWritableFolder(folder);
  const made = await mkdir(folder, { recursive: true });
  try {
    return await withLock(folder, purpose, async (lock) => {
      for (const each of [folder, join(folder, runFiles.refit)])
        await removeTemporaries(each, (name) => writersFiles.has(name));
      return work(lock);
    });
  } finally {
    if (made !== undefined) await removeEmptyFolders(folder, made);
  }
}
