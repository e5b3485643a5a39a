import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { installedModels, loadModel } from '../../src/model/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { onesheet } from './command.ts';

async function drawnPoster(folder: string): Promise<string> {
  const path = join(folder, 'poster.png');
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 1, width: 20, height: 30 }))
    await writeFile(path, bytes);
  return path;
}

test('models lists every installed model, the default one first, with what it says of itself', async () => {
  const { code, stdout } = await onesheet(['models', '--format', 'json']);
  const listed = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(listed.map((each: { name: string }) => each.name)).toEqual(
    (await installedModels()).map((each) => each.name),
  );
  expect(listed.map((each: { default: boolean }) => each.default)).toEqual(
    listed.map((_: unknown, i: number) => i === 0),
  );
  expect(listed[0]).toMatchObject({
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    policies: expect.arrayContaining(['f1', 'balanced']),
    provenance: expect.objectContaining({ recipe: expect.any(String) }),
    texts: expect.stringMatching(/\.texts\.safetensors$/),
  });
});

test('the default model hears texts: a horror film by its title is likelier one than by its picture alone', async () => {
  const folder = await temporaryFolder();
  const poster = await drawnPoster(folder);
  const texts = join(folder, 'texts.jsonl');
  await writeFile(
    texts,
    JSON.stringify({ id: basename(folder), texts: ['The Dead Zombie Nightmare', 'blood, evil, terror'] }),
  );
  const horror = async (...words: string[]): Promise<number> => {
    const { stdout } = await onesheet(['predict', poster, '--format', 'jsonl', ...words]);
    const { genres } = JSON.parse(stdout);
    return genres.find(({ label }: { label: string }) => label === 'Horror').probability;
  };
  expect(await horror('--texts', texts)).toBeGreaterThan(1.5 * (await horror()));
});

test('without --model the default model predicts, and an installed model is found by its name', async () => {
  const poster = await drawnPoster(await temporaryFolder());
  const [first] = await installedModels();
  for (const words of [[], ['--model', first!.name]]) {
    const { stdout } = await onesheet(['predict', poster, '--format', 'jsonl', ...words]);
    expect(JSON.parse(stdout).model).toBe(first!.model.id);
  }
});

test('a model that does not exist is answered with those that are installed', async () => {
  const { code, stderr } = await onesheet(['predict', 'poster.jpg', '--model', 'no-such']);
  expect(code).toBe(1);
  expect(stderr).toContain('Cannot find no-such: expected a model (.onnx), a run');
  expect(stderr).toContain((await installedModels())[0]!.name);
});

test('quantize writes a model that says what it was made from', async () => {
  const folder = await temporaryFolder();
  const source = join(folder, 'tiny.onnx');
  await writeFile(source, tinyModel());
  await drawnPoster(folder);
  await writeFile(join(folder, 'posters.csv'), 'image,genres\nposter.png,Drama\n');
  const out = join(folder, 'int8.onnx');
  const words = ['--out', out, '--data', join(folder, 'posters.csv'), '--images', folder];
  const result = await onesheet(['quantize', source, ...words]);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  const [before, after] = [await loadModel(source), await loadModel(out)];
  expect(after.metadata.provenance.quantizedFrom).toBe(before.sha256);
  expect(after.metadata.genres).toEqual(before.metadata.genres);
});
