/** @module A file, bytes or a URL, with limits -> the image's encoded bytes, read once. */
import { closeSync, constants, fstatSync, open, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import { OnesheetError, onesheetError } from '../errors.ts';
import { readUpTo, reasonOf } from '../files.ts';
import { completeLimits, type ImageLimits } from './limits.ts';

/** Where a picture comes from. */
export type ImageSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  /** `name` is used in messages only. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly name: string };

/** The path, URL (without its credentials) or name by which messages call the picture. */
export function describeSource(source: ImageSource): string {
  if (source.kind === 'file') return source.path;
  if (source.kind === 'bytes') return source.name;
  return source.url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

/**
 * Reads the encoded bytes. A file is opened once and judged by its handle, so what was checked is what is
 * read; pipes and devices are refused rather than waited for.
 *
 * @throws {OnesheetError} IMAGE_MISSING, IMAGE_NOT_A_FILE, IMAGE_UNREADABLE, IMAGE_EMPTY, IMAGE_TOO_BIG,
 * URL_FETCH_DISABLED.
 */
export async function readImageBytes(
  source: ImageSource,
  given: Partial<ImageLimits> = {},
): Promise<Uint8Array> {
  const limits = completeLimits(given);
  const name = describeSource(source);
  if (source.kind === 'url') throw onesheetError('URL_FETCH_DISABLED', name);
  const bytes = source.kind === 'file' ? await readFileOnce(source.path, limits) : source.bytes;
  if (bytes.length > limits.maximumBytes)
    throw onesheetError('IMAGE_TOO_BIG', name, bytes.length, limits.maximumBytes);
  if (bytes.length === 0) throw onesheetError('IMAGE_EMPTY', name);
  return bytes;
}

const openFile = promisify(open);

/** Without O_NONBLOCK (absent on Windows), opening a pipe waits for its writer. */
const withoutWaiting = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

async function readFileOnce(path: string, limits: ImageLimits): Promise<Uint8Array> {
  let file: number | undefined;
  try {
    file = await openFile(path, withoutWaiting);
    // Of an open file this and closing take less than to send them to another thread.
    const status = fstatSync(file);
    if (!status.isFile()) throw onesheetError('IMAGE_NOT_A_FILE', path, kindOf(status));
    if (status.size > limits.maximumBytes)
      throw onesheetError('IMAGE_TOO_BIG', path, status.size, limits.maximumBytes);
    return await readUpTo(file, status.size);
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw onesheetError('IMAGE_MISSING', path);
    if (code === 'EISDIR') throw onesheetError('IMAGE_NOT_A_FILE', path, 'a folder');
    throw onesheetError('IMAGE_UNREADABLE', path, reasonOf(error));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a pipe';
  if (status.isSocket()) return 'a socket';
  return 'a device';
}
