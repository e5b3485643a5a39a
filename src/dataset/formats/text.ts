/** @module A file's bytes -> its text, whichever encoding its program wrote. */
import { type OnesheetError, onesheetError } from '../../errors.ts';
import { readWholeFile } from '../../files.ts';

export interface DecodedText {
  readonly text: string;
  /** One sentence where the encoding had to be guessed. */
  readonly notes: readonly string[];
  /** Whether what had to be guessed looks as guessed: like text of few accented letters. */
  readonly isLikely: boolean;
}

/**
 * Reads UTF-8 and UTF-16, with or without a byte order mark; lines that are neither are read as Windows-1252 (which
 * holds Latin-1) where they look like text of few accented letters.
 *
 * @throws {OnesheetError} FILE_MISSING; FILE_UNREADABLE with the remedy.
 */
export async function readText(path: string, purpose: string): Promise<DecodedText> {
  const bytes = await readWholeFile(path, purpose);
  const wide = utf16Of(bytes);
  if (wide !== undefined) return { text: new TextDecoder(wide).decode(bytes), notes: [], isLikely: true };
  const decoded = decodeLines(bytes);
  if (!decoded.isLikely) throw unknownEncoding(path);
  return decoded;
}

export function unknownEncoding(path: string): OnesheetError {
  return onesheetError(
    'FILE_UNREADABLE',
    path,
    'its text is neither UTF-8 nor UTF-16: save it as UTF-8 (in Excel: "CSV UTF-8")',
  );
}

/** UTF-8; a line that is none is read as Windows-1252, since tables are put together from several sources. */
export function decodeLines(bytes: Uint8Array): DecodedText {
  const strict = new TextDecoder('utf-8', { fatal: true });
  try {
    return { text: strict.decode(bytes), notes: [], isLikely: true };
  } catch {
    // Line by line.
  }
  const western = new TextDecoder('windows-1252');
  const lines: string[] = [];
  let [isMixed, isLikely] = [false, true];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(10, start);
    const end = found < 0 ? bytes.length : found + 1;
    const line = bytes.subarray(start, end);
    start = end;
    try {
      lines.push(strict.decode(line));
      isMixed ||= line.some((byte) => byte >= 0x80);
    } catch {
      lines.push(western.decode(line));
      isLikely &&= looksWestern(line);
    }
  }
  const what = isMixed ? 'some lines of its text are' : 'its text is';
  const were = isMixed ? 'were' : 'was';
  return {
    text: lines.join(''),
    notes: [`${what} not UTF-8 and ${were} read as Windows-1252; saved as UTF-8 it is sure to be right`],
    isLikely,
  };
}

/** By the byte order mark; else by the zero bytes that Latin letters have in UTF-16, every second one. */
export function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const start = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  for (let at = 0; at < start.length; at++) if (start[at] === 0) zeros[at % 2]!++;
  const half = start.length / 2;
  if (zeros[1]! > half * 0.4 && zeros[0]! < half * 0.1) return 'utf-16le';
  return zeros[0]! > half * 0.4 && zeros[1]! < half * 0.1 ? 'utf-16be' : undefined;
}

/** Single letters beyond ASCII among ASCII; alphabets other than the Latin one have whole words of them. */
function looksWestern(bytes: Uint8Array): boolean {
  let run = 0;
  let high = 0;
  for (const byte of bytes) {
    if (byte === 0) return false;
    run = byte >= 0x80 ? run + 1 : 0;
    if (run > 2) return false;
    if (run > 0) high++;
  }
  return high * 10 <= bytes.length || high <= 2;
}
