/** @module A folder of readings, or none -> what reads posters, by itself or out of that folder. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { SessionOptions } from '../graph/index.ts';
import { describeSource, type ImageLimits, type ImageSource, readImageBytes } from '../image/index.ts';
import { ReadingCache } from './cache.ts';
import { ReadingCrew, workerFile } from './crew.ts';
import { requireNetworks } from './networks.ts';
import { preparedApart } from './preparedApart.ts';
import { Reader } from './reader.ts';
import type { Reading } from './reading.ts';

export interface ReaderOptions extends SessionOptions {
  /** Folder of what was read, by the hashes of pictures. @default every picture is read */
  readonly cache?: string;
}

/** Reads posters, until it is released. */
export interface PosterReader {
  /** @throws {OnesheetError} the codes of `decodeImage`; the signal's reason */
  readonly read: (
    source: ImageSource,
    limits?: Partial<ImageLimits>,
    signal?: AbortSignal,
  ) => Promise<Reading>;
  /** Writes what is to be kept, and gives the networks' memory back. */
  readonly release: () => Promise<void>;
}

/** More than one thread is a crew of them, if their file is there, as it is unless this package was bundled. */
async function createReader(options: SessionOptions): Promise<Reader> {
  const { threads = 2 } = options;
  if (threads === 1 || !existsSync(workerFile)) return Reader.create(options);
  return new Reader(new ReadingCrew(await preparedApart(), threads));
}

/**
 * The networks are loaded when the first picture is to be read that was not read before.
 *
 * @throws {OnesheetError} READER_MISSING with the command that installs the networks
 */
export async function openReader({ cache: folder, ...options }: ReaderOptions = {}): Promise<PosterReader> {
  requireNetworks();
  let opened: Promise<Reader> | undefined;
  const readerOf = (): Promise<Reader> => {
    opened ??= createReader(options);
    return opened;
  };
  const cache = folder === undefined ? undefined : new ReadingCache(folder);
  return {
    read: async (source, limits = {}, signal) => {
      if (cache === undefined) return (await readerOf()).read(source, limits, signal);
      const bytes = await readImageBytes(source, limits);
      const hash = createHash('sha256').update(bytes).digest('hex');
      const known = await cache.get(hash);
      if (known !== undefined) return known;
      const name = describeSource(source);
      const reading = await (await readerOf()).read({ kind: 'bytes', bytes, name }, limits, signal);
      await cache.put(hash, reading);
      return reading;
    },
    release: async () => {
      await cache?.flush();
      // What could not be loaded was said when it was to be used.
      const reader = await opened?.catch(() => undefined);
      await reader?.release();
    },
  };
}
