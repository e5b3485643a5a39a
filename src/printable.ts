/** @module A text from outside -> the same text for a terminal, with everything that would steer the terminal made visible. */

/**
 * Control characters (escape sequences begin with one), line and paragraph separators, marks that turn the direction
 * of writing (Unicode's Bidi_Control), invisible tag characters, and halves of surrogate pairs.
 */
const steering =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * One line that shows what a name holds: `\n`, `\x1b`, `\u202e`. Names of files, genres and titles, and messages
 * with them, go through here before they are printed for people; JSON has its own escapes. Backslashes stay
 * as they are, so that paths of Windows do; what is made here is for reading, not for reading back.
 *
 * @example
 * printable('a\x1b[2J\nb'); // a\x1b[2J\nb, on one line
 */
export function printable(text: string): string {
  return text.replace(steering, (character) => short[character] ?? escapeOf(character.codePointAt(0)!));
}

function escapeOf(code: number): string {
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A text of several lines, each made {@link printable}: a message of our own, with names in it. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Plain data with every text in it made {@link printable}, keys included; for what formats it for people. */
export function printableIn<Data>(data: Data): Data {
  if (typeof data === 'string') return printable(data) as Data;
  if (Array.isArray(data)) return data.map((each: unknown) => printableIn(each)) as Data;
  if (typeof data !== 'object' || data === null) return data;
  const prototype: unknown = Object.getPrototypeOf(data);
  if (prototype !== Object.prototype && prototype !== null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [printable(key), printableIn(value as unknown)]),
  ) as Data;
}
