/** @module Nothing -> the reader's networks as files for a browser, made ready beside this thread where that can be. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type ReaderNetworks, requireNetworks } from './networks.ts';
import { prepareNetworks } from './sessions.ts';

/** The compiled thread, which programs that bundle this package, or run its sources, lack. */
const threadFile = new URL('./prepareThread.js', import.meta.url);

/** Names of the files that the page asks for in `read/`. */
export const networkFileNames = ['detection.onnx', 'recognition.onnx', 'alphabet.txt'] as const;
type NetworkFile = (typeof networkFileNames)[number];

/** Making them ready takes a second, in which whoever serves others must not stand still. */
function preparedApart(): Promise<ReaderNetworks> {
  if (!existsSync(threadFile)) return prepareNetworks();
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadFile, { name: 'onesheet read' });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

/** @throws {OnesheetError} READER_MISSING with the command that installs the networks; MODEL_UNREADABLE */
export async function networkFiles(): Promise<Readonly<Record<NetworkFile, Uint8Array>>> {
  requireNetworks();
  const { detection, recognition, alphabet } = await preparedApart();
  return {
    'detection.onnx': detection,
    'recognition.onnx': recognition,
    'alphabet.txt': new TextEncoder().encode(alphabet.join('\n')),
  };
}
