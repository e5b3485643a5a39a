/** @module A table, a folder of images or a recipe for synthetic posters -> a data set. */
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { onesheetError } from '../errors.ts';
import type { ImageSource } from '../image/index.ts';
import { readTable } from './formats/list.ts';
import { isMissingWord } from './genres.ts';
import { defaultImages, fileIn, type ImageFolder, isFolder, listImages } from './images.ts';
import { idOfRow, isImdbColumn, matchImages } from './matching.ts';
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
 * kept as unlabelled posters. A row whose image has almost the name that it says is matched, and the findings say so.
 *
 * @throws {OnesheetError} FILE_MISSING or FILE_UNREADABLE for the table or the folder; TABLE_LAYOUT for
 * unknown columns; TABLE_ROW, with the line, for a row that cannot be read, and where no row is left but some whose images
 * lie outside of the folder; NOTHING_FOUND where no row has its image.
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
  const dataset = joinImages({ ...reading, entries }, spellings, folder, basename(resolve(data)));
  if (dataset.labelled.length + dataset.unlabelled.length === dataset.findings.imagesWithoutRow.length) {
    const [unreadable] = dataset.findings.unreadableRows;
    if (unreadable !== undefined) throw onesheetError('TABLE_ROW', path, unreadable.line, unreadable.reason);
    const example = entries[0].image || `${entries[0].id}.jpg`;
    throw onesheetError('NOTHING_FOUND', path, `images in the folder ${folder.root}, such as ${example}`);
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
  });
}

/** A row together with the image that it means, if that is there. */
interface Located extends Entry {
  readonly source: ImageSource | undefined;
  /** The image's path in the folder. */
  readonly path: string | undefined;
  /** Why there is none although something is called so. */
  readonly reason?: string;
}

function joinImages(
  { entries, columns, faults, notes, separated, doubtful }: TableReading,
  spellings: Findings['spellings'],
  folder: ImageFolder,
  name: string,
): Dataset {
  const rowsById = new Map<string, Located[]>();
  const matching = matchRows(folder, entries, columns);
  for (const located of matching.located)
    rowsById.set(located.id, [...(rowsById.get(located.id) ?? []), located]);
  const found = {
    repeatedIds: [] as RepeatedId[],
    rowsWithoutImage: [] as Findings['rowsWithoutImage'][number][],
    nearNames: matching.nearNames,
    skipped: folder.skipped,
    brokenLinks: folder.brokenLinks,
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
    const reason = rows.find((row) => row.reason !== undefined)?.reason;
    if (source === undefined)
      found.rowsWithoutImage.push({ line, id, ...(reason !== undefined && { reason }) });
    else {
      const known = genres.length > 0 ? knownOf(rows, genres, everyGenre) : undefined;
      posters.push({ id, source, ...(genres.length > 0 && { genres }), ...(known && { known }), group: id });
    }
  }
  const spare = [...folder.posters.keys()].filter((image) => !used.has(image));
  posters.push(...unlabelledPosters(folder, spare, rowsById));
  return assembleDataset(name, posters, {
    ...found,
    rows: entries.length + faults.length,
    columns,
    notes,
    unreadableRows: [...faults, ...matching.refused],
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

function matchRows(folder: ImageFolder, entries: readonly Entry[], columns: Findings['columns']) {
  const nearNames: Findings['nearNames'][number][] = [];
  const refused: Findings['unreadableRows'][number][] = [];
  const located: Located[] = [];
  const hasImdbNumbers = columns.some(({ name, role }) => role === 'id' && isImdbColumn(name));
  for (const [at, match] of matchImages(folder, entries, hasImdbNumbers).entries()) {
    const entry = entries[at]!;
    const { line } = entry;
    const { path, url, near, problem } = match;
    const id = idOfRow(folder, entry, match);
    if (near !== undefined) nearNames.push({ line, id, named: near.named, path: path!, how: near.how });
    if (problem?.kind === 'refused') refused.push({ line, reason: problem.reason });
    else if (path !== undefined) located.push({ ...entry, id, path, source: fileIn(folder, path) });
    else {
      const source = url === undefined ? undefined : ({ kind: 'url', url } as const);
      located.push({ ...entry, id, path, source, reason: problem?.reason });
    }
  }
  return { located, nearNames, refused };
}

function describeRepetition(id: string, rows: readonly Located[], resolution: readonly string[]): RepeatedId {
  const lists = rows.map((row) => row.genres);
  const agree = new Set(lists.map((list) => [...list].sort(compareText).join('\n'))).size === 1;
  return { id, lines: rows.map((row) => row.line), agree, lists, resolution };
}

/** Images that no row names; where a row's id is called the same, the image's whole path is the id. */
function unlabelledPosters(
  folder: ImageFolder,
  paths: readonly string[],
  rows: Pick<ReadonlyMap<string, unknown>, 'has'>,
): Poster[] {
  const ids = paths.map((path) => {
    const id = folder.posters.get(path)!;
    return rows.has(id) ? path : id;
  });
  return paths.map((path, at) => ({ id: ids[at]!, source: fileIn(folder, path), group: ids[at]! }));
}
