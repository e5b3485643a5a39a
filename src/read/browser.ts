/** @module The door of `read/` for the browser: a decoded picture and networks that run somewhere -> the lines on it. */
export { type Engine, engineOf, type RunnableNetwork } from './engine.ts';
export { type Reading, readingBounds, readPicture } from './reading.ts';
export { rescale } from './rescale.ts';
