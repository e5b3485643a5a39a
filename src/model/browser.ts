/** @module The door of `model/` for the browser: the metadata of a one-file model, as its file holds it. */
export type { ModelMetadata } from './metadata.ts';
export { writeMetadata } from './properties.ts';
