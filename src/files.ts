/** @module Bytes and a path -> a file that is either the old one or the whole new one, never a torn one. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OnesheetError, onesheetError } from './errors.ts';

/** The system's reason in words: "no space left on device" rather than a stack. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const system = error as NodeJS.ErrnoException;
  if (system.code === undefined) return error.message;
  const words = error.message.match(/^[A-Z0-9_]+: ([^,]+),/);
  return words?.[1] ?? system.code;
}

/**
 * Writes to a temporary name in the same folder, syncs, then renames: after a crash or on a full disk the
 * previous file is still whole.
 *
 * @throws {OnesheetError} FILE_UNWRITABLE with the path and the system's reason.
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
  }
}

/**
 * Reads a whole file; `purpose` says what was expected, for the error's sentence.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE.
 */
export async function readWholeFile(path: string, purpose: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw onesheetError('FILE_MISSING', path, purpose);
    throw onesheetError('FILE_UNREADABLE', path, reasonOf(error));
  }
}
