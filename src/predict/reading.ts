/** @module A reader and a stream of posters -> the same posters with what stands on them, in the same order. */
import { availableParallelism } from 'node:os';
import { type ImageLimits, PoliteFetcher } from '../image/index.ts';
import type { PosterReader, Reading } from '../read/index.ts';
import type { PosterToPredict } from './stream.ts';

export interface ReadingOptions {
  /** Limits for each picture. */
  readonly limits?: Partial<ImageLimits>;
  /** Gives up: what was not yet yielded is not, and the stream fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Fetches every picture that is named by a URL, at the pace that hosts bear. @default those that say so themselves */
  readonly fetcher?: PoliteFetcher;
}

/** A poster whose picture was fetched, if it had to be, and what stands on it or why that could not be read. */
export type ReadPoster =
  | { readonly poster: PosterToPredict; readonly reading: Reading }
  | { readonly poster: PosterToPredict; readonly error: unknown };

/**
 * Reads posters as they come; the next ones are decoded on other threads meanwhile.
 *
 * @throws what the stream of posters throws; the signal's reason
 */
export async function* readPosters(
  reader: PosterReader,
  posters: AsyncIterable<PosterToPredict> | Iterable<PosterToPredict>,
  { limits, signal: given, fetcher }: ReadingOptions = {},
): AsyncGenerator<ReadPoster> {
  const left = new AbortController();
  const signal = given === undefined ? left.signal : AbortSignal.any([left.signal, given]);
  let fetching = fetcher;
  const read = async (poster: PosterToPredict): Promise<ReadPoster> => {
    const { source, fetch = false } = poster;
    try {
      const isFetched = source.kind === 'url' && (fetch || fetcher !== undefined);
      if (isFetched) fetching ??= new PoliteFetcher();
      const readable = isFetched ? await fetching!.fetch(source.url, limits, signal) : source;
      const reading = await reader.read(readable, limits, signal);
      return { poster: { ...poster, source: readable }, reading };
    } catch (error) {
      return { poster, error };
    }
  };
  const waiting: Promise<ReadPoster>[] = [];
  try {
    for await (const poster of posters) {
      waiting.push(read(poster));
      if (waiting.length > 2 * availableParallelism()) yield await next(waiting, given);
    }
    while (waiting.length > 0) yield await next(waiting, given);
  } finally {
    left.abort();
  }
}

async function next(waiting: Promise<ReadPoster>[], signal: AbortSignal | undefined): Promise<ReadPoster> {
  const read = await waiting.shift()!;
  signal?.throwIfAborted();
  return read;
}
