/** @module Tables of parts of a folder -> one table, with the subset that the parts' names say. */
import { columnsByName } from '../columns.ts';
import { splitOfWord } from '../subset.ts';
import type { Table, TableRow } from './table.ts';

export interface TablePart {
  /** Its path in the folder. */
  readonly file: string;
  /** The folder, in the folder, from which its images' paths start; '' for the folder itself. */
  readonly root: string;
  readonly table: Table;
}

/** The columns of all parts by their names; a column `split` where the parts or images name two subsets and more. */
export function joinParts(path: string, parts: readonly TablePart[]): Table {
  const namesOf = alignNames(parts.map(({ table }) => table.columns));
  const columns = [...new Set(namesOf.flat())];
  const { image } = columnsByName(columns);
  const places = new Map(columns.map((name, at) => [name, at]));
  const several = parts.length > 1;
  const rows = parts.flatMap(({ file, root, table }, part) =>
    table.rows.map((row): TableRow => {
      const cells = new Array<unknown>(columns.length).fill(undefined);
      for (const [at, cell] of row.cells.entries()) {
        const place = places.get(namesOf[part]![at]!) as number;
        cells[place] = place === image ? below(root, cell) : cell;
      }
      return { line: row.line, cells, ...(several && { file }) };
    }),
  );
  const joined: Table = {
    path,
    columns,
    rows,
    faults: parts.flatMap(({ file, table }) =>
      table.faults.map((fault) => (several ? { ...fault, file } : fault)),
    ),
    notes: parts.flatMap(({ file, table }) =>
      table.notes.map((note) => (several ? `${file}: ${note}` : note)),
    ),
  };
  return columns.includes('split') ? joined : withSplit(joined, image);
}

/** Parts may call their ids, images and genres otherwise than the first: all are called as it calls them. */
function alignNames(parts: readonly (readonly string[])[]): string[][] {
  const [first = []] = parts;
  const main = columnsByName(first);
  return parts.map((columns) => {
    const own = columnsByName(columns);
    const names = [...columns];
    for (const role of ['id', 'image', 'genres'] as const) {
      const [from, to] = [own[role], main[role]];
      if (from !== undefined && to !== undefined && !columns.includes(first[to]!)) names[from]! = first[to]!;
    }
    return names;
  });
}

/** A path, or `{ path, bytes }`, that starts from a folder further up. */
function below(root: string, cell: unknown): unknown {
  if (root === '' || cell === '') return cell;
  if (typeof cell === 'string') return `${root}/${cell}`;
  if (typeof cell !== 'object' || cell === null || !('path' in cell) || typeof cell.path !== 'string')
    return cell;
  return { ...cell, path: `${root}/${cell.path}` };
}

function withSplit(table: Table, image: number | undefined): Table {
  const subsets = table.rows.map(({ file, cells }) => subsetOf(file) ?? subsetOf(pathOf(cells, image)));
  if (new Set(subsets.filter((name) => name !== undefined)).size < 2) return table;
  return {
    ...table,
    columns: [...table.columns, 'split'],
    rows: table.rows.map((row, at) => ({ ...row, cells: [...row.cells, subsets[at] ?? ''] })),
  };
}

function pathOf(cells: readonly unknown[], image: number | undefined): string | undefined {
  const cell = image === undefined ? undefined : cells[image];
  if (typeof cell === 'string') return cell;
  return typeof cell === 'object' && cell !== null && 'path' in cell ? String(cell.path) : undefined;
}

/** `train/a.jpg`, `data/test-00000-of-00001.parquet`: the folder or the first word of the file. */
function subsetOf(path: string | undefined): string | undefined {
  const words = path
    ?.split('/')
    .flatMap((part, at, all) => (at < all.length - 1 ? [part] : part.split(/[-_.]/, 1)));
  return words?.map(splitOfWord).find((name) => name !== undefined);
}
