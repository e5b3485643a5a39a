import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csvCell, csvRow, textOfCell } from '../src/csv.ts';

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1',
  "'=1",
  '=HYPERLINK("http://a.example")',
])('a text that begins like %j is no formula in a spreadsheet and reads back as it was', (text) => {
  const [[cell]] = parse(csvCell(text)) as [[string]];
  expect(cell).toBe(`'${text}`);
  expect(textOfCell(cell)).toBe(text);
});

test.each(['Alien', "'Round Midnight", 'a-b', ' padded ', 'a;b', 'say "a"', 'a, b', 'a\nb', '映画'])(
  'the text %j reads back as it was, without an apostrophe',
  (text) => {
    const [[cell]] = parse(csvCell(text)) as [[string]];
    expect(cell).toBe(text);
    expect(textOfCell(cell)).toBe(text);
  },
);

test('numbers stay numbers, negative ones too', () => {
  expect([0.25, -0.5, 3, 1e-7].map(csvCell)).toEqual(['0.25', '-0.5', '3', '1e-7']);
});

test('a row has commas between its cells and quotes only where they are needed', () => {
  expect(csvRow(['a,b', 'say "a"', 'plain', -1, '-1'])).toBe(`"a,b","say ""a""",plain,-1,'-1`);
});
