import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { describeSkipped, postersOfTable, Skipped } from '../../src/dataset/index.ts';
import { temporaryFolder } from '../model/fixture.ts';

const posters = 40;
/** More than one window has. */
const rows = 60_000;
const filler = 'x'.repeat(40);

async function folderOf(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'images'));
  for (let at = 0; at < posters; at++) await writeFile(join(folder, 'images', `p${at}.jpg`), '');
  return folder;
}

async function read(path: string): Promise<{ ids: string[]; files: string[]; skipped: Skipped }> {
  const skipped = new Skipped();
  const [ids, files]: [string[], string[]] = [[], []];
  for await (const { id, source } of postersOfTable(path, undefined, skipped)) {
    ids.push(id);
    files.push(source.kind === 'file' ? source.path : source.kind === 'url' ? source.url : source.name);
  }
  return { ids, files, skipped };
}

const idOf = (at: number): string => `film-${at}`;
const imageOf = (at: number): string => `images/p${at % posters}.jpg`;
const all = [...Array(rows).keys()];

test.each([
  [
    'csv',
    () => `id,image,note\n${all.map((at) => `${idOf(at)},${imageOf(at)},"${filler}, ${at}"`).join('\n')}\n`,
  ],
  [
    'tsv',
    () => `id\timage\tnote\n${all.map((at) => `${idOf(at)}\t${imageOf(at)}\t${filler} ${at}`).join('\n')}\n`,
  ],
  [
    'jsonl',
    () =>
      `${all.map((at) => JSON.stringify({ id: idOf(at), image: imageOf(at), note: filler })).join('\n')}\n`,
  ],
  [
    'parquet',
    () =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'id', data: all.map(idOf) },
            { name: 'image', data: all.map(imageOf) },
            { name: 'note', data: all.map((at) => `${filler}${Math.sin(at)}`) },
          ],
          rowGroupSize: 7000,
        }),
      ),
  ],
])('a long .%s gives every row once, in its order', async (ending, contentOf) => {
  const folder = await folderOf();
  const path = join(folder, `table.${ending}`);
  await writeFile(path, contentOf());
  const { ids, files, skipped } = await read(path);
  expect(ids).toEqual(all.map(idOf));
  expect(files.at(-1)).toBe(join(folder, imageOf(rows - 1)));
  expect(skipped.counts).toEqual({});
});

test('broken rows far into a long table are counted by their lines, and the rows around them are read', async () => {
  const folder = await folderOf();
  const lines = all.map((at) => JSON.stringify({ id: idOf(at), image: imageOf(at), note: filler }));
  lines[50_000] = '{"id": "film-50000", "image": "images/p0.jpg"';
  lines[50_001] = JSON.stringify({ note: 'names nothing' });
  lines[50_002] = JSON.stringify({ id: idOf(7), image: imageOf(8) });
  await writeFile(join(folder, 'table.jsonl'), lines.join('\n'));
  const { ids, skipped } = await read(join(folder, 'table.jsonl'));
  expect(ids).toHaveLength(rows - 3);
  expect(ids.slice(49_999, 50_001)).toEqual([idOf(49_999), idOf(50_003)]);
  expect(skipped.counts).toEqual({ row: 2, repeatedRow: 1 });
  expect(skipped.examples.row).toMatch(/^line 50001 of .*table.jsonl: expected one JSON object a line/);
  expect(skipped.examples.repeatedRow).toMatch(/^line 50003 of .*table.jsonl: film-7$/);
});

test('a quote that is not closed costs its row, and no row behind it', async () => {
  const folder = await folderOf();
  const lines = all.map((at) => `${idOf(at)},${imageOf(at)},${filler}`);
  lines[30_000] = `${idOf(30_000)},${imageOf(0)},"open`;
  lines[45_000] = `${idOf(45_000)},${imageOf(0)}`;
  await writeFile(join(folder, 'table.csv'), `id,image,note\n${lines.join('\n')}\n`);
  const { ids, skipped } = await read(join(folder, 'table.csv'));
  expect(ids).toEqual(all.filter((at) => at !== 30_000 && at !== 45_000).map(idOf));
  expect(skipped.counts).toEqual({ row: 2 });
  expect(skipped.examples.row).toMatch(/^line 30002 of .*table.csv: a quote in it is not closed$/);
});

test('lines of other encodings, and of ten megabytes, keep the names of all', async () => {
  const folder = await folderOf();
  const line = (id: string, encoding: BufferEncoding, note = filler) =>
    Buffer.from(`${JSON.stringify({ id, image: imageOf(0), note })}\n`, encoding);
  for (const [name, note] of [
    ['short.jsonl', filler],
    ['long.jsonl', 'y'.repeat(10_000_000)],
  ] as const) {
    const path = join(folder, name);
    await writeFile(
      path,
      Buffer.concat([line('Amélie', 'utf8'), line('Häxan', 'latin1', note), line('M', 'utf8')]),
    );
    expect((await read(path)).ids).toEqual(['Amélie', 'Häxan', 'M']);
  }
});

test('rows without an id have the one that the folder gives, and pictures that are almost called so are found', async () => {
  const folder = await folderOf();
  const lines = all
    .slice(0, rows)
    .map((at) => (at === 40 ? 'images/P7.JPG' : at < 40 ? imageOf(at) : `gone-${at}.jpg`));
  await writeFile(
    join(folder, 'table.csv'),
    `image,note\n${lines.map((image) => `${image},${filler}`).join('\n')}\n`,
  );
  const { ids, files, skipped } = await read(join(folder, 'table.csv'));
  expect(ids.slice(0, 3)).toEqual(['images/p0', 'images/p1', 'images/p2']);
  expect(files.at(-1)).toBe(join(folder, `gone-${rows - 1}.jpg`));
  expect(ids.length + (skipped.counts.repeatedRow ?? 0)).toBe(rows);
});

test('a table without a column of images or ids is one sentence that names its columns', async () => {
  const folder = await folderOf();
  await writeFile(join(folder, 'table.csv'), `name,note\n${`a,${filler}\n`.repeat(rows)}`);
  await expect(read(join(folder, 'table.csv'))).rejects.toMatchObject({
    code: 'TABLE_LAYOUT',
    message: expect.stringContaining('found name, note; expected image'),
  });
});

test('a short table is read with the same care: what is broken costs its own row', async () => {
  const folder = await folderOf();
  const path = join(folder, 'table.csv');
  const row = (id: string, encoding: BufferEncoding = 'utf8') =>
    Buffer.from(`${id},${imageOf(0)}\n`, encoding);
  await writeFile(
    path,
    Buffer.concat([
      Buffer.from('id,image\n'),
      row('Amélie'),
      row('"open'),
      row('Häxan', 'latin1'),
      row('東京'),
      row('x'.repeat(10_000_000)),
      row('Amélie'),
      row('last'),
    ]),
  );
  const { ids, skipped } = await read(path);
  expect(ids).toEqual(['Amélie', 'Häxan', '東京', 'last']);
  expect(skipped.counts).toEqual({ row: 2, repeatedRow: 1 });
  expect(describeSkipped(skipped.counts, skipped.examples)).toBe(
    `2 rows that cannot be read or whose images lie outside of their folder (the first: line 3 of ${path}: a quote in it is not closed), 1 row whose id an earlier row has (line 7 of ${path}: Amélie)`,
  );
});

test('a table that names no images, and whose ids are no pictures, lacks a column', async () => {
  const folder = await folderOf();
  const path = join(folder, 'films.csv');
  await writeFile(path, 'id,title\na,Film\nb,Other\n');
  await expect(read(path)).rejects.toMatchObject({
    code: 'TABLE_LAYOUT',
    message: `The columns of ${path} are not understood: found id, title; expected image (or file_name, path, poster), or pictures that are called by the ids in ${join(folder, 'images')}.`,
  });
});

test('a table whose images all lie elsewhere is told so, and finds them once their folder is named', async () => {
  const folder = await folderOf();
  const path = join(folder, 'films.csv');
  const elsewhere = await temporaryFolder();
  await writeFile(join(elsewhere, 'far.png'), '');
  const image = join(elsewhere, 'far.png');
  await writeFile(path, `id,image\na,${image}\n`);
  await expect(read(path)).rejects.toMatchObject({
    code: 'NOTHING_FOUND',
    message: `Found nothing in ${path}: expected images in the folder ${folder}, not such as ${image}; another folder of images can be named.`,
  });
  const found = [];
  for await (const poster of postersOfTable(path, elsewhere)) found.push(poster);
  expect(found).toEqual([{ id: 'a', source: { kind: 'file', path: image } }]);
});

test.each([
  ['before a quoted cell', '"Lone', '"a ""b"" c"'],
  ['before a cell over several lines', '"Lone', '"first, line\nsecond ""x""\n\nlast"'],
  ['within a cell', 'Mid"dle', '"first line\nsecond line"'],
])(
  'a lone quote %s costs no row but its own, and gives none the picture of another',
  async (_, broken, other) => {
    const folder = await folderOf();
    const path = join(folder, 'films.csv');
    const titles = ['One', '"Two, quoted"', broken, other, 'Five', '"over\nlines"', 'Seven'];
    const lines = titles.map((title, at) => `f${at},${title},images/p${at}.jpg\n`);
    await writeFile(path, `id,title,image\n${lines.join('')}`);
    const { ids, files, skipped } = await read(path);
    const isRead = broken === 'Mid"dle';
    const expected = titles.flatMap((title, at) => (title === broken && !isRead ? [] : [at]));
    expect(ids).toEqual(expected.map((at) => `f${at}`));
    expect(files).toEqual(expected.map((at) => join(folder, 'images', `p${at}.jpg`)));
    expect(describeSkipped(skipped.counts, skipped.examples)).toBe(
      isRead
        ? ''
        : `1 row that cannot be read or whose image lies outside of its folder (line 4 of ${path}: a quote in it is not closed)`,
    );
  },
);

test('absolute paths below the folder are its pictures, there or missing; those elsewhere are passed over whole', async () => {
  const folder = await folderOf();
  await mkdir(join(folder, 'deep'));
  // By the last part of its name it could be either.
  for (const name of ['deep/one.png', 'one.png']) await writeFile(join(folder, name), '');
  const path = join(folder, 'films.csv');
  const rows = [join(folder, 'deep', 'one.png'), join(folder, 'none.png'), '/elsewhere/films/none.png'];
  await writeFile(path, `id,image\n${rows.map((image, at) => `${at},${image}\n`).join('')}`);
  const skipped = new Skipped();
  const found = [];
  for await (const poster of postersOfTable(path, undefined, skipped)) found.push(poster);
  expect(found).toEqual(
    rows.slice(0, 2).map((image, at) => ({ id: `${at}`, source: { kind: 'file', path: image } })),
  );
  expect(describeSkipped(skipped.counts, skipped.examples)).toContain(
    `line 4 of ${path}: /elsewhere/films/none.png lies outside of the folder of images ${folder}`,
  );
});
