import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashOfWord } from '../../src/text/features.ts';
import { readVectors } from '../../src/text/index.ts';
import { temporaryFolder } from '../model/fixture.ts';

async function vectorsOf(content: string) {
  const path = join(await temporaryFolder(), 'vectors.txt');
  await writeFile(path, content);
  return { path, read: readVectors(path) };
}

test("vectors are read from GloVe's and fastText's texts, without punctuation, at mean length 1", async () => {
  for (const header of ['', '4 2\n']) {
    const { read } = await vectorsOf(`${header}the 0 3\n, 9 9\nHeat 4 0 \nheat 1 1\n`);
    const { hashes, size, data } = await read;
    expect(hashes).toEqual([hashOfWord('the'), hashOfWord('heat')]);
    expect(size).toBe(2);
    [0, 6 / 7, 8 / 7, 0].forEach((number, i) => {
      expect(data[i]).toBeCloseTo(number, 6);
    });
  }
});

test('a file that holds no vectors is refused with its line', async () => {
  const { path, read } = await vectorsOf('the 0 3\nheat 4\n');
  await expect(read).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining(`${path}: line 2 is no word with 2 numbers`),
  });
  await expect((await vectorsOf('')).read).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect((await vectorsOf('the x y\n')).read).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});
