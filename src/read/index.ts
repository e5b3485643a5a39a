/** @module The door of the reading room: a picture -> the lines of text on it, with place and confidence. */
export { drawBoxes } from './boxes.ts';
export { defaultCacheFolder } from './cache.ts';
export { requireNetworks, sizeOfNetworks } from './networks.ts';
export { openReader, type PosterReader } from './open.ts';
export { networkFileNames, networkFiles } from './pageFiles.ts';
export { decodeToRead, Reader } from './reader.ts';
export type { Reading } from './reading.ts';
