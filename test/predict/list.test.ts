/** @module Checks that lists are read as programs and people write them, and that a picture is told from a list. */
import { expect, test } from 'vitest';
import { isListText, readListed } from '../../src/predict/list.ts';
import { picture } from '../dataset/folder.ts';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function entriesOf(bytes: Uint8Array, size = 7): Promise<string[]> {
  const content = await readListed(chunksOf(bytes, size), 'a list');
  if (content.kind === 'picture') throw new Error('taken for a picture');
  const entries = [];
  for await (const entry of content.entries) entries.push(entry);
  return entries;
}

const paths = ['#Alive (2020)/poster.jpg', 'Amélie/ポスター.jpg', ' a b.jpg'];

function utf16(text: string, order: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

test.each([
  ['UTF-8', Buffer.from(`${paths.join('\n')}\n`)],
  ['a byte order mark and Windows line ends', Buffer.from(`\ufeff${paths.join('\r\n')}\r\n\r\n`)],
  ['no line end at the end', Buffer.from(paths.join('\n'))],
  ['UTF-16 as PowerShell writes it', utf16(`\ufeff${paths.join('\r\n')}\r\n`, 'le')],
  ['UTF-16, the other byte first', utf16(`\ufeff${paths.join('\r\n')}\r\n`, 'be')],
  ['a NUL after each path', Buffer.from(`${paths.join('\0')}\0`)],
])('a list in %s has its paths', async (_, bytes) => {
  for (const size of [1, 7, 100_000]) expect(await entriesOf(bytes, size)).toEqual(paths);
});

test('UTF-16 is told without a byte order mark too', async () => {
  expect(await entriesOf(utf16('a.jpg\r\nb.jpg\r\n', 'le'))).toEqual(['a.jpg', 'b.jpg']);
});

test('after a NUL, a line break belongs to a name', async () => {
  expect(await entriesOf(Buffer.from('a\nb.jpg\0c.jpg\0'), 100)).toEqual(['a\nb.jpg', 'c.jpg']);
});

test('a line that is not UTF-8 is read as Windows-1252, and costs no other line', async () => {
  const mixed = Buffer.concat([
    Buffer.from('Amélie.jpg\n'),
    Buffer.from('Häxan.jpg\n', 'latin1'),
    Buffer.from('東京.jpg\n'),
  ]);
  for (const size of [1, 7, 1000])
    expect(await entriesOf(mixed, size)).toEqual(['Amélie.jpg', 'Häxan.jpg', '東京.jpg']);
});

test('broken UTF-16 is one sentence', async () => {
  const broken = Buffer.concat([utf16('\ufeffa.jpg\n', 'le'), Buffer.from([0x00, 0xd8, 0x0a, 0x00])]);
  await expect(entriesOf(broken, 100)).rejects.toThrow(
    'Cannot read a list: its text is neither UTF-8 nor UTF-16.',
  );
});

test('a line of ten megabytes is one entry that names nothing, known by how it begins', async () => {
  const bytes = Buffer.from(`a.jpg\n${'é'.repeat(5_000_000)}\nb.jpg\n`);
  expect(await entriesOf(bytes, 65_536)).toEqual(['a.jpg', `${'é'.repeat(50)}... (10000000 bytes)`, 'b.jpg']);
});

test('entries come before the list ends', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let i = 0; ; i++) yield Buffer.from(`${i}.jpg\n`);
  }
  const content = await readListed(endless(), 'a list');
  if (content.kind === 'picture') throw new Error('taken for a picture');
  const { value } = await content.entries.next();
  expect(value).toBe('0.jpg');
});

test('a picture stays one, whole', async () => {
  const bytes = await picture(1, 40);
  const content = await readListed(chunksOf(bytes, 5), 'standard input');
  if (content.kind === 'list') throw new Error('taken for a list');
  const parts = [];
  for await (const chunk of content.chunks) parts.push(chunk);
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
});

test.each([
  ['paths', Buffer.from('a.jpg\nb.jpg\n'), true],
  ['UTF-16', utf16('\ufeffa.jpg\r\n', 'le'), true],
  ['a page', Buffer.from('<!doctype html>'), false],
  ['a pointer to a file elsewhere', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), false],
  ['a document', Buffer.from('%PDF-1.7\n%\x01\x02'), false],
  ['nothing', Buffer.alloc(0), false],
])('%s: whether it reads as a list', (_, head, expected) => {
  expect(isListText(head)).toBe(expected);
});
