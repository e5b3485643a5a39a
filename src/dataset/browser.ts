/** @module The door of `dataset/` for the page: names of files -> ids, and what is passed over; no file system. */
export { hasPictureEnding, idsOfNames, isCalledAsFilm, joinPath } from './ids.ts';
export {
  describeSkipped,
  isArtwork,
  isArtworkFolder,
  looksLikeLibrary,
  type SkipCounts,
  Skipped,
  skippedByName,
} from './skips.ts';
