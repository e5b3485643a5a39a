/** @module Texts and numbers <-> the cells of a CSV file, which no spreadsheet takes for formulas. */

/**
 * What a spreadsheet may take for the beginning of a formula (OWASP, CSV injection), behind the apostrophes of
 * texts that were escaped before. The four wide characters count in Chinese and Japanese.
 */
const formula = /^'*[=+\-@＝＋－＠\t\r\n]/;

/**
 * One cell (RFC 4180). A text that a spreadsheet would take for a formula, as a poster's name may be, gets an
 * apostrophe before it, which {@link textOfCell} takes away again; numbers stay numbers, negative ones too.
 *
 * @example
 * csvCell('=1+1'); // '=1+1  (with the apostrophe)
 * csvCell('a, b'); // "a, b"  (with the quotes)
 * csvCell(-0.5); // -0.5
 */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = formula.test(value) ? `'${value}` : value;
  return /[",;\t\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A row of cells with commas between them, without a line end. */
export function csvRow(values: readonly (string | number)[]): string {
  return values.map(csvCell).join(',');
}

/** The text of a cell that {@link csvCell} wrote, once its quotes have been read. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
