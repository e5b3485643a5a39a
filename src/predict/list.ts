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
  const separator = encoding === 'utf-8' && head.includes(0) ? '\0' : '\n';
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw onesheetError('FILE_UNREADABLE', name, 'its text is neither UTF-8 nor UTF-16');
    }
  };
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decode(chunk)).split(separator);
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '') yield withoutReturn(line);
  }
  rest += decode();
  if (rest.trim() !== '') yield withoutReturn(rest);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
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
