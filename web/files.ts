/** @module What was dropped or pasted -> pictures, those in dropped folders included, or an address. */
import {
  hasPictureEnding,
  isArtwork,
  isArtworkFolder,
  isCalledAsFilm,
  joinPath,
  looksLikeLibrary,
  Skipped,
  skippedByName,
} from '../src/dataset/browser.ts';
import { sniffFormat } from '../src/image/browser.ts';

/** A picture with its path below what was dropped. */
export interface NamedFile {
  readonly name: string;
  readonly blob: File;
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) break; // it gives a hundred at a time
    found.push(...entries);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fileOf(entry: FileSystemFileEntry): Promise<File | undefined> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(undefined)));
}

async function isPicture(file: File): Promise<boolean> {
  if (hasPictureEnding(file.name)) return true;
  const head = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  return head.length > 0 && 'format' in sniffFormat(head);
}

/** The posters that the command line finds in such a folder, by the same names. */
async function filesIn(
  folder: FileSystemDirectoryEntry,
  path: string,
  skipped: Skipped,
): Promise<NamedFile[]> {
  const entries = await entriesOf(folder).catch(() => undefined);
  if (entries === undefined) {
    skipped.add('unreadable', path);
    return [];
  }
  const isLibrary = looksLikeLibrary(entries.filter(({ isFile }) => isFile).map(({ name }) => name));
  const found: NamedFile[] = [];
  for (const entry of entries) {
    const name = joinPath(path, entry.name);
    const why = skippedByName(entry.name);
    if (why !== undefined) skipped.add(why, name);
    else if (entry.isDirectory) {
      if (isLibrary && isArtworkFolder(entry.name)) skipped.add('artwork', name);
      else found.push(...(await filesIn(entry as FileSystemDirectoryEntry, name, skipped)));
    } else {
      const blob = await fileOf(entry as FileSystemFileEntry);
      if (blob === undefined) skipped.add('unreadable', name);
      else if (!(await isPicture(blob))) skipped.add('notPicture', name);
      else if (isLibrary && isArtwork(entry.name)) skipped.add('artwork', name);
      else found.push({ name, blob });
    }
  }
  return found;
}

export interface Transferred {
  readonly files: readonly NamedFile[];
  /** What was passed over in folders. */
  readonly skipped: Skipped;
  /** The first line of a link or a text, when there was no file. */
  readonly text: string | undefined;
}

/** Reads a transfer; must be called while its event is handled, since it is emptied afterwards. */
export async function transferred(transfer: DataTransfer): Promise<Transferred> {
  const link = transfer.getData('text/uri-list') || transfer.getData('text/plain');
  const text = link.split(/\r?\n/).find((line) => line !== '' && !line.startsWith('#'));
  const plain = [...transfer.files];
  const folders = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry): entry is FileSystemDirectoryEntry => entry?.isDirectory === true);
  const names = new Set(folders.map(({ name }) => name));
  const skipped = new Skipped();
  // Paths begin below a folder that came alone, unless it is that of one film.
  const isBase = ({ name }: FileSystemEntry) => transfer.items.length === 1 && !isCalledAsFilm(name);
  const inside = await Promise.all(
    folders.map((folder) => filesIn(folder, isBase(folder) ? '' : folder.name, skipped)),
  );
  const single = plain.filter(({ name }) => !names.has(name)).map((blob) => ({ name: blob.name, blob }));
  const files = [...single, ...inside.flat()];
  return { files, skipped, text: files.length === 0 ? text : undefined };
}
