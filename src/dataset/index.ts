/** @module The door of `dataset/`: tables, folders and seeds in -> posters with genres, grouped and split, out. */
export {
  type Audit,
  type AuditOptions,
  auditDataset,
  countLeftOut,
  type LeftOut,
  type UnreadableImage,
} from './audit.ts';
export { formatAudit } from './audit-text.ts';
export type { ColumnRole, TableColumn } from './columns.ts';
export { formatColumns } from './columns-text.ts';
export { readHead } from './folder.ts';
export { type Fold, foldsOf } from './folds.ts';
export { type ChooseSplitOptions, type ChosenSplit, chooseSplit } from './givenSplit.ts';
export { findGroups, type GroupOptions, nearDuplicates, withGroups } from './groups.ts';
export { hasPictureEnding, idsOfNames, standsForFolder, stemOf } from './ids.ts';
export { type ListedPicture, type ListOptions, listPictures } from './lister.ts';
export { type DataSource, type LoadOptions, loadDataset } from './load.ts';
export { commonFolder, isWithin, Naming } from './naming.ts';
export { notesOnReading } from './notes.ts';
export type { Dataset, Findings, GenreSpellings, Poster, RepeatedId, RowReference } from './poster.ts';
export {
  type DroppedGenre,
  type GenreSelection,
  knownMatrix,
  labelMatrix,
  minimumSupportFor,
  onlyUnlearned,
  requireGenres,
  type SelectOptions,
  selectGenres,
} from './select.ts';
export { describeSkipped, type SkipCounts, type SkipKind, Skipped } from './skips.ts';
export {
  defaultFractions,
  postersOf,
  type Split,
  type SplitFractions,
  type SplitOptions,
  splitDataset,
  withoutValidation,
} from './split.ts';
export { formatSplit, readSplit, readSplitAlone, writeSplit } from './split-file.ts';
export { type Assignment, type SplitName, splitNames } from './subset.ts';
export {
  drawSyntheticPosters,
  type SyntheticOptions,
  type SyntheticPoster,
  writeSyntheticPosters,
} from './synthetic/draw.ts';
export { type SyntheticGenre, syntheticGenres } from './synthetic/palettes.ts';
export { isPosterTable, postersOfTable } from './tablePosters.ts';
export { type GenreNames, GenreVocabulary, genreNamesSchema, readGenreNames } from './vocabulary.ts';
