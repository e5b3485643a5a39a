/** @module The bytes of a list, in any usual encoding -> its entries, one by one; or word that they are a picture. */
import { onesheetError } from '../errors.ts';
import { sniffFormat } from '../image/index.ts';

/** Bytes by which encoding and separator are told, unless the list ends before. */
const headBytes = 65_536;

export type ListedContent =
  | { readonly kind: 'picture'; readonly chunks: AsyncGenerator<Uint8Array> }
  | { readonly kind: 'list'; readonly entries: AsyncGenerator<string> };

/**
 * Looks at the first bytes: a picture stays one. A list has an entry a line, or ends each with a NUL where there is
 * one, as `find -print0` writes it. Its text is UTF-8 or, as PowerShell writes it, UTF-16.
 *
 * @param name of the list, for messages
 * @throws {OnesheetError} FILE_UNREADABLE, from the entries, where the text is neither
 */
export async function readListed(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
): Promise<ListedContent> {
  const source = stream[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  // A line is enough to begin with, so that entries are used as they come.
  while (size < headBytes && !ended && !parts.at(-1)?.some((byte) => byte === 0 || byte === 10)) {
    const { value, done } = await source.next();
    if (done) ended = true;
    else {
      parts.push(bytesOf(value));
      size += value.length;
    }
  }
  const head = Buffer.concat(parts);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await source.next(); !next.done; next = await source.next()) yield bytesOf(next.value);
  }
  if (head.length > 0 && 'format' in sniffFormat(head)) return { kind: 'picture', chunks: chunks() };
  return { kind: 'list', entries: entriesOf(chunks(), head, name) };
}

function bytesOf(chunk: Uint8Array | string): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function* entriesOf(
  chunks: AsyncIterable<Uint8Array>,
  head: Uint8Array,
  name: string,
): AsyncGenerator<string> {
  const encoding = encodingOf(head);
  const isWide = encoding !== 'utf-8';
  const separator = !isWide && head.includes(0) ? 0 : 10;
  for await (const line of linesOf(isWide ? utf8Of(chunks, encoding, name) : chunks, separator)) {
    const text = decodeLine(line);
    const entry = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (entry.trim() !== '') yield entry;
  }
}

/** Bytes of a line beyond which it names nothing; it is known by how it begins. */
const longestEntry = 65_536;
const shownOfLonger = 100;

/** Lines without their ends; of one that is longer than any name only the beginning. */
async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  separator: number,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly size: number }> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(separator); end >= 0; end = chunk.indexOf(separator, start)) {
      const last = chunk.subarray(start, end);
      yield { bytes: parts.length === 0 ? last : Buffer.concat([...parts, last]), size: size + last.length };
      [parts, size, start] = [[], 0, end + 1];
    }
    const rest = chunk.subarray(start);
    if (size <= longestEntry && rest.length > 0) parts.push(rest);
    size += rest.length;
  }
  if (size > 0) yield { bytes: Buffer.concat(parts), size };
}

const strict = new TextDecoder('utf-8', { fatal: true });
const western = new TextDecoder('windows-1252');

/** UTF-8; a line that is none is read as Windows-1252, since lists are put together from several sources. */
function decodeLine({ bytes, size }: { readonly bytes: Uint8Array; readonly size: number }): string {
  if (size > longestEntry) {
    const start = new TextDecoder().decode(bytes.subarray(0, shownOfLonger), { stream: true });
    return `${start}... (${size} bytes)`;
  }
  try {
    return strict.decode(bytes);
  } catch {
    return western.decode(bytes);
  }
}

/** @throws {OnesheetError} FILE_UNREADABLE */
async function* utf8Of(
  chunks: AsyncIterable<Uint8Array>,
  encoding: 'utf-16le' | 'utf-16be',
  name: string,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Uint8Array): Uint8Array => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch {
      throw onesheetError('FILE_UNREADABLE', name, 'its text is neither UTF-8 nor UTF-16');
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

/** By the byte order mark, or by a NUL in every other byte, as ASCII has it in UTF-16. */
function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2]!++;
  const most = head.length / 4;
  if (zeros[1]! > most && zeros[0] === 0) return 'utf-16le';
  return zeros[0]! > most && zeros[1] === 0 ? 'utf-16be' : 'utf-8';
}

/** Whether the first bytes of a file are those of a list: text, and no page, drawing or pointer to a picture. */
export function isListText(head: Uint8Array): boolean {
  if (head.length === 0) return false;
  const text = Buffer.from(head).toString('latin1').trimStart();
  if (/^(\xef\xbb\xbf)?</.test(text) || text.startsWith('version https://git-lfs')) return false;
  if (encodingOf(head) !== 'utf-8') return true;
  // Control characters but tab, line feed, carriage return and the NUL between entries.
  return !head.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 0);
}
