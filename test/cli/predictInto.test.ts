import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { Random } from '../../src/random.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { command, onesheet } from './command.ts';

/** A list that names one drawn poster many times. */
async function prepared(
  entries: number,
  size = { width: 20, height: 30 },
): Promise<{ folder: string; words: string[] }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'tiny.onnx'), tinyModel());
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 1, ...size }))
    await writeFile(join(folder, 'poster.png'), bytes);
  await writeFile(join(folder, 'list.txt'), 'poster.png\n'.repeat(entries));
  return { folder, words: ['predict', 'list.txt', '--model', 'tiny.onnx'] };
}

/** Kills it without warning so many milliseconds after it wrote its first record; whether there was still something to kill. */
function runUntilKilled(
  args: readonly string[],
  cwd: string,
  output: string,
  delay: number,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd });
    const look = setInterval(async () => {
      const there = await readFile(join(cwd, `${output}.progress`, 'progress.json')).catch(() => undefined);
      if (there === undefined) return;
      clearInterval(look);
      setTimeout(() => child.kill('SIGKILL'), delay);
    }, 20);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      resolve(code === null);
    });
  });
}

test('killed at random moments, the same command ends with the bytes of one that was not killed', {
  timeout: 300_000,
}, async () => {
  const { folder, words } = await prepared(700, { width: 500, height: 750 });
  await mkdir(join(folder, 'gone'));
  const list = await readFile(join(folder, 'list.txt'), 'utf8');
  await writeFile(join(folder, 'list.txt'), `${list}missing.png\n${list}`);
  expect(await onesheet([...words, '--output', 'whole.jsonl'], '', folder)).toMatchObject({ code: 3 });
  const random = Random.fromSeed(11);
  let kills = 0;
  while (await runUntilKilled([...words, '--output', 'a.jsonl'], folder, 'a.jsonl', random.integer(3000))) {
    kills += 1;
    if (kills === 6) break;
  }
  expect(kills).toBeGreaterThan(1);
  expect(await onesheet([...words, '--output', 'a.jsonl'], '', folder)).toMatchObject({ code: 3 });
  for (const suffix of ['', '.errors.jsonl'])
    expect(
      (await readFile(join(folder, `a.jsonl${suffix}`))).equals(
        await readFile(join(folder, `whole.jsonl${suffix}`)),
      ),
    ).toBe(true);
});

test('the summary says what there is, what failed and how to try again; what failed is exit code 3', async () => {
  const { folder, words } = await prepared(3);
  await writeFile(join(folder, 'list.txt'), 'poster.png\nnone.png\npage.jpg\nposter.png\n');
  await writeFile(join(folder, 'page.jpg'), '<html>');
  const line = [...words, '--output', 'out/a.csv'];
  const first = await onesheet(line, '', folder);
  expect(first).toMatchObject({ code: 3, stdout: '' });
  expect(first.stderr.replace(/\(4 in [^)]*\)/, '(speed)')).toBe(
    `onesheet: out/a.csv holds 2 of 4 posters (speed).
  2 failed: out/a.csv.errors.jsonl says why; --retry-errors tries them again.
    1 IMAGE_MISSING
    1 IMAGE_FORMAT
`,
  );
  await copyFile(join(folder, 'poster.png'), join(folder, 'none.png'));
  await copyFile(join(folder, 'poster.png'), join(folder, 'page.jpg'));
  const second = await onesheet([...line, '--retry-errors'], '', folder);
  expect(second).toMatchObject({ code: 0, stdout: '' });
  expect(second.stderr).toMatch(/^onesheet: out\/a\.csv holds 4 of 4 posters \(2 in /);
  expect(second.stderr).toContain('  2 that had failed before succeeded now.\n');
  const third = await onesheet(line, '', folder);
  expect(third).toMatchObject({
    code: 0,
    stderr: 'onesheet: out/a.csv was finished before: 4 posters.\n',
  });
  const rows = (await readFile(join(folder, 'out/a.csv'), 'utf8')).trimEnd().split('\n');
  expect(rows.map((row) => row.split(',')[0])).toEqual(['id', 'poster', 'none', 'page', 'poster']);
});

test('told to end, it keeps what is done and says that the same command goes on', async () => {
  const { folder, words } = await prepared(4000, { width: 300, height: 450 });
  const child = spawn(process.execPath, [command, ...words, '--output', 'a.jsonl'], { cwd: folder });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const look = setInterval(async () => {
    const text = await readFile(join(folder, 'a.jsonl'), 'utf8').catch(() => '');
    if (text === '') return;
    clearInterval(look);
    child.kill('SIGTERM');
  }, 20);
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, said }).toEqual({
    code: 130,
    said: expect.stringMatching(
      /^onesheet: stopped after \d+ posters \(.*\): the same command goes on from there\.\n$/,
    ),
  });
  const progress = JSON.parse(await readFile(join(folder, 'a.jsonl.progress/progress.json'), 'utf8'));
  const lines = (await readFile(join(folder, 'a.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(progress.done);
});

test('threads are those that the output was begun with, and other ones are refused', async () => {
  const { folder, words } = await prepared(2);
  const line = [...words, '--output', 'a.jsonl'];
  await onesheet([...line, '--threads', '3'], '', folder);
  await writeFile(join(folder, 'list.txt'), 'poster.png\n'.repeat(3));
  expect(await onesheet(line, '', folder)).toMatchObject({ code: 0 });
  const { code, stderr } = await onesheet([...line, '--threads', '1'], '', folder);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'onesheet: Will not go on with a.jsonl: it was begun with threads 3, not 1; expected the same command again, --overwrite to begin anew, or another file.\n',
  });
});

test('parts are predicted by commands of their own, and merged to what one command writes', async () => {
  const { folder, words } = await prepared(5);
  await writeFile(join(folder, 'list.txt'), 'poster.png\nnone.png\nposter.png\nposter.png\n');
  expect(await onesheet([...words, '--output', 'whole.csv'], '', folder)).toMatchObject({ code: 3 });
  const part = (shard: string) => onesheet([...words, '--output', 'out/a.csv', '--shard', shard], '', folder);
  expect(await part('0/3')).toMatchObject({ code: 0, stdout: '' });
  expect(await onesheet(['merge', 'out/a.csv'], '', folder)).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'onesheet: Cannot merge the parts of out/a.csv: out/a.1-of-3.csv and out/a.2-of-3.csv are not there; expected each, finished, as `predict --shard i/n` writes them.\n',
  });
  expect(await part('1/3')).toMatchObject({ code: 3 });
  expect((await part('2/3')).stderr).toMatch(/^onesheet: out\/a\.2-of-3\.csv holds 1 of 1 posters \(/);
  expect(await onesheet(['merge', 'out/a.csv'], '', folder)).toEqual({
    code: 3,
    stdout: '',
    stderr:
      'onesheet: out/a.csv holds 3 of 4 posters, from 3 parts.\n  1 failed: out/a.csv.errors.jsonl says why.\n',
  });
  for (const suffix of ['', '.errors.jsonl'])
    expect(await readFile(join(folder, `out/a.csv${suffix}`))).toEqual(
      await readFile(join(folder, `whole.csv${suffix}`)),
    );
  expect(await onesheet([...words, '--output', 'out/a.csv'], '', folder)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('out/a.csv was finished before: 4 posters.'),
  });
});

test('a part in which no poster falls is finished, and says so', async () => {
  const { folder, words } = await prepared(1);
  expect(await onesheet([...words, '--output', 'a.jsonl', '--shard', '3/4'], '', folder)).toEqual({
    code: 0,
    stdout: '',
    stderr: 'onesheet: a.3-of-4.jsonl is finished: none of 1 posters is in this part.\n',
  });
});

test.each([
  [['--shard', '0/2'], 'Expected a file for --shard for output but received nothing.'],
  [
    ['--output', 'a.csv', '--shard', '2/2'],
    'Expected i/n with n from 1 to 1000 and i from 0 to n - 1 for shard but received 2/2.',
  ],
  [['--output', 'a.txt'], 'Expected a file .jsonl, .csv or .parquet for output but received a.txt.'],
  [['--overwrite'], 'Expected a file for --overwrite for output but received nothing.'],
  [['--retry-errors'], 'Expected a file for --retry-errors for output but received nothing.'],
  [
    ['--output', 'a.csv', '--format', 'csv'],
    'Expected none beside output, whose ending says it for format but received csv.',
  ],
])('%j is wrong usage: exit code 2 and one sentence', async (options, sentence) => {
  const { folder, words } = await prepared(1);
  expect(await onesheet([...words, ...options], '', folder)).toEqual({
    code: 2,
    stdout: '',
    stderr: `onesheet: ${sentence}\n`,
  });
});

test.skipIf(process.platform === 'win32')(
  'a file that can grow no further is one sentence, and with room again the same command ends with the bytes of one that had it',
  async () => {
    const { folder, words } = await prepared(2000);
    expect(await onesheet([...words, '--output', 'whole.jsonl'], '', folder)).toMatchObject({ code: 0 });
    const line = [process.execPath, command, ...words, '--output', 'a.jsonl'].map((word) => `'${word}'`);
    // In blocks of 512 or 1,024 bytes, by the shell; the system then refuses to write as on a full disk, by another code.
    const child = spawn('sh', ['-c', `ulimit -f 150; exec ${line.join(' ')}`], { cwd: folder });
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringMatching(/^(.* posters .*\n)*onesheet: Cannot write a\.jsonl: file too large\.\n$/),
    });
    expect(await onesheet([...words, '--output', 'a.jsonl'], '', folder)).toMatchObject({ code: 0 });
    expect(
      (await readFile(join(folder, 'a.jsonl'))).equals(await readFile(join(folder, 'whole.jsonl'))),
    ).toBe(true);
  },
);

test('rows that cannot be taken are counted, and the first of each kind is named by its line', async () => {
  const { folder, words } = await prepared(1);
  await writeFile(
    join(folder, 'table.csv'),
    'id,image\na,poster.png\n"b,poster.png\nc,poster.png\na,poster.png\nd\n',
  );
  const { code, stderr } = await onesheet(
    ['predict', 'table.csv', ...words.slice(2), '--output', 'a.jsonl'],
    '',
    folder,
  );
  expect({ code, said: stderr.split('\n')[1] }).toEqual({
    code: 0,
    said: 'onesheet: passed over 2 rows that cannot be read or whose images lie outside of their folder (the first: line 3 of table.csv: a quote in it is not closed), 1 row whose id an earlier row has (line 5 of table.csv: a).',
  });
});

test('an input without posters is a sentence and leaves no output', async () => {
  const { folder } = await prepared(1);
  await rm(join(folder, 'list.txt'));
  await writeFile(join(folder, 'list.txt'), '\n');
  const { code, stderr } = await onesheet(
    ['predict', 'list.txt', '--model', 'tiny.onnx', '--output', 'a.jsonl'],
    '',
    folder,
  );
  expect((await readdir(folder)).filter((name) => name.startsWith('a.'))).toEqual([]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'onesheet: Found nothing in list.txt: expected posters.\n',
  });
});

test('posters that are named by URLs are fetched when asked to, and what a host does instead is told by code', async () => {
  const { folder, words } = await prepared(1);
  const picture = await readFile(join(folder, 'poster.png'));
  const server = createServer((request, response) => {
    if (request.url === '/a.png') response.end(picture);
    else if (request.url === '/page') response.end('<html>');
    else if (request.url === '/inside') response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    else if (request.url === '/endless') {
      const more = setInterval(() => response.write(Buffer.alloc(4_000_000)), 1);
      response.on('close', () => clearInterval(more));
    } else response.writeHead(429, { 'retry-after': '3600' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const names = ['a.png', 'page', 'inside', 'endless', 'a.png?again', 'hour'];
  const rows = names.map((name) =>
    JSON.stringify({ id: name, image: `${base}/${name.replace('?again', '')}` }),
  );
  await writeFile(join(folder, 'table.jsonl'), rows.join('\n'));
  const line = ['predict', 'table.jsonl', ...words.slice(2), '--output', 'a.jsonl'];
  const refused = await onesheet([...line, '--fetch'], '', folder);
  expect(refused.stderr).toContain('6 URL_REFUSED');
  const { code } = await onesheet(
    [...line, '--fetch', '--networks', '127.0.0.0/8', '--retry-errors'],
    '',
    folder,
  );
  server.closeAllConnections();
  server.close();
  expect(code).toBe(3);
  const read = async (path: string) =>
    (await readFile(join(folder, path), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
  expect((await read('a.jsonl')).map(({ id }) => id)).toEqual(['a.png', 'a.png?again']);
  expect((await read('a.jsonl.errors.jsonl')).map(({ id, error }) => [id, error.code])).toEqual([
    ['page', 'IMAGE_FORMAT'],
    ['inside', 'URL_REFUSED'],
    ['endless', 'IMAGE_TOO_BIG'],
    ['hour', 'URL_UNREACHABLE'],
  ]);
});
