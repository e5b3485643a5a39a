/** @module Nothing -> the reader's networks, made ready beside this thread where that can be. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { ReaderNetworks } from './networks.ts';
import { prepareNetworks } from './sessions.ts';

/** The compiled thread, which programs that bundle this package, or run its sources, lack. */
const threadFile = new URL('./prepareThread.js', import.meta.url);

/**
 * Making them ready takes a second, in which whoever serves others must not stand still, and 100 MB, which are given
 * back with the thread.
 *
 * @throws {OnesheetError} READER_MISSING with the command that installs the networks; MODEL_UNREADABLE
 */
export function preparedApart(): Promise<ReaderNetworks> {
  if (!existsSync(threadFile)) return prepareNetworks();
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadFile, { name: 'onesheet read' });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}
