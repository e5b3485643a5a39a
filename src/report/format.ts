/** @module Numbers -> the words by which the report says them; a number that is not defined is a dash. */

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** `0.1234` as `12.3%`. */
export function percent(value: number | null | undefined, digits = 1): string {
  return isNumber(value) ? `${(100 * value).toFixed(digits)}%` : '–';
}

/** With a fixed number of decimals. */
export function decimal(value: number | null | undefined, digits = 3): string {
  return isNumber(value) ? value.toFixed(digits) : '–';
}

/** With its sign, also when it is positive. */
export function signed(value: number | null | undefined, digits = 3): string {
  if (!isNumber(value)) return '–';
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

/** `1 poster`, `2 posters`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`; the rest beyond `most` is counted. */
export function listed(words: readonly string[], most = 12): string {
  const shown = words.length > most ? [...words.slice(0, most), `${words.length - most} more`] : [...words];
  const last = shown.pop();
  return shown.length === 0 ? (last ?? '') : `${shown.join(', ')} and ${last}`;
}

const number = /^(?:[−+-]?[\d.,]+%?(?: to [−+-]?[\d.]+)?|–)$/;

/** Whether a table's column, other than its first, holds only numbers, intervals and dashes. */
export function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  return column > 0 && rows.length > 0 && rows.every((row) => number.test(row[column]!));
}
