/** @module An audit -> a page of text for people. */
import type { Audit } from './audit.ts';
import { formatColumns } from './columnsText.ts';
import { type NearNameKind, nearNameWords } from './nearNames.ts';

/** How many examples of each finding are shown; the JSON has them all. */
const shown = 5;

/** Lines of at most about a hundred characters; findings without cases are said to have none. */
export function formatAudit(audit: Audit): string {
  const sections = [
    overview(audit),
    columnList(audit),
    genreTable(audit),
    droppedGenres(audit),
    ...unknownGenres(audit),
    ...genreNames(audit),
    ...agreements(audit),
    distribution(audit),
    ...tableFindings(audit),
    ...imageFindings(audit),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function overview(audit: Audit): string[] {
  const { name, rows, posters, labelled, unlabelled, hash } = audit;
  return [
    name,
    `  rows      ${rows}`,
    `  posters   ${posters}: ${labelled} labelled, ${unlabelled} unlabelled (kept for prediction)`,
    `  data hash ${hash}`,
  ];
}

function columnList({ columns, notes }: Audit): string[] {
  if (columns.length === 0) return [];
  const lines = [...formatColumns(columns), ...notes.map((note) => `note: ${note}`)];
  return ['Columns', ...lines.map((line) => `  ${line}`)];
}

function unknownGenres({ partlyKnown, unknown, labelled, genres }: Audit): string[][] {
  if (partlyKnown === 0) return [];
  const rows = unknown.map(({ genre, count }) => `  ${genre}: ${count}`);
  const pairs = unknown.reduce((sum, { count }) => sum + count, 0);
  return [
    [
      `Posters with genres of which nothing is known: ${partlyKnown} of ${labelled}`,
      `  ${pairs} of ${labelled * genres.length} poster-genre pairs, which training and measures leave out; shares are of the others`,
      ...rows,
    ],
  ];
}

/** What was taken for one genre or for several, where the table leaves that open. */
function genreNames({ spellings, separated, doubtful, lookAlikes }: Audit): string[][] {
  const rowsText = ({ name, rows }: { readonly name: string; readonly rows: number }) => `${name} (${rows})`;
  const sections = [
    finding(
      'Genres with several names, taken as one',
      spellings,
      ({ genre, names }) => `${genre}: ${names.map(rowsText).join(', ')}`,
    ),
    finding('Names taken apart, since their parts are genres', separated, rowsText),
    finding('Names that look like several genres, kept as one', doubtful, rowsText),
    finding(
      'Genres that look alike, kept as two',
      lookAlikes,
      ({ genres, reason }) => `${genres.join(' and ')}: ${reason}`,
    ),
  ];
  return sections.filter((lines) => lines.length > 1);
}

/** How far the tables that were joined agree. */
function agreements({ tables, agreement }: Audit): string[][] {
  if (agreement === undefined) return [];
  const rows = tables.map(({ name, rows: own }) => `  ${name}: ${own} rows`);
  const disputed = agreement.genres.filter(({ disagree }) => disagree > 0);
  const counts = disputed.map(({ genre, agree, given }) => {
    const sides = given.flatMap((count, at) => (count > 0 ? [`${count} by ${tables[at]!.name} only`] : []));
    return `  ${genre}: ${agree} by all, ${sides.join(', ')}`;
  });
  const { posters, same } = agreement;
  const title = `Posters in several tables: ${posters}, with the same genres in all: ${same}`;
  return [
    [`Tables joined: ${tables.length}`, ...rows],
    [title, ...counts],
  ];
}

function genreTable({ genres, minimumSupport, withoutKeptGenre }: Audit): string[] {
  const width = Math.max(...genres.map(({ genre }) => genre.length), 0);
  const most = genres[0]?.count ?? 1;
  const rows = genres.map(({ genre, count, share }) => {
    const bar = '#'.repeat(Math.round((count / most) * 40));
    return `  ${genre.padEnd(width)} ${String(count).padStart(7)} ${percent(share).padStart(6)}  ${bar}`;
  });
  const zeros = `${withoutKeptGenre} labelled posters carry none of these; they stay, as posters without any of them`;
  return [`Genres kept, with ${minimumSupport} posters and more: ${genres.length}`, ...rows, `  ${zeros}`];
}

function droppedGenres({ dropped }: Audit): string[] {
  const rows = dropped.map(({ genre, reason }) => `  ${genre}: ${reason}`);
  return [`Genres dropped: ${dropped.length}`, ...rows];
}

function distribution({ genresPerPoster, pairs }: Audit): string[] {
  const counts = genresPerPoster.map(({ genres, posters }) => `${genres}: ${posters}`).join(', ');
  return [
    `Genres per labelled poster: ${counts || 'none'}`,
    'Most frequent pairs',
    ...pairs.map(({ genres, count }) => `  ${String(count).padStart(7)}  ${genres.join(' + ')}`),
  ];
}

function tableFindings(audit: Audit): string[][] {
  const disagreeing = audit.repeatedIds.filter(({ agree }) => !agree);
  const agreeing = audit.repeatedIds.length - disagreeing.length;
  return [
    [
      `Repeated ids: ${audit.repeatedIds.length} (${agreeing} agree and are merged, ${disagreeing.length} disagree)`,
      ...examples(disagreeing, ({ id, table, lines, lists, resolution }) => {
        const said = lists
          .map((list, at) => `${placeText({ line: lines[at]!, table })} says ${listText(list)}`)
          .join(', ');
        return `${id}: ${said}; taken as ${listText(resolution)}`;
      }),
    ],
    finding('Rows that cannot be read', audit.unreadableRows, (row) => `${placeText(row)}: ${row.reason}`),
    finding(
      'Rows whose image is missing',
      audit.rowsWithoutImage,
      ({ id, reason, ...row }) => `${placeText(row)}: ${id}${reason === undefined ? '' : `: ${reason}`}`,
    ),
    ...optional('Images that are links to nothing', audit.brokenLinks, (path) => path),
    ...optional(
      'Rows whose image has almost the name that they say; they are matched',
      audit.nearNames,
      ({ named, path, how, ...row }) => `${placeText(row)}: ${named} is ${path}, ${howText(how)}`,
    ),
    finding('Images without a row', audit.imagesWithoutRow, (path) => path),
    finding('Rows without a genre', audit.rowsWithoutGenre, (row) => `${placeText(row)}: ${row.id}`),
    finding(
      'Rows whose list differs from their 0/1 columns; the list counts',
      audit.disagreeingColumns,
      ({ id, list, columns, ...row }) =>
        `${placeText(row)}: ${id} lists ${listText(list)}, its columns say ${listText(columns)}`,
    ),
  ];
}

function imageFindings(audit: Audit): string[][] {
  if (!audit.decoded) return [['Unreadable images and near-duplicates: not looked for']];
  const title = `Groups of near-duplicates, at most ${audit.maximumDistance} of 64 bits apart`;
  return [
    finding('Unreadable images', audit.unreadable, ({ id, message }) => `${id}: ${message}`),
    finding(title, audit.nearDuplicates, ({ posters }) =>
      posters.map(({ id, genres }) => `${id} (${listText(genres)})`).join(', '),
    ),
  ];
}

function finding<Item>(title: string, items: readonly Item[], describe: (item: Item) => string): string[] {
  return [`${title}: ${items.length}`, ...examples(items, describe)];
}

/** A finding that is not spoken of where it has no cases. */
function optional<Item>(title: string, items: readonly Item[], describe: (item: Item) => string): string[][] {
  return items.length === 0 ? [] : [finding(title, items, describe)];
}

function howText(how: readonly NearNameKind[]): string {
  return how.map((kind) => nearNameWords[kind]).join(', ');
}

function examples<Item>(items: readonly Item[], describe: (item: Item) => string): string[] {
  const lines = items.slice(0, shown).map((item) => `  ${describe(item)}`);
  return items.length > shown ? [...lines, `  and ${items.length - shown} more`] : lines;
}

function placeText({ line, table }: { readonly line: number; readonly table?: string }): string {
  return table === undefined ? `line ${line}` : `line ${line} of ${table}`;
}

function listText(genres: readonly string[]): string {
  return genres.length === 0 ? 'no genre' : genres.join(', ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
