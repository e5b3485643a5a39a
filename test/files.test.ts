import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  makeFolder,
  reasonOf,
  removeTemporaries,
  replaceFile,
  requireWritableFolder,
  writeFileAtomically,
} from '../src/files.ts';
import { temporaryFolder } from './model/fixture.ts';

test('a folder that can be written to is left as it was, whether it exists or not', async () => {
  const parent = await temporaryFolder();
  await requireWritableFolder(join(parent, 'new', 'deep'));
  expect(await readdir(parent)).toEqual([]);
  await mkdir(join(parent, 'old'));
  await writeFile(join(parent, 'old', 'a'), '');
  await requireWritableFolder(join(parent, 'old'));
  await requireWritableFolder(join(parent, 'old', 'new'));
  expect(await readdir(join(parent, 'old'))).toEqual(['a']);
});

test('a folder below a file cannot be written to, which is said before anything is', async () => {
  const file = join(await temporaryFolder(), 'poster.jpg');
  await writeFile(file, '');
  const path = join(file, 'run');
  const expected = { code: 'FILE_UNWRITABLE', message: `Cannot write ${path}: not a directory.` };
  await expect(requireWritableFolder(path)).rejects.toMatchObject(expected);
  await expect(makeFolder(path)).rejects.toMatchObject(expected);
});

test.skipIf(process.getuid?.() === 0)(
  'a folder without permission is named (root may write anywhere)',
  async () => {
    const path = await temporaryFolder();
    await chmod(path, 0o500);
    await expect(requireWritableFolder(path)).rejects.toThrow(`Cannot write ${path}: permission denied.`);
  },
);

test("a used-up quota has words, although Node's has none", () => {
  const message = 'Unknown system error -122: Unknown system error -122, write';
  const error = Object.assign(new Error(message), {
    code: 'Unknown system error -122',
    errno: -constants.errno.EDQUOT,
  });
  expect(reasonOf(error)).toBe('disk quota exceeded');
});

test('of writers of one file at once each writes a whole one, and the last stays', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'metrics.json');
  const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(100_000));
  await Promise.all(texts.map((text) => writeFileAtomically(path, text)));
  expect(texts).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['metrics.json']);
});

test('a failed writer leaves the old file and nothing else', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'metrics.json');
  await writeFileAtomically(path, 'old');
  const write = replaceFile(path, async (file) => {
    await file.writeFile('half');
    throw new Error('no space');
  });
  await expect(write).rejects.toThrow(`Cannot write ${path}: no space.`);
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['metrics.json']);
});

test('temporary files of dead writers are removed by the name of their file or by their age, and no others', async () => {
  const folder = await temporaryFolder();
  const names = [
    '.best.onnx.17.tmp',
    '.best.onnx.17.0123abcd.tmp',
    '.metrics.json.17.0123abcd.tmp',
    '.old.bin.17.0123abcd.tmp',
    '.hidden',
    'best.onnx.tmp',
  ];
  for (const name of names) await writeFile(join(folder, name), '');
  await utimes(join(folder, '.old.bin.17.0123abcd.tmp'), 1, 1);
  await removeTemporaries(folder, (name, idleSeconds) => name === 'best.onnx' || idleSeconds > 3600);
  expect((await readdir(folder)).sort()).toEqual([
    '.hidden',
    '.metrics.json.17.0123abcd.tmp',
    'best.onnx.tmp',
  ]);
  await removeTemporaries(join(folder, 'missing'), () => true);
});
