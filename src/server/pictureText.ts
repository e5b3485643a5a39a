/** @module The text of a picture in JSON -> its bytes, from base64 in any of its spellings or a data URL, or the URL. */
import { setImmediate } from 'node:timers/promises';
import { onesheetError } from '../errors.ts';

/** Characters that are decoded before other requests have their turn. */
const sliceLength = 256 * 1024;

/** Longest URL that is fetched, in characters. */
export const longestUrl = 4096;

/**
 * Decodes base64 (with or without line breaks and padding, in the alphabet of files or of URLs) and data URLs.
 *
 * @param place the field, for messages
 * @param most bytes of the picture
 * @returns its bytes; or, for http and https, the URL
 * @throws {OnesheetError} REQUEST_INVALID that names the field; REQUEST_TOO_BIG
 */
export async function readPictureText(
  text: string,
  place: string,
  most: number,
): Promise<Uint8Array | { readonly url: string }> {
  if (/^https?:/i.test(text)) {
    if (text.length > longestUrl)
      throw onesheetError('REQUEST_INVALID', place, `a URL of at most ${longestUrl} characters`);
    return { url: text };
  }
  let start = 0;
  if (/^data:/i.test(text)) {
    const comma = text.slice(0, 1024).indexOf(',');
    if (comma < 0 || !/;\s*base64\s*$/i.test(text.slice(0, comma)))
      throw onesheetError('REQUEST_INVALID', place, 'a data URL in base64 (data:image/...;base64,...)');
    start = comma + 1;
  }
  let end = text.trimEnd().length;
  for (let padding = 0; padding < 2 && text[end - 1] === '='; padding++) end -= 1;
  const parts: Buffer[] = [];
  let size = 0;
  let rest = '';
  for (let at = start; at < end; at += sliceLength) {
    if (at > start) await setImmediate();
    const isLast = at + sliceLength >= end;
    const characters = rest + text.slice(at, Math.min(end, at + sliceLength)).replace(/\s+/g, '');
    // Four characters are three bytes: what is left over waits for the next slice.
    const whole = isLast ? characters.length : characters.length - (characters.length % 4);
    const part = characters.slice(0, whole);
    rest = characters.slice(whole);
    if (!/^[A-Za-z0-9+/_-]*$/.test(part) || (isLast && part.length % 4 === 1))
      throw onesheetError('REQUEST_INVALID', place, 'a picture in base64, a data URL or a URL');
    const bytes = Buffer.from(part, 'base64');
    size += bytes.length;
    if (size > most) throw onesheetError('REQUEST_TOO_BIG', place, most, 'bytes');
    parts.push(bytes);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
