/** @module A file's bytes -> its text, whichever encoding its program wrote. */
import { onesheetError } from '../../errors.ts';
import { readWholeFile } from '../../files.ts';

export interface DecodedText {
  readonly text: string;
  /** One sentence where the encoding had to be guessed. */
  readonly notes: readonly string[];
}

/**
 * Reads UTF-8 and UTF-16, with or without a byte order mark; what is neither is read as Windows-1252 (which holds
 * Latin-1) where it looks like a text of few accented letters.
 *
 * @throws {OnesheetError} FILE_MISSING; FILE_UNREADABLE with the remedy.
 */
export async function readText(path: string, purpose: string): Promise<DecodedText> {
  const bytes = await readWholeFile(path, purpose);
  const wide = utf16Of(bytes);
  if (wide !== undefined) return { text: new TextDecoder(wide).decode(bytes), notes: [] };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), notes: [] };
  } catch {
    if (!looksWestern(bytes))
      throw onesheetError(
        'FILE_UNREADABLE',
        path,
        'its text is neither UTF-8 nor UTF-16: save it as UTF-8 (in Excel: "CSV UTF-8")',
      );
    const note = 'its text is not UTF-8 and was read as Windows-1252; saved as UTF-8 it is sure to be right';
    return { text: new TextDecoder('windows-1252').decode(bytes), notes: [note] };
  }
}

/** By the byte order mark; else by the zero bytes that Latin letters have in UTF-16, every second one. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
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
