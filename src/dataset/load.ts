/** @module Tables, a folder of images or a recipe for synthetic posters -> a data set. */
import { basename, resolve } from 'node:path';
import { onesheetError } from '../errors.ts';
import { readTable } from './formats/list.ts';
import { fileIn, folderOfTable, type ImageFolder, listImages } from './images.ts';
import { joinTables, type SourceTable } from './join.ts';
import { notesOnImages } from './notes.ts';
import { assembleDataset, compareText, type Dataset, noFindings, type Poster } from './poster.ts';
import { readEntries, type TableReading } from './rows.ts';
import { unifySpelling } from './spelling.ts';
import { drawSyntheticPosters, type SyntheticOptions } from './synthetic/draw.ts';
import { type GenreNames, GenreVocabulary } from './vocabulary.ts';

/** Where posters and their genres come from. */
export interface DataSource {
  /**
   * A table of posters (`.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet`), or a folder as Hugging Face's imagefolder has
   * it: with metadata files, Parquet files or a folder for each genre. Several are joined.
   */
  readonly data?: string | readonly string[];
  /**
   * The folder of images, searched with its subfolders; of several tables one for all, or one for each in their order.
   * @default the folder of the table, or its subfolder `images` where the table names posters by id only
   */
  readonly images?: string | readonly string[];
  /** Names of genres that count as one, before those that are well known. */
  readonly genreNames?: GenreNames;
}

export interface LoadOptions extends DataSource {
  /** A model's genres: what is the same genre is spelled like its label. @default as the table spells it most often */
  readonly labels?: readonly string[];
  /** Draws posters instead, into memory. */
  readonly synthetic?: SyntheticOptions;
}

/**
 * Loads posters. Rows with the same id become one poster; where they disagree it carries every genre that
 * any of them names. Words such as `N/A` are no genre. Images without a row and rows without a genre are
 * kept as unlabelled posters. A row whose image has almost the name that it says is matched, and the findings say so.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE for a table or a folder; TABLE_LAYOUT for unknown columns;
 * TABLE_ROW, with the line, where more than one row in ten cannot be read, and where no row is left but some whose
 * images lie outside of the folder; NOTHING_FOUND where no row of a table has its image; OPTION_INVALID for folders
 * that are not as many as the tables.
 */
export async function loadDataset(options: LoadOptions): Promise<Dataset> {
  const { synthetic, genreNames, labels } = options;
  if (synthetic !== undefined) return syntheticDataset(synthetic);
  const [data, images] = [[options.data ?? []].flat(), [options.images ?? []].flat()];
  if (data.length === 0) {
    if (images.length !== 1)
      throw onesheetError(
        'OPTION_INVALID',
        'data',
        'a table of posters',
        images.length === 0 ? 'none' : `none, but ${images.length} folders of images`,
      );
    return unlabelledDataset(await listImages(images[0]!));
  }
  if (images.length > 1 && images.length !== data.length)
    throw onesheetError(
      'OPTION_INVALID',
      'images',
      `one folder, or one for each of the ${data.length} tables,`,
      `${images.length} folders`,
    );
  const vocabulary = new GenreVocabulary(genreNames, labels);
  const readings: TableReading[] = [];
  for (const path of data) readings.push(readEntries(await readTable(path), vocabulary));
  const { lists, spellings } = unifySpelling(
    readings.map(({ entries }) => entries),
    vocabulary,
  );
  const tables: SourceTable[] = [];
  for (const [at, path] of data.entries()) {
    const entries = lists[at]!;
    const folder = await folderOfTable(path, entries, images[at] ?? images[0]);
    tables.push({ ...readings[at]!, name: basename(resolve(path)), path, entries, folder });
  }
  return joinTables(tables, spellings);
}

async function syntheticDataset(options: SyntheticOptions): Promise<Dataset> {
  const posters: Poster[] = [];
  for await (const { id, genres, bytes } of drawSyntheticPosters(options))
    posters.push({ id, genres, source: { kind: 'bytes', bytes, name: `${id}.png` }, group: id });
  return assembleDataset(`synthetic posters of seed ${options.seed ?? 0}`, posters, noFindings);
}

function unlabelledDataset(folder: ImageFolder): Dataset {
  const { root, posters, skipped, brokenLinks } = folder;
  if (posters.size === 0) throw onesheetError('NOTHING_FOUND', root, 'images');
  const list = [...posters].map(([path, id]) => ({ id, source: fileIn(folder, path), group: id }));
  return assembleDataset(basename(resolve(root)), list, {
    ...noFindings,
    imagesWithoutRow: [...posters.keys()].sort(compareText),
    skipped,
    brokenLinks,
    notes: notesOnImages({ nearNames: [], skipped, brokenLinks }),
  });
}
