/** @module The door of `dataset/`: tables, folders and seeds in -> posters with genres, grouped and split, out. */
import type { ImageSource } from '../image/index.ts';
import type { DataSource, LoadOptions } from './load.ts';
import type { Dataset } from './poster.ts';
import type { Skipped } from './skips.ts';
import type { TitledFilms, TitledFilmsOptions } from './titledFilms.ts';
import type { FilmTitles } from './titles.ts';

export {
  type Audit,
  type AuditOptions,
  auditDataset,
  countLeftOut,
  type LeftOut,
  type UnreadableImage,
} from './audit.ts';
export { formatAudit } from './auditText.ts';
export type { ColumnRole, TableColumn } from './columns.ts';
export { formatColumns } from './columnsText.ts';
export { readHead } from './folder.ts';
export { type Fold, foldsOf } from './folds.ts';
export { type ChooseSplitOptions, type ChosenSplit, chooseSplit } from './givenSplit.ts';
export { findGroups, type GroupOptions, nearDuplicates, withGroups } from './groups.ts';
export { hasPictureEnding, idsOfNames, standsForFolder, stemOf } from './ids.ts';
export { type ListedPicture, type ListOptions, listPictures } from './lister.ts';
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
  postersOf,
  type Split,
  type SplitFractions,
  type SplitOptions,
  splitDataset,
  withoutValidation,
} from './split.ts';
export { formatSplit, readSplit, readSplitAlone, writeSplit } from './splitFile.ts';
export { type Assignment, type SplitName, splitNames } from './subset.ts';
export {
  drawSyntheticPosters,
  type SyntheticOptions,
  type SyntheticPoster,
  writeSyntheticPosters,
} from './synthetic/draw.ts';
export { type SyntheticGenre, syntheticGenres } from './synthetic/palettes.ts';
export type { TitledFilm } from './titledFilms.ts';
export type { FilmTitle, FilmTitles } from './titles.ts';
export { type GenreNames, GenreVocabulary, genreNamesSchema, readGenreNames } from './vocabulary.ts';

export type { DataSource, LoadOptions };

// The formats of tables are loaded when one is read, so that a prediction of pictures starts faster.

export async function loadDataset(options: LoadOptions): Promise<Dataset> {
  return (await import('./load.ts')).loadDataset(options);
}

/** Whether a text file is a table of posters, and no list of paths. */
export async function isPosterTable(path: string): Promise<boolean> {
  return (await import('./tablePosters.ts')).isPosterTable(path);
}

/** The posters that a table names, genres or not, each with the id that a data set gives it. */
export async function* postersOfTable(
  path: string,
  images?: string,
  skipped?: Skipped,
): AsyncGenerator<{ readonly id: string; readonly source: ImageSource }> {
  yield* (await import('./tablePosters.ts')).postersOfTable(path, images, skipped);
}

/** The titles and years of films, by the ids of their posters. */
export async function readTitles(path: string): Promise<FilmTitles> {
  return (await import('./titles.ts')).readTitles(path);
}

/** Films with titles and genres, of tables that need no pictures. */
export async function readTitledFilms(
  paths: readonly string[],
  options: TitledFilmsOptions,
): Promise<TitledFilms> {
  return (await import('./titledFilms.ts')).readTitledFilms(paths, options);
}
