/** @module Paths of posters below a folder -> their ids: short, the same by every way in, never one for two posters. */

/** File name endings, in lower case with the dot, that an id leaves out; the earlier one is preferred. */
export const pictureEndings: readonly string[] = [
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.avif',
  '.gif',
  '.tif',
  '.tiff',
  '.tbn',
  '.jpg_large',
];

/** Names, in lower case, of a picture that stands for the folder it lies in; the first that is there does. */
const folderNames: readonly string[] = ['poster', 'folder', 'cover', 'movie', 'default'];

/** `a/b.c.jpg` -> `a/b.c`; a path without the ending of a picture stays. */
export function stemOf(path: string): string {
  const ending = endingOf(path);
  const stem = pictureEndings.includes(ending.toLowerCase()) ? path.slice(0, -ending.length) : path;
  return stem === '' || stem.endsWith('/') ? path : stem;
}

export function hasPictureEnding(path: string): boolean {
  return pictureEndings.includes(endingOf(path).toLowerCase());
}

/** With the dot, as it is written; '' without one. */
export function endingOf(path: string): string {
  return /\.[^./]+$/.exec(path)?.[0] ?? '';
}

/** Whether a picture of this name stands for its folder: `Poster.JPG`, or `Heat-poster.jpg` in `Heat (1995)`. */
export function standsForFolder(name: string, folder: string): boolean {
  const stem = stemOf(name);
  const film = filmOf(stem);
  return film === undefined ? folderNames.includes(stem.toLowerCase()) : sameTitle(film, folder);
}

/** Whether a picture of this name may stand for some folder. */
export function mayStandForFolder(name: string): boolean {
  const stem = stemOf(name);
  return folderNames.includes(stem.toLowerCase()) || filmOf(stem) !== undefined;
}

/** Whether a folder is called as one of a single film is: its name holds a year, `Heat (1995)`. */
export function isCalledAsFilm(folder: string): boolean {
  return /[([](18|19|20)\d\d[)\]]/.test(folder);
}

/**
 * What a picture of one folder would be called if no other wanted the name. In `Film (1999)/` the folder's own path
 * goes to `poster`, else `folder`, `cover`, `movie`, `default`, else the `<file>-poster` that is the only picture or
 * called as the folder; any other `<file>-poster` is `<file>`. Every other picture is its path without its ending.
 *
 * @param folder relative to the root, '' for the root itself
 * @param own what a picture that stands for the folder is called: its path, or for a root `undefined` for nothing
 * @param names all pictures of the folder
 */
export function claimerOf(
  folder: string,
  own: string | undefined,
  names: readonly string[],
): (name: string) => string {
  const lower = new Set(names.map((name) => stemOf(name).toLowerCase()));
  const first = folderNames.find((name) => lower.has(name));
  const standsFor = (stem: string, film: string | undefined): boolean => {
    if (first !== undefined) return stem.toLowerCase() === first;
    return film !== undefined && (lower.size === 1 || sameTitle(film, own ?? ''));
  };
  return (name) => {
    const stem = stemOf(name);
    const film = filmOf(stem);
    return own !== undefined && standsFor(stem, film) ? own : joinPath(folder, film ?? stem);
  };
}

/**
 * The id of a picture: what it claims, or, where another picture claims the same or has it for a whole path, its own
 * whole path. Of such a pair both keep their paths, so that neither id depends on their order.
 *
 * @param rivals pictures that claim the same, itself included
 */
export function settle(
  path: string,
  claim: string,
  rivals: number,
  isPath: (path: string) => boolean,
): string {
  return rivals === 1 && !isPath(claim) ? claim : path;
}

/**
 * The ids of pictures that came by their names alone, as in a form or dropped on a page. Names that repeat are
 * numbered: `poster`, `poster (2)`.
 *
 * @param names with folders before them where they are known, as `Film (1999)/poster.jpg`; a web address is its own id
 */
export function idsOfNames(names: readonly string[]): string[] {
  const plain = names.map((name) =>
    isAddress(name) ? name : name.replaceAll('\\', '/').replace(/^(\.?\/)+/, '') || name,
  );
  const paths = new Set(plain.filter((name) => !isAddress(name)));
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    const { folder, name } = splitPath(path);
    folders.set(folder, (folders.get(folder) ?? new Set()).add(name));
  }
  const claims = new Map<string, string>();
  for (const [folder, found] of folders) {
    const claimed = claimerOf(folder, folder || undefined, [...found]);
    for (const name of found) claims.set(joinPath(folder, name), claimed(name));
  }
  const counts = new Map<string, number>();
  for (const claim of claims.values()) counts.set(claim, (counts.get(claim) ?? 0) + 1);
  const ids = plain.map((path) => {
    if (isAddress(path)) return path;
    const claim = claims.get(path)!;
    return settle(path, claim, counts.get(claim)!, (own) => own !== path && paths.has(own));
  });
  return numbered(ids);
}

/** Repeated ids with a number behind them; the first keeps what it has. */
function numbered(ids: readonly string[]): string[] {
  const all = new Set(ids);
  const given = new Set<string>();
  return ids.map((id) => {
    let own = id;
    for (let number = 2; given.has(own) || (own !== id && all.has(own)); number++) own = `${id} (${number})`;
    given.add(own);
    return own;
  });
}

function isAddress(name: string): boolean {
  return /^https?:\/\//i.test(name);
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const at = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(0, at)), name: path.slice(at + 1) };
}

/** `Heat.1995` of `Heat.1995-poster`; undefined for any other name. */
function filmOf(stem: string): string | undefined {
  return /^(.+)-poster$/i.exec(stem)?.[1];
}

/** Whether one begins with the other, by letters and digits alone: `Heat.1995.1080p` and `Heat (1995)`. */
function sameTitle(film: string, folder: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const [a, b] = [plain(film), plain(splitPath(folder).name)];
  return a !== '' && b !== '' && (a.startsWith(b) || b.startsWith(a));
}
