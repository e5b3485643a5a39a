import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTable } from '../src/dataset/formats/list.ts';
import { loadModel } from '../src/model/index.ts';
import { pointerIn } from '../src/pointer.ts';
import { readRecipe } from '../src/run/index.ts';
import { readTensors } from '../src/safetensors.ts';

const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 12345\n';

test('a text that only begins like a pointer further on, or a long file, is none', () => {
  expect(pointerIn(Buffer.from(`# ${lfs}`))).toBeUndefined();
  expect(pointerIn(Buffer.from(lfs.padEnd(10_000)))).toBeUndefined();
  expect(pointerIn(Buffer.from(lfs))).toContain('git lfs pull');
});

test.each([
  ['model.onnx', loadModel],
  ['weights.safetensors', readTensors],
  ['train.csv', readTable],
  ['recipe.json', readRecipe],
])('%s is called a pointer where the file itself is missing', async (name, read) => {
  const path = join(await mkdtemp(join(tmpdir(), 'onesheet-pointer-')), name);
  await writeFile(path, lfs);
  await expect((read as (path: string) => Promise<unknown>)(path)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: `Cannot read ${path}: it is a Git LFS pointer and not the file itself, which \`git lfs pull\` fetches.`,
  });
});
