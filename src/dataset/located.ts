/** @module The rows of a table and a folder of images -> each row with its id and the picture that it means. */
import type { ImageSource } from '../image/index.ts';
import type { TableColumn } from './columns.ts';
import type { RowFault } from './formats/table.ts';
import { fileIn, type ImageFolder } from './images.ts';
import { idOfRow, isImdbColumn, type MatchedImage, matchImages } from './matching.ts';
import type { Entry } from './rows.ts';

/** A row together with the image that it means, if that is there. */
export interface Located extends Entry {
  readonly source: ImageSource | undefined;
  /** The image's path in the folder. */
  readonly path: string | undefined;
  /** Why there is none although something is called so. */
  readonly reason?: string;
  /** Where the image's name is almost the one that the row says. */
  readonly near?: MatchedImage['near'];
  /** Whether the row says its id itself. */
  readonly hasOwnId: boolean;
}

export interface LocatedRows {
  readonly located: readonly Located[];
  /** Rows whose image would lie outside of the folder. */
  readonly refused: readonly RowFault[];
}

export function locateRows(
  folder: ImageFolder,
  entries: readonly Entry[],
  columns: readonly TableColumn[],
): LocatedRows {
  const refused: RowFault[] = [];
  const located: Located[] = [];
  const hasImdbNumbers = columns.some(({ name, role }) => role === 'id' && isImdbColumn(name));
  for (const [at, match] of matchImages(folder, entries, hasImdbNumbers).entries()) {
    const entry = entries[at]!;
    const { line, file, bytes } = entry;
    const { path, url, near, problem } = match;
    const hasOwnId = entry.id !== '';
    const id = idOfRow(folder, entry, match) || `row ${line}`;
    const common = { ...entry, id, hasOwnId };
    if (bytes !== undefined) {
      const source = { kind: 'bytes', bytes, name: entry.image || id } as const;
      located.push({ ...common, path: undefined, source });
    } else if (problem?.kind === 'refused')
      refused.push({ line, ...(file !== undefined && { file }), reason: problem.reason });
    else if (path !== undefined) located.push({ ...common, path, near, source: fileIn(folder, path) });
    else {
      const source = url === undefined ? undefined : ({ kind: 'url', url } as const);
      located.push({ ...common, path, source, reason: problem?.reason });
    }
  }
  return { located, refused };
}
