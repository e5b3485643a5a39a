/** @module A name that is not in a folder -> the only picture there whose name is almost the same, and in what it differs. */
import { endingOf, hasPictureEnding, mayStandForFolder, stemOf } from './ids.ts';
import type { ImageFolder } from './images.ts';
import { decoded, foldName, imdbNumber, isSurelyImdb, type NearNameKind } from './nearNames.ts';

export type NearName =
  | { readonly path: string; readonly how: readonly NearNameKind[] }
  /** Pictures that are as near as each other: none is taken. */
  | { readonly several: readonly string[] };

/**
 * Looks for the longest end of the path that names a picture, exactly or almost. One part alone counts where no
 * other picture is called so, and where it is more than `poster.jpg`.
 *
 * @param path with forward slashes, that names no picture as it stands; from a root or not
 * @param withNumbers whether a bare number may be that of IMDb
 */
export function findNearName(folder: ImageFolder, path: string, withNumbers: boolean): NearName | undefined {
  const { index } = folder;
  const parts = path.replace(/^\/+/, '').split('/');
  for (let from = 0; from < parts.length; from++) {
    const tail = parts.slice(from).join('/');
    if (from === parts.length - 1 && parts.length > 1 && mayStandForFolder(tail)) break;
    const exact = index.paths.has(tail) ? [tail] : (index.byStem.get(tail)?.slice(0, 1) ?? []);
    const found = exact.length > 0 ? exact : (index.byFold.get(foldName(tail)) ?? []);
    if (found.length > 0) return nearest(path, found);
  }
  const last = parts.at(-1)!;
  const inOther = mayStandForFolder(last) ? [] : (index.byLastFold.get(foldName(last)) ?? []);
  if (inOther.length > 0) return nearest(path, inOther);
  const name = stemOf(last);
  const number = withNumbers || isSurelyImdb(name) ? imdbNumber(name) : undefined;
  const numbered = number === undefined ? [] : (index.byImdbNumber.get(number) ?? []);
  if (numbered.length === 1) return { path: numbered[0]!, how: ['imdb'] };
  return numbered.length === 0 ? undefined : { several: numbered };
}

function nearest(named: string, found: readonly string[]): NearName {
  const [path] = found;
  return found.length === 1 ? { path: path!, how: differences(named, path!) } : { several: found };
}

function differences(named: string, path: string): NearNameKind[] {
  const how = new Set<NearNameKind>();
  const plain = decoded(named);
  if (plain !== named) how.add('encoding');
  const [one, other] = [plain.split('/'), path.split('/')].map((parts) => parts.reverse()) as [
    string[],
    string[],
  ];
  // A picture that stands for its folder may be meant by the folder's name.
  if (foldName(one[0]!) !== foldName(other[0]!)) other.shift();
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const [a, b] = at === 0 ? [stemOf(one[at]!), stemOf(other[at]!)] : [one[at]!, other[at]!];
    if (foldName(a) !== foldName(b)) how.add('folder');
    else if (a.normalize('NFC') !== b.normalize('NFC')) how.add('case');
    else if (a !== b) how.add('unicode');
  }
  if (one.length !== other.length) how.add(named === `/${path}` ? 'slash' : 'folder');
  const [a, b] = [endingOf(one[0]!), endingOf(path)];
  if (hasPictureEnding(one[0]!) && a !== b) how.add(a.toLowerCase() === b.toLowerCase() ? 'case' : 'ending');
  return [...how];
}
