/** @module What was dropped or pasted -> picture files, those in dropped folders included, or an address. */
import { imageExtensions } from '../src/image/browser.ts';

function isPictureName(name: string): boolean {
  return imageExtensions.some((extension) => name.toLowerCase().endsWith(extension));
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const found: File[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return found; // it gives a hundred at a time
    for (const entry of entries) {
      if (entry.isDirectory) found.push(...(await filesIn(entry as FileSystemDirectoryEntry)));
      else if (isPictureName(entry.name))
        found.push(
          await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
        );
    }
  }
}

export interface Transferred {
  readonly files: readonly File[];
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
  const inside = await Promise.all(folders.map((folder) => filesIn(folder).catch(() => [])));
  const files = [...plain.filter(({ name }) => !names.has(name)), ...inside.flat()];
  return { files, text: files.length === 0 ? text : undefined };
}
