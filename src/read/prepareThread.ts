/** @module The thread that makes the reader's networks ready: nothing in -> their bytes out. */
import { parentPort } from 'node:worker_threads';
import { prepareNetworks } from './sessions.ts';

parentPort!.postMessage(await prepareNetworks());
