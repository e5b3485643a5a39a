/** @module A table, a folder of images or a recipe for synthetic posters -> a data set. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { onesheetError } from '../errors.ts';
import type { ImageSource } from '../image/index.ts';
import { readTable } from './formats/list.ts';
import { isMissingWord } from './genres.ts';
import { findImage, type ImageFolder, idOfImage, listImages, readReference, stemOf } from './images.ts';
import {
  assembleDataset,
  compareText,
  type Dataset,
  type Findings,
  noFindings,
  type Poster,
  type RepeatedId,
} from './poster.ts';
import { type Entry, readEntries, type TableReading } from './rows.ts';
import { unifySpelling } from './spelling.ts';
import { drawSyntheticPosters, type SyntheticOptions } from './synthetic/draw.ts';
import { type GenreNames, GenreVocabulary } from './vocabulary.ts';

export interface LoadOptions {
  /**
   * A table of posters (`.csv`, `.tsv`, `.jsonl`), or a folder with `metadata.jsonl` or `metadata.csv` as
   * Hugging Face's imagefolder has it.
   */
  readonly data?: string;
  /**
   * The folder of images, searched with its subfolders.
   * @default the folder of the table, or its subfolder `images` where the table names posters by id only
   */
  readonly images?: string;
  /** Names of genres that count as one, before those that are well known. */
  readonly genreNames?: GenreNames;
  /** A model's genres: what is the same genre is spelled like its label. @default as the table spells it most often */
  readonly labels?: readonly string[];
  /** Draws posters instead, into memory. */
  readonly synthetic?: SyntheticOptions;
}

/**
 * Loads posters. Rows with the same id become one poster; where they disagree it carries every genre that
 * any of them names. Words such as `N/A` are no genre. Images without a row and rows without a genre are
 * kept as unlabelled posters.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE for the table or the folder; TABLE_LAYOUT for
 * unknown columns; TABLE_ROW, with the line, for a row that cannot be read or whose image lies outside of
 * the folder; DATASET_EMPTY where no row has its image.
 */
export async function loadDataset(options: LoadOptions): Promise<Dataset> {
  const { data, images, synthetic } = options;
  if (synthetic !== undefined) return syntheticDataset(synthetic);
  if (data === undefined) {
    if (images === undefined) throw onesheetError('OPTION_INVALID', 'data', 'a table of posters', 'none');
    return unlabelledDataset(await listImages(images));
  }
  const path = await findTable(data);
  const vocabulary = new GenreVocabulary(options.genreNames, options.labels);
  const reading = readEntries(await readTable(path), vocabulary);
  const { entries, spellings } = unifySpelling(reading.entries, vocabulary);
  const folder = await listImages(images ?? (await defaultImages(path, entries)));
  const dataset = joinImages(path, { ...reading, entries }, spellings, folder, basename(resolve(data)));
  if (dataset.labelled.length + dataset.unlabelled.length === dataset.findings.imagesWithoutRow.length) {
    const example = entries[0].image || `${entries[0].id}.jpg`;
    throw onesheetError('DATASET_EMPTY', path, `images in the folder ${folder.root}, such as ${example}`);
  }
  return dataset;
}

async function findTable(data: string): Promise<string> {
  if (!(await isFolder(data))) return data;
  for (const name of ['metadata.jsonl', 'metadata.csv']) {
    const path = join(data, name);
    if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  throw onesheetError(
    'FILE_MISSING',
    join(data, 'metadata.jsonl'),
    'it or metadata.csv in a folder of images',
  );
}

async function defaultImages(path: string, entries: readonly Entry[]): Promise<string> {
  const beside = join(dirname(path), 'images');
  const byIdOnly = entries.every(({ image }) => image === '');
  return byIdOnly && (await isFolder(beside)) ? beside : dirname(path);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function syntheticDataset(options: SyntheticOptions): Promise<Dataset> {
  const posters: Poster[] = [];
  for await (const { id, genres, bytes } of drawSyntheticPosters(options))
    posters.push({ id, genres, source: { kind: 'bytes', bytes, name: `${id}.png` }, group: id });
  return assembleDataset(`synthetic posters of seed ${options.seed ?? 0}`, posters, noFindings);
}

function unlabelledDataset(folder: ImageFolder): Dataset {
  const posters = [...folder.paths].map((path) => posterOfImage(folder, path, []));
  if (posters.length === 0) throw onesheetError('DATASET_EMPTY', folder.root, 'images');
  return assembleDataset(basename(resolve(folder.root)), posters, {
    ...noFindings,
    imagesWithoutRow: [...folder.paths].sort(compareText),
  });
}

/** A row together with the image that it means, if that is there. */
interface Located extends Entry {
  readonly source: ImageSource | undefined;
  /** The image's path in the folder. */
  readonly path: string | undefined;
}

function joinImages(
  path: string,
  { entries, columns, faults, notes, separated, doubtful }: TableReading,
  spellings: Findings['spellings'],
  folder: ImageFolder,
  name: string,
): Dataset {
  const rowsById = new Map<string, Located[]>();
  for (const entry of entries) {
    const located = locate(path, entry, folder);
    rowsById.set(located.id, [...(rowsById.get(located.id) ?? []), located]);
  }
  const found = {
    repeatedIds: [] as RepeatedId[],
    rowsWithoutImage: [] as Findings['rowsWithoutImage'][number][],
    rowsWithoutGenre: [] as Findings['rowsWithoutGenre'][number][],
    missingWords: new Map<string, number>(),
  };
  const posters: Poster[] = [];
  const used = new Set<string>();
  const everyGenre = [...new Set(entries.flatMap(({ genres }) => genres))].filter(
    (one) => !isMissingWord(one),
  );
  for (const [id, rows] of rowsById) {
    const { line } = rows[0];
    const words = [...new Set(rows.flatMap((row) => row.genres))];
    const genres = words.filter((word) => !isMissingWord(word));
    if (rows.length > 1) found.repeatedIds.push(describeRepetition(id, rows, genres));
    for (const word of words.filter(isMissingWord))
      found.missingWords.set(word, (found.missingWords.get(word) ?? 0) + 1);
    if (genres.length === 0) found.rowsWithoutGenre.push({ line, id });
    for (const row of rows) if (row.path !== undefined) used.add(row.path);
    const source = rows.find((row) => row.source !== undefined)?.source;
    if (source === undefined) found.rowsWithoutImage.push({ line, id });
    else {
      const known = genres.length > 0 ? knownOf(rows, genres, everyGenre) : undefined;
      posters.push({ id, source, ...(genres.length > 0 && { genres }), ...(known && { known }), group: id });
    }
  }
  const spare = [...folder.paths].filter((image) => !used.has(image));
  for (const image of spare) posters.push(posterOfImage(folder, image, rowsById));
  return assembleDataset(name, posters, {
    ...found,
    rows: entries.length + faults.length,
    columns,
    notes,
    unreadableRows: faults,
    spellings,
    separated,
    doubtful,
    imagesWithoutRow: spare.sort(compareText),
    disagreeingColumns: entries.flatMap(({ line, id, image, genres, disagreeing }) =>
      disagreeing === undefined ? [] : [{ line, id: id || image, list: genres, columns: disagreeing }],
    ),
  });
}

/** What any of the rows judged; `undefined` where that is every genre. */
function knownOf(
  rows: readonly Entry[],
  genres: readonly string[],
  everyGenre: readonly string[],
): readonly string[] | undefined {
  if (rows.some(({ known }) => known === undefined)) return undefined;
  const known = new Set([...rows.flatMap((row) => row.known ?? []), ...genres]);
  return everyGenre.every((genre) => known.has(genre)) ? undefined : [...known];
}

function locate(table: string, entry: Entry, folder: ImageFolder): Located {
  if (entry.image === '' && entry.id === '')
    throw onesheetError('TABLE_ROW', table, entry.line, 'it names neither an image nor an id');
  const reference = readReference(entry.image || entry.id);
  const byId = entry.id === '' ? undefined : readReference(entry.id);
  for (const one of [reference, byId])
    if (one?.kind === 'refused') throw onesheetError('TABLE_ROW', table, entry.line, one.reason);
  const candidates = [reference, byId].flatMap((one) => (one?.kind === 'path' ? [one.path] : []));
  const path = candidates.map((one) => findImage(folder, one)).find((one) => one !== undefined);
  const id =
    entry.id || (path === undefined ? stemOf(candidates[0] ?? entry.image) : idOfImage(folder, path));
  if (path !== undefined) return { ...entry, id, path, source: fileIn(folder, path) };
  return { ...entry, id, path, source: reference.kind === 'url' ? reference : undefined };
}

function describeRepetition(id: string, rows: readonly Located[], resolution: readonly string[]): RepeatedId {
  const lists = rows.map((row) => row.genres);
  const agree = new Set(lists.map((list) => [...list].sort(compareText).join('\n'))).size === 1;
  return { id, lines: rows.map((row) => row.line), agree, lists, resolution };
}

/** An image that no row names; where a row's id is called the same, the image's whole path is the id. */
function posterOfImage(
  folder: ImageFolder,
  path: string,
  taken: Pick<ReadonlyMap<string, unknown>, 'has'> | readonly [],
): Poster {
  const stem = idOfImage(folder, path);
  const id = 'has' in taken && taken.has(stem) ? path : stem;
  return { id, source: fileIn(folder, path), group: id };
}

function fileIn(folder: ImageFolder, path: string): ImageSource {
  return { kind: 'file', path: join(folder.root, path) };
}
