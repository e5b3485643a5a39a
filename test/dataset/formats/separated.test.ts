/** @module Checks that CSV and TSV files are read as their programs wrote them, and that no row swallows another. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../../src/dataset/formats/list.ts';
import { makeFolder } from '../folder.ts';

async function read(name: string, content: string | Uint8Array) {
  const folder = await makeFolder({ [name]: content });
  const { columns, rows, faults, notes } = await readTable(join(folder, name));
  return { columns, rows: rows.map(({ line, cells }) => [line, ...cells]), faults, notes };
}

describe('quotes in a TSV', () => {
  test('are letters where they do not enclose cells, and swallow no row', async () => {
    const text =
      'id\ttitle\tgenres\n1\t"Both" Sides\tDrama\n2\t"Open\tHorror\n3\tNone\tWar\n4\t"Closed"\tAction\n';
    const { rows } = await read('t.tsv', text);
    expect(rows).toEqual([
      [2, '1', '"Both" Sides', 'Drama'],
      [3, '2', '"Open', 'Horror'],
      [4, '3', 'None', 'War'],
      [5, '4', '"Closed"', 'Action'],
    ]);
  });

  test('enclose cells where each that opens closes, or where only so a tab is no separator', async () => {
    const enclosed = await read('t.tsv', 'id\tgenres\n1\t"Drama, ""War"""\n2\tWar\n');
    expect(enclosed.rows).toEqual([
      [2, '1', 'Drama, "War"'],
      [3, '2', 'War'],
    ]);
    const tab = await read('t.tsv', 'id\ttitle\tgenres\n1\t"A\tB"\tWar\n');
    expect(tab.rows).toEqual([[2, '1', 'A\tB', 'War']]);
  });

  test('may not enclose several lines; the first is named', async () => {
    const text = 'id\ttitle\tgenres\n1\tA\tWar\n2\t"B\nC"\tWar\n';
    await expect(read('t.tsv', text)).rejects.toThrow(/line 3 of .*t\.tsv: a quoted cell goes on to line 4/);
  });
});

describe('quotes in a CSV', () => {
  test('may enclose several lines, and each row names the line on which it begins', async () => {
    const text = 'id,story,genres\n1,"Once, upon\na time.\n\nThe end",Drama\n2,"He said ""no"".",War\n';
    expect((await read('t.csv', text)).rows).toEqual([
      [2, '1', 'Once, upon\na time.\n\nThe end', 'Drama'],
      [6, '2', 'He said "no".', 'War'],
    ]);
  });

  test('may follow a backslash', async () => {
    const { rows } = await read('t.csv', 'id,title,genres\n1,"The \\"Big\\" One, 2",War\n2,X,Drama\n');
    expect(rows).toEqual([
      [2, '1', 'The "Big" One, 2', 'War'],
      [3, '2', 'X', 'Drama'],
    ]);
  });

  test('inside a cell that does not begin with one are letters', async () => {
    expect((await read('t.csv', 'id,title,genres\n1,5" disc,War\n')).rows).toEqual([
      [2, '1', '5" disc', 'War'],
    ]);
  });

  test('that are not closed are named by the line on which they open', async () => {
    const text = 'id,title,genres\n1,A,War\n2,"Open,War\n3,B,War\n4,C,War\n';
    await expect(read('t.csv', text)).rejects.toThrow(/line 3 of .*the file ends inside it/);
  });

  test.each([
    ['over whole rows', 'id,title,genres\n1,A,War\n2,"Open,Horror\n3,B,War\n4,Closed",Action\n5,C,War\n'],
    ['over the end of one row', 'id,title,genres\n1,A,War\n2,"Open,Horror\n3,Closed",Action\n'],
  ])('that swallow rows are a fault: %s', async (_, text) => {
    await expect(read('t.csv', text)).rejects.toThrow(/line 3 of .*over what looks like rows of the table/);
  });
});

describe('what spreadsheets and other programs leave around a table', () => {
  const rows = [
    ['a', 'Drama'],
    ['b', 'War'],
  ];
  const withoutLines = (table: { rows: unknown[][] }) => table.rows.map(([, ...cells]) => cells);

  test.each([
    ['sep=; above it', 'sep=;\r\nid;genres\r\na;Drama\r\nb;War\r\n'],
    ['empty columns and rows', 'id,genres,,\r\na,Drama,,\r\n,,,\r\nb,War,,\r\n,,,\r\n'],
    ['a title above it', 'My films, 2024;\n\nid;genres\na;Drama\nb;War\n'],
    ['bars between the cells', 'id|genres\na|Drama\nb|War\n'],
    ['empty cells beyond the last column', 'id,genres\na,Drama,\nb,War\n'],
  ])('is no part of it: %s', async (_, text) => {
    const table = await read('t.csv', text);
    expect(table.columns).toEqual(['id', 'genres']);
    expect(withoutLines(table)).toEqual(rows);
  });

  test('keeps a column without a name that has cells, by its place', async () => {
    expect((await read('t.csv', ',id,genres\n0,a,Drama\n')).columns).toEqual(['column 1', 'id', 'genres']);
  });

  test('leaves out rows with another number of cells, each with its line', async () => {
    const { rows, faults } = await read('t.csv', 'id,title,genres\na,X,Drama\nb,War\nc,Y,Z,War\n');
    expect(rows).toEqual([[2, 'a', 'X', 'Drama']]);
    expect(faults.map(({ line }) => line)).toEqual([3, 4]);
  });

  test('names how many lines a quote has swallowed', async () => {
    const text = 'id,title,genres\na,X,Drama\nb,Y,"War\nof two\nworlds",Comedy\ne,W,War\n';
    const { rows, faults } = await read('t.csv', text);
    expect(rows.map(([, id]) => id)).toEqual(['a', 'e']);
    expect(faults).toEqual([
      {
        line: 3,
        reason: 'it has another number of cells than the first line, and takes 3 lines by its quotes',
      },
    ]);
  });

  test('a lone quote that meets a quoted cell over lines swallows no row in silence', async () => {
    const text = 'id,title,genres\na,X,Drama\nb,"lone\nc,Y,War\nd,"Z","two\nlines"\ne,W,War\n';
    await expect(read('t.csv', text)).rejects.toThrow(
      /line 3 of .*a quoted cell begins here and ends in line 6, over what looks like rows/,
    );
  });
});

describe('a table without names of its columns', () => {
  test('is read where one column holds images and one known genres, and says so', async () => {
    const { columns, rows, notes } = await read('t.csv', 'a.jpg,One,Drama|War\nb.jpg,Two,Comedy\n');
    expect(columns).toEqual(['image', 'column 2', 'genres']);
    expect(rows).toEqual([
      [1, 'a.jpg', 'One', 'Drama|War'],
      [2, 'b.jpg', 'Two', 'Comedy'],
    ]);
    expect(notes).toEqual(['it has no names of columns: column 1 holds images, column 3 genres']);
  });

  test.each(['x_left,0,1,0\ny_right,1,1,0\n', 'a.jpg,Great\nb.jpg,Bad\n'])(
    'is refused with the remedy where that is not clear: %j',
    async (text) => {
      await expect(read('t.csv', text)).rejects.toThrow(/is a row, not the names of the columns: add a line/);
    },
  );
});

describe('encodings', () => {
  const text = 'id;title;genres\r\na;Amélie;Drama\r\n';
  const utf16 = Buffer.from(text, 'utf16le');
  const expected = [[2, 'a', 'Amélie', 'Drama']];

  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, little end first, with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, little end first', utf16],
    ['UTF-16, big end first, with a mark', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16, big end first', Buffer.from(utf16).swap16()],
  ])('are read: %s', async (_, bytes) => {
    const table = await read('t.csv', bytes);
    expect(table.rows).toEqual(expected);
    expect(table.notes).toEqual([]);
  });

  test('read as Windows-1252 are said to be so', async () => {
    const { rows, notes } = await read('t.csv', Buffer.from(text, 'latin1'));
    expect(rows).toEqual(expected);
    expect(notes).toEqual([expect.stringContaining('Windows-1252')]);
  });

  test('of other alphabets are refused with the remedy', async () => {
    const cyrillic = Buffer.from([0xc4, 0xf0, 0xe0, 0xec, 0xe0]);
    const bytes = Buffer.concat([Buffer.from('id,genres\na,'), cyrillic, Buffer.from('\n')]);
    await expect(read('t.csv', bytes)).rejects.toThrow(/neither UTF-8 nor UTF-16: save it as UTF-8/);
  });
});

describe('JSON', () => {
  test.each([
    ['t.json', '[{"id":"a","genres":["War"]},\n{"id":"b","genres":[]}]'],
    ['t.jsonl', ' [{"id":"a","genres":["War"]},{"id":"b","genres":[]}]'],
    ['t.json', '{"id":"a","genres":["War"]}\n{"id":"b","genres":[]}\n'],
  ])('is read as an array of objects and as lines of them, whatever the ending (%s)', async (name, text) => {
    const { columns, rows } = await read(name, text);
    expect(columns).toEqual(['id', 'genres']);
    expect(rows).toEqual([
      [1, 'a', ['War']],
      [2, 'b', []],
    ]);
  });

  test('of another kind is refused with what was expected', async () => {
    await expect(read('t.json', '{\n"id": {"0": "a"}}')).rejects.toThrow(
      /line 1 .*expected one JSON object a line, or a JSON array/,
    );
  });
});
