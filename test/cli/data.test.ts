/** @module Checks that `onesheet data` prints audits and splits, writes posters, and names wrong options. */
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from 'citty';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { dataCommand } from '../../src/cli/data.ts';
import { loadDataset, readSplit, splitNames, writeSyntheticPosters } from '../../src/dataset/index.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onesheet-cli-'));
  await writeSyntheticPosters(join(folder, 'posters'), { count: 40, width: 40, height: 60 });
});

/** What the command writes to standard output. */
async function run(...rawArgs: string[]): Promise<string> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await runCommand(dataCommand, { rawArgs });
  } finally {
    spy.mockRestore();
  }
  return written.join('');
}

describe('onesheet data', () => {
  test('check prints the audit as a table or as JSON', async () => {
    const data = join(folder, 'posters');
    expect(await run('check', '--data', data, '--minimum-support', '5')).toMatch(
      /Genres kept, with 5 posters and more: \d/,
    );
    const audit = JSON.parse(await run('check', '--data', data, '--no-decode', '--format', 'json'));
    expect(audit).toMatchObject({
      name: 'posters',
      rows: 40,
      labelled: 40,
      decoded: false,
      minimumSupport: 10,
    });
  });

  test('check says what every column is and what is left out, of several tables together', async () => {
    const images = join(folder, 'posters', 'images');
    const one = join(folder, 'one.csv');
    const other = join(folder, 'other.csv');
    const names = join(folder, 'names.json');
    await writeFile(names, '{"Thriller": ["Suspense"]}');
    const files = (await readdir(images)).sort();
    const [first, second] = files.map((name) => name.replace(/\.\w+$/, ''));
    await writeFile(one, `id,title,genres\n${first},A,Suspense\n${second},B,N/A\nnone,C,War\n`);
    await writeFile(other, `image,Thriller,is_new\n${files[2]},1,0\n${files[3]},0,1\n`);
    const sources = ['--data', one, `--data=${other}`, '--images', images, '--genre-names', names];
    const options = ['--no-decode', '--minimum-support', '1'];
    const audit = JSON.parse(await run('check', ...sources, ...options, '--format', 'json'));
    expect(audit.columns).toEqual([
      { name: 'id', role: 'id', table: 'one.csv' },
      { name: 'title', role: 'ignored', table: 'one.csv' },
      { name: 'genres', role: 'genres', table: 'one.csv' },
      { name: 'image', role: 'image', table: 'other.csv' },
      { name: 'Thriller', role: 'genre', table: 'other.csv' },
      { name: 'is_new', role: 'ignored', note: expect.any(String), table: 'other.csv' },
    ]);
    expect(audit.genres).toMatchObject([{ genre: 'Thriller', count: 2, share: 1 }]);
    expect(audit.leftOut).toContainEqual({ reason: 'row without an image', count: 1 });
    expect(audit.leftOut).toContainEqual({ reason: 'row without a genre', count: 2 });
    const text = await run('check', ...sources, ...options);
    expect(text).toMatch(/Columns\n {2}id +id\n {2}image +image\n {2}genres +genres\n {2}genre +Thriller\n/);
    expect(text).toContain('Thriller: Suspense (1), Thriller (1)');
  });

  test('split keeps the posters of a split that is given', async () => {
    const [few, many] = [join(folder, 'few.csv'), join(folder, 'many.csv')];
    const images = join(folder, 'posters', 'images');
    const ids = (await readdir(images)).sort().map((name) => name.replace(/\.\w+$/, ''));
    const table = (count: number) =>
      ids.slice(0, count).map((id, at) => `${id},${at % 2 ? 'Drama' : 'War'}\n`);
    await writeFile(few, `id,genres\n${table(30).join('')}`);
    await writeFile(many, `id,genres\n${table(40).join('')}`);
    const [first, second] = [join(folder, 'first.csv'), join(folder, 'second.csv')];
    const common = ['--images', images, '--minimum-support', '5'];
    await run('split', '--data', few, ...common, '--out', first);
    const text = await run('split', '--data', many, ...common, '--split', first, '--out', second);
    expect(text).toMatch(/note: .*first\.csv keeps its posters; \d+ other posters join the training posters/);
    const [old, extended] = [
      await readSplit(first, await loadDataset({ data: few, images })),
      await readSplit(second, await loadDataset({ data: many, images })),
    ];
    for (const [id, name] of old.assignment) expect(extended.assignment.get(id)).toBe(name);
    expect(extended.assignment.size).toBe(40);
  });

  test('split writes a split that belongs to its data, and prints how many of each genre it has where', async () => {
    const [data, out] = [join(folder, 'posters'), join(folder, 'split.csv')];
    const text = await run(
      'split',
      '--data',
      data,
      '--out',
      out,
      '--minimum-support',
      '5',
      '--seed',
      '3',
      '--test',
      '0.25',
    );
    const split = await readSplit(out, await loadDataset({ data }));
    expect(split).toMatchObject({ seed: 3, fractions: { train: 0.6, validation: 0.15, test: 0.25 } });
    const sizes = /^posters +(\d+) +(\d+) +(\d+)$/m.exec(text)?.slice(1).map(Number);
    const names = [...split.assignment.values()];
    expect(sizes).toEqual(splitNames.map((name) => names.filter((one) => one === name).length));
    expect(text).toMatch(/^Drama +\d+ +\d+ +\d+$/m);
    expect(text).toContain(`Written to ${out}`);
  });

  test('synthesize draws a folder that check understands', async () => {
    const out = join(folder, 'drawn');
    expect(
      await run('synthesize', '--out', out, '--count', '3', '--width', '20', '--height', '30'),
    ).toContain(`onesheet data check --data ${out}`);
    expect(await readdir(join(out, 'images'))).toHaveLength(3);
    expect((await readFile(join(out, 'metadata.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(3);
  });

  test.each([
    ['--minimum-support', 'split', '--minimum-support', '0'],
    ['--seed', 'split', '--seed', '1.5'],
    ['--validation', 'split', '--validation', 'half'],
    ['--test', 'split', '--test', '1'],
    ['--validation', 'split', '--test', '0.9', '--validation', '0.9', '--minimum-support', '1'],
    ['--count', 'synthesize', '--count', 'many'],
  ])('names the wrong option %s', async (option, ...args) => {
    const paths = args[0] === 'split' ? ['--data', join(folder, 'posters')] : [];
    const command = run(...args, ...paths, '--out', join(folder, 'never'));
    await expect(command).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      exitCode: 2,
      message: expect.stringContaining(option),
    });
  });

  test('split refuses data in which no genre is frequent enough', async () => {
    const paths = ['--data', join(folder, 'posters'), '--out', join(folder, 'never')];
    await expect(run('split', ...paths, '--minimum-support', '41')).rejects.toMatchObject({
      code: 'GENRES_RARE',
      message: expect.stringMatching(
        /^Every genre of posters is too rare: expected one on at least 41 posters, but the most frequent, \S+, is on \d+; add posters or lower --minimum-support\.$/,
      ),
    });
  });
});
