import { expect, test } from 'vitest';
import { printable, printableIn, printableLines } from '../src/printable.ts';

test.each([
  ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
  ['two\nlines\r\n', 'two\\nlines\\r\\n'],
  ['a\tb\0c\x7fd\x9be', 'a\\tb\\x00c\\x7fd\\x9be'],
  ['gpj.\u202eexe', 'gpj.\\u202eexe'],
  ['\u2066a\u2069\u200f\u061c', '\\u2066a\\u2069\\u200f\\u061c'],
  ['a\u2028b\ufeff', 'a\\u2028b\\ufeff'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
  ['half \ud83d', 'half \\ud83d'],
])('%j is shown as what it holds', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test.each(['Amélie', '千と千尋の神隠し', 'שלום', 'C:\\new\\table', '👩‍🚀 "quoted"', ''])(
  '%s stays as it is',
  (text) => {
    expect(printable(text)).toBe(text);
  },
);

test('lines stay lines, and each is shown as what it holds', () => {
  expect(printableLines('one\x07\ntwo')).toBe('one\\x07\ntwo');
});

test('every text in plain data is made printable, and all else stays', () => {
  const set = new Set(['\x07']);
  const data = { '\x07': ['a\nb', 1, null, undefined, true], deep: { text: '\x1b' }, set };
  expect(printableIn(data)).toEqual({
    '\\x07': ['a\\nb', 1, null, undefined, true],
    deep: { text: '\\x1b' },
    set,
  });
});
