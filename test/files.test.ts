import { chmod, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, reasonOf, requireWritableFolder } from '../src/files.ts';

const folder = () => mkdtemp(join(tmpdir(), 'onesheet-files-'));

test('a folder that can be written to is left as it was, whether it exists or not', async () => {
  const parent = await folder();
  await requireWritableFolder(join(parent, 'new', 'deep'));
  expect(await readdir(parent)).toEqual([]);
  await mkdir(join(parent, 'old'));
  await writeFile(join(parent, 'old', 'a'), '');
  await requireWritableFolder(join(parent, 'old'));
  await requireWritableFolder(join(parent, 'old', 'new'));
  expect(await readdir(join(parent, 'old'))).toEqual(['a']);
});

test('a folder below a file cannot be written to, which is said before anything is', async () => {
  const file = join(await folder(), 'poster.jpg');
  await writeFile(file, '');
  const path = join(file, 'run');
  const expected = { code: 'FILE_UNWRITABLE', message: `Cannot write ${path}: not a directory.` };
  await expect(requireWritableFolder(path)).rejects.toMatchObject(expected);
  await expect(makeFolder(path)).rejects.toMatchObject(expected);
});

test.skipIf(process.getuid?.() === 0)(
  'a folder without permission is named (root may write anywhere)',
  async () => {
    const path = await folder();
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
