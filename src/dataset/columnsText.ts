/** @module The roles of a table's columns -> a few lines for people. */
import type { ColumnRole, TableColumn } from './columns.ts';

const roles: readonly ColumnRole[] = [
  ...(['id', 'image', 'genres', 'genre', 'unknown label', 'known', 'split', 'ignored'] as const),
];

/** More columns of one role than this are counted, the first ones named. */
const named = 8;

/** One line a role that occurs: `genres   Genre`, then `ignored  title, is_valid (called like a flag, ...)`. */
export function formatColumns(columns: readonly TableColumn[]): string[] {
  const used = roles.filter((role) => columns.some((column) => column.role === role));
  const width = Math.max(...used.map((role) => role.length));
  return used.map((role) => {
    const own = columns.filter((column) => column.role === role);
    const shown = own
      .slice(0, named)
      .map(({ name, note }) => (note === undefined ? name : `${name} (${note})`));
    if (own.length > named) shown.push(`and ${own.length - named} more`);
    return `${role.padEnd(width)}  ${shown.join(', ')}`;
  });
}
