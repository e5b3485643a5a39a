/** @module A file, bytes or a URL, with limits -> the image's encoded bytes, read once. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { OnesheetError, onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';

/** Where a picture comes from. */
export type ImageSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  /** `name` is used in messages only. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly name: string };

/** What a stranger's picture may cost before it is refused. */
export interface ImageLimits {
  /**
   * Width times height that the file's header may announce; nothing is decoded beyond it. Pixels of more than four
   * bytes, such as those of 16 bits a channel, count for more in proportion.
   * @default 50_000_000
   */
  readonly maximumPixels: number;
  /**
   * Size of the encoded file, in bytes.
   * @default 33_554_432 (32 MiB)
   */
  readonly maximumBytes: number;
  /**
   * Time that the processor may take to decode and resize one picture, in whole seconds from 1 to 3600. It is not the
   * clock's, so a busy machine leaves nothing out. For a picture that is fetched it also bounds, by the clock, the
   * fetching.
   * @default 10
   */
  readonly timeoutSeconds: number;
}

export const defaultImageLimits: ImageLimits = {
  maximumPixels: 50_000_000,
  maximumBytes: 32 * 2 ** 20,
  timeoutSeconds: 10,
};

/** Fills in the limits that were not given; the time is brought into its range. */
export function completeLimits(limits: Partial<ImageLimits>): ImageLimits {
  const timeoutSeconds = limits.timeoutSeconds ?? defaultImageLimits.timeoutSeconds;
  return {
    maximumPixels: limits.maximumPixels ?? defaultImageLimits.maximumPixels,
    maximumBytes: limits.maximumBytes ?? defaultImageLimits.maximumBytes,
    timeoutSeconds: Math.min(3600, Math.max(1, Math.ceil(timeoutSeconds))),
  };
}

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
export async function readImageBytes(source: ImageSource, limits: ImageLimits): Promise<Uint8Array> {
  const name = describeSource(source);
  if (source.kind === 'url') throw onesheetError('URL_FETCH_DISABLED', name);
  const bytes = source.kind === 'file' ? await readFileOnce(source.path, limits) : source.bytes;
  if (bytes.length > limits.maximumBytes)
    throw onesheetError('IMAGE_TOO_BIG', name, bytes.length, limits.maximumBytes);
  if (bytes.length === 0) throw onesheetError('IMAGE_EMPTY', name);
  return bytes;
}

async function readFileOnce(path: string, limits: ImageLimits): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK (absent on Windows), opening a pipe waits for its writer.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = await file.stat();
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
    await file?.close();
  }
}

async function readUpTo(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a pipe';
  if (status.isSocket()) return 'a socket';
  return 'a device';
}
