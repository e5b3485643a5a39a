/** @module A service's settings and its device -> how many workers classify, with how many threads, how many posters at a time. */
import { availableThreads, type Device } from '../../graph/index.ts';
import { postersAtOnce, sessionsWithin } from '../../model/index.ts';
import type { Settings } from '../options.ts';

export interface Layout {
  readonly workers: number;
  /** Of the engine in each worker. */
  readonly threads: number;
  /** Of one more worker, for a poster that comes while nothing is in work; undefined where there is none. */
  readonly threadsAlone?: number;
  readonly maximumBatch: number;
  /** Milliseconds. */
  readonly batchDelay: number;
}

/** Milliseconds that a batch is waited for: of one worker about the time of a poster, of several as long as a request takes to arrive. */
const [oneWaits, severalWait] = [4, 1];

/** Workers side by side with few threads each get more done, one with all threads answers a single poster sooner. */
export function layoutOf(settings: Settings, device: Device): Layout {
  const { workers, threads = availableThreads } = settings;
  const shape = (): Pick<Layout, 'workers' | 'threads' | 'threadsAlone'> => {
    if (workers !== undefined) {
      const each = settings.threads ?? Math.max(1, Math.floor(availableThreads / workers));
      return { workers, threads: each };
    }
    if (threads === 1 || device !== 'cpu') return { workers: 1, threads };
    const shared = sessionsWithin(threads);
    return { workers: shared.sessions, threads: shared.threads, threadsAlone: threads };
  };
  const shaped = shape();
  const isOne = shaped.workers === 1;
  const {
    maximumBatch = isOne ? postersAtOnce.alone : postersAtOnce.beside,
    batchDelay = isOne ? oneWaits : severalWait,
  } = settings;
  return { ...shaped, maximumBatch, batchDelay };
}
