/** @module Names of files and folders -> why they are passed over when posters are listed, and how many of each kind. */
import { endingOf, stemOf } from './ids.ts';

/** Every reason why something in a folder is no poster, in words for one and for several. */
const words = {
  hidden: ['hidden file or folder', 'hidden files and folders'],
  macos: ['file or folder of macOS (._, __MACOSX)', 'files and folders of macOS (._, __MACOSX)'],
  system: [
    'folder of the storage system (@eaDir, recycle bins)',
    'folders of the storage system (@eaDir, recycle bins)',
  ],
  actors: ['folder of actors', 'folders of actors'],
  artwork: [
    'picture beside a poster (fanart, banner, logo, disc)',
    'pictures beside posters (fanart, banner, logo, disc)',
  ],
  otherFormat: ['picture in a format that is not read', 'pictures in formats that are not read'],
  notPicture: ['file that is no picture', 'files that are no pictures'],
  special: ['pipe or device', 'pipes and devices'],
  brokenLink: ['link that leads nowhere', 'links that lead nowhere'],
  repeatedFolder: ['linked folder that is listed already', 'linked folders that are listed already'],
  unreadable: ['file or folder that may not be read', 'files and folders that may not be read'],
  row: [
    'row that cannot be read or whose image lies outside of its folder',
    'rows that cannot be read or whose images lie outside of their folder',
  ],
  repeatedRow: ['row whose id an earlier row has', 'rows whose ids earlier rows have'],
} as const;

export type SkipKind = keyof typeof words;

/** Counts by kind, those above 0 only; plain data. */
export type SkipCounts = Readonly<Partial<Record<SkipKind, number>>>;

const systemFolders = new Set([
  '@eadir',
  '@recycle',
  '@recently-snapshot',
  '#recycle',
  '#snapshot',
  '$recycle.bin',
  'system volume information',
  'lost+found',
]);
const artworkFolders = new Set(['extrafanart', 'extrathumbs', 'backdrops', 'actors']);
const artwork =
  /^(.+-)?(fanart|backdrop|banner|logo|clearlogo|clearart|art|landscape|thumb|disc|discart|cdart|characterart|keyart)-?\d*$/i;
const otherFormats = new Set([
  '.heic',
  '.heif',
  '.jxl',
  '.jp2',
  '.j2k',
  '.jpx',
  '.jxr',
  '.bmp',
  '.ico',
  '.svg',
  '.psd',
  '.tga',
]);
const filmEndings = new Set([
  '.nfo',
  '.mkv',
  '.mp4',
  '.m4v',
  '.avi',
  '.mov',
  '.wmv',
  '.m2ts',
  '.webm',
  '.strm',
  '.mpg',
  '.mpeg',
  '.flv',
]);

/** Whether a file or folder of this name is passed over wherever it lies. */
export function skippedByName(name: string): SkipKind | undefined {
  const lower = name.toLowerCase();
  if (lower === '.actors') return 'actors';
  if (name.startsWith('._') || lower === '__macosx') return 'macos';
  if (name.startsWith('.')) return 'hidden';
  return systemFolders.has(lower) ? 'system' : undefined;
}

/** Whether a folder holds the files of a film: a video, an `.nfo`, or pictures called poster or folder. */
export function looksLikeLibrary(names: readonly string[]): boolean {
  return names.some(
    (name) => filmEndings.has(endingOf(name).toLowerCase()) || /^(.+-)?(poster|folder)$/i.test(stemOf(name)),
  );
}

/** Whether a folder holds a film itself, or what a media centre has written of it. */
export function holdsFilm(names: readonly string[]): boolean {
  return names.some((name) => filmEndings.has(endingOf(name).toLowerCase()));
}

/** Whether a picture of this name, in a folder of a library, is one beside a poster. */
export function isArtwork(name: string): boolean {
  return artwork.test(stemOf(name));
}

export function isArtworkFolder(name: string): boolean {
  return artworkFolders.has(name.toLowerCase());
}

/** Whether the name says that it is a picture, but one that is not decoded. */
export function isOtherFormat(name: string): boolean {
  return otherFormats.has(endingOf(name).toLowerCase());
}

/** What was passed over while folders were listed; filled by the lister. */
export class Skipped {
  readonly #counts = new Map<SkipKind, number>();
  readonly #examples = new Map<SkipKind, string>();

  /** @param path of which the first of each kind is remembered as an example */
  add(kind: SkipKind, path: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    if (!this.#examples.has(kind)) this.#examples.set(kind, path);
  }

  get counts(): SkipCounts {
    return Object.fromEntries(kinds.flatMap((kind) => this.#entry(kind)));
  }

  /** The first path of each kind that was passed over. */
  get examples(): Readonly<Partial<Record<SkipKind, string>>> {
    return Object.fromEntries(this.#examples);
  }

  #entry(kind: SkipKind): [SkipKind, number][] {
    const count = this.#counts.get(kind);
    return count === undefined ? [] : [[kind, count]];
  }
}

const kinds = Object.keys(words) as SkipKind[];

/** Kinds of what somebody meant to be a poster: the first of them is named. */
const missed: readonly SkipKind[] = ['row', 'repeatedRow', 'brokenLink', 'unreadable'];

/**
 * `2 hidden files and folders, 1 link that leads nowhere`; '' where nothing was passed over.
 *
 * @param examples by which the first row, link and file that was to be a poster is named
 */
export function describeSkipped(counts: SkipCounts, examples: Skipped['examples'] = {}): string {
  return kinds
    .flatMap((kind) => {
      const count = counts[kind];
      if (count === undefined) return [];
      const example = missed.includes(kind) ? examples[kind] : undefined;
      const named = example === undefined ? '' : ` (${count > 1 ? 'the first: ' : ''}${example})`;
      return [`${count} ${words[kind][count === 1 ? 0 : 1]}${named}`];
    })
    .join(', ');
}
