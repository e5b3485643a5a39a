/** @module Bytes and a path -> a file that is either the old one or the whole new one, never a torn one. */
import { randomBytes } from 'node:crypto';
import { read } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { OnesheetError, onesheetError } from './errors.ts';
import { pointerIn } from './pointer.ts';

/** The system's reason in words: "no space left on device" rather than a stack. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const system = error as NodeJS.ErrnoException;
  if (system.code === undefined) return error.message;
  if (system.code === 'ERR_FS_FILE_TOO_LARGE') return 'it is larger than 2 GB';
  // The one failure of a full disk that Node has no words for.
  if (system.errno === -constants.errno.EDQUOT) return 'disk quota exceeded';
  const words = error.message.match(/^[A-Z0-9_]+: ([^,]+),/);
  return words?.[1] ?? system.code;
}

/**
 * Lets `write` fill a file of a temporary name in the same folder, syncs, then renames: after a crash or on a full
 * disk the previous file is still whole. Of several writers of one file, in one process or many, the last wins and
 * none tears what another writes.
 *
 * @throws {OnesheetError} FILE_UNWRITABLE with the path and the system's reason.
 */
export async function replaceFile(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const unique = `${process.pid}.${randomBytes(4).toString('hex')}`;
  const temporary = join(dirname(path), `.${basename(path)}.${unique}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await write(file);
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
 * {@link replaceFile} with what is known at once.
 *
 * @throws {OnesheetError} FILE_UNWRITABLE with the path and the system's reason.
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  await replaceFile(path, (file) => file.writeFile(data));
}

/** Makes a folder and those above it. @throws {OnesheetError} FILE_UNWRITABLE. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
  }
}

/**
 * Finds out whether files can be written into a folder, before hours of work on what they are to hold: makes the
 * folder, writes a file, and leaves nothing behind.
 *
 * @throws {OnesheetError} FILE_UNWRITABLE with the folder and the system's reason.
 */
export async function requireWritableFolder(path: string): Promise<void> {
  await probeFolder(path, path);
}

/** The same for the folder of a file, which is named. @throws {OnesheetError} FILE_UNWRITABLE. */
export async function requireWritableFile(path: string): Promise<void> {
  await probeFolder(dirname(path), path);
}

async function probeFolder(path: string, named: string): Promise<void> {
  const probe = join(path, `.onesheet.${process.pid}.tmp`);
  let made: string | undefined;
  try {
    made = await mkdir(path, { recursive: true });
    const file = await open(probe, 'w');
    try {
      // More than a file system keeps beside a file's name: a full disk takes empty files.
      await file.writeFile(new Uint8Array(probeBytes));
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw onesheetError('FILE_UNWRITABLE', named, reasonOf(error));
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
    if (made !== undefined) await removeEmptyFolders(path, made);
  }
}

const probeBytes = 8192;

/** Removes folders as long as they are empty, from the deepest up to the highest. */
export async function removeEmptyFolders(deepest: string, highest: string): Promise<void> {
  for (let folder = resolve(deepest); folder.length >= resolve(highest).length; folder = dirname(folder)) {
    const removed = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

/** Temporary names, those of onesheet 0.1.0 included. */
const temporaryName = /^\.(.+?)\.\d+(?:\.[\da-f]{8})?\.tmp$/;

/**
 * Removes temporary files that killed writers left in a folder; one that cannot be removed stays.
 *
 * @param isAbandoned says so by the name of the file that was being written, and the seconds since it last grew
 */
export async function removeTemporaries(
  folder: string,
  isAbandoned: (name: string, idleSeconds: number) => boolean,
): Promise<void> {
  for (const entry of await readdir(folder).catch(() => [])) {
    const name = entry.match(temporaryName)?.[1];
    if (name === undefined) continue;
    const path = join(folder, entry);
    const status = await stat(path).catch(() => undefined);
    if (status && isAbandoned(name, (Date.now() - status.mtimeMs) / 1000))
      await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Whether something stands at a path that may be looked at. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const readSome = promisify(read);

/** The first bytes of an open file, as many as are asked for or there are, in one piece. */
export async function readUpTo(file: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await readSome(file, bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/**
 * Reads a whole file; `purpose` says what was expected, for the error's sentence.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE.
 */
export async function readWholeFile(path: string, purpose: string): Promise<Buffer> {
  try {
    const bytes = await readFile(path);
    const pointer = pointerIn(bytes);
    if (pointer !== undefined) throw onesheetError('FILE_UNREADABLE', path, `it is ${pointer}`);
    return bytes;
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw onesheetError('FILE_MISSING', path, purpose);
    throw onesheetError('FILE_UNREADABLE', path, reasonOf(error));
  }
}
