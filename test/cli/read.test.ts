import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { decodeImage } from '../../src/image/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { drawLettering } from '../read/lettering.ts';
import { readerTest } from '../read/readerTest.ts';
import { writeTinyTextModel } from '../text/fixture.ts';
import { onesheet } from './command.ts';

/** A folder with a poster of two lines, and one without any below it. */
async function prepared(): Promise<string> {
  const folder = await temporaryFolder();
  process.env.XDG_CACHE_HOME = await temporaryFolder();
  await mkdir(join(folder, 'old'));
  const lines = [
    { text: 'THE LEADER', x: 30, y: 60, height: 20 },
    { text: 'MARTIN', x: 40, y: 300, height: 18 },
  ];
  await writeFile(join(folder, 'a.png'), await drawLettering(256, 384, lines));
  await writeFile(join(folder, 'old', 'b.png'), await drawLettering(256, 384, []));
  return folder;
}

readerTest('lines are printed below the name of their poster', async () => {
  const path = join(await prepared(), 'a.png');
  expect(await onesheet(['read', path])).toEqual({
    code: 0,
    stdout: `${path}\n  THE LEADER\n  MARTIN\n`,
    stderr: '',
  });
});

readerTest('jsonl has texts, sizes and places, and is what predict takes as texts', async () => {
  const folder = await prepared();
  const { code, stdout } = await onesheet(['read', folder, '--format', 'jsonl']);
  expect(code).toBe(0);
  const [a, b] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(a).toMatchObject({
    id: 'a',
    source: join(folder, 'a.png'),
    texts: ['THE LEADER', 'MARTIN'],
    width: 256,
    height: 384,
  });
  expect(a.lines.map(({ text }: { text: string }) => text)).toEqual(a.texts);
  expect(a.lines[0].place).toHaveLength(4);
  expect(b).toEqual({
    id: 'old/b',
    source: join(folder, 'old', 'b.png'),
    texts: [],
    width: 256,
    height: 384,
    lines: [],
  });
});

readerTest('several threads read what one reads', async () => {
  const folder = await prepared();
  const one = await onesheet(['read', folder, '--format', 'jsonl', '--threads', '1']);
  process.env.XDG_CACHE_HOME = await temporaryFolder();
  expect(existsSync(new URL('../../dist/cli/lineWorker.js', import.meta.url))).toBe(true);
  expect(await onesheet(['read', folder, '--format', 'jsonl', '--threads', '3'])).toEqual(one);
});

readerTest('boxes are drawn on copies of the posters, below a folder, by their ids', async () => {
  const folder = await prepared();
  const boxes = await temporaryFolder();
  expect((await onesheet(['read', folder, '--boxes', boxes])).code).toBe(0);
  const name = 'drawn';
  const drawn = await decodeImage({ kind: 'bytes', bytes: await readFile(join(boxes, 'a.png')), name });
  expect([drawn.width, drawn.height]).toEqual([512, 768]);
  const isGreen = (at: number): boolean => drawn.data[at] === 80 && drawn.data[at + 1] === 255;
  const greens = Array.from({ length: drawn.data.length / 3 }, (_, i) => 3 * i).filter(isGreen);
  expect(greens.length).toBeGreaterThan(500);
  const blank = await decodeImage({ kind: 'bytes', bytes: await readFile(join(boxes, 'old/b.png')), name });
  expect(blank.data.every((value) => value === 255)).toBe(true);
});

readerTest('a poster that cannot be read is named, the others are read, and the exit code is 3', async () => {
  const folder = await prepared();
  const missing = join(folder, 'missing.png');
  const { code, stdout, stderr } = await onesheet([
    'read',
    missing,
    join(folder, 'a.png'),
    '--format',
    'jsonl',
  ]);
  const [first, second] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect({ code, stderr }).toEqual({ code: 3, stderr: 'onesheet: 1 of 2 posters could not be read.\n' });
  expect(first).toMatchObject({ source: missing, error: { code: 'IMAGE_MISSING' } });
  expect(second.texts).toEqual(['THE LEADER', 'MARTIN']);
});

readerTest('what was read is kept by the picture, whatever it is called', async () => {
  const folder = await prepared();
  await onesheet(['read', folder]);
  const kept = join(process.env.XDG_CACHE_HOME!, 'onesheet', 'texts');
  const files = await readdir(kept);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const content = await readFile(join(kept, file), 'utf8');
    await writeFile(join(kept, file), content.replaceAll('MARTIN', 'KEPT'));
  }
  await rename(join(folder, 'a.png'), join(folder, 'c.png'));
  expect((await onesheet(['read', join(folder, 'c.png')])).stdout).toContain('  THE LEADER\n  KEPT\n');
  for (const file of files) await writeFile(join(kept, file), '{"reader":');
  expect((await onesheet(['read', join(folder, 'c.png')])).stdout).toContain('  MARTIN\n');
});

readerTest('predictions carry what was read, hear it, and are otherwise as without', async () => {
  const folder = await prepared();
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'));
  const posters = [join(folder, 'a.png'), join(folder, 'old')];
  const linesOf = async (...more: string[]) => {
    const args = ['predict', ...posters, '--model', model, '--format', 'jsonl', ...more];
    const { code, stdout, stderr } = await onesheet(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const [a, b] = await linesOf('--read');
  expect(Object.keys(a)).toEqual(['id', 'source', 'genres', 'model', 'texts']);
  expect([a.texts, b.texts]).toEqual([['THE LEADER', 'MARTIN'], []]);
  const texts = join(folder, 'texts.jsonl');
  await writeFile(
    texts,
    `${JSON.stringify({ id: a.id, texts: a.texts })}\n${JSON.stringify({ id: b.id, texts: [] })}\n`,
  );
  const [told] = await linesOf('--texts', texts);
  expect(told).toEqual({ id: a.id, source: a.source, genres: a.genres, model: a.model });
  await writeFile(texts, `${JSON.stringify({ id: a.id, texts: ['TOLD'] })}\n`);
  const args = ['predict', ...posters, '--model', model, '--read', '--texts', texts, '--format', 'jsonl'];
  expect(JSON.parse((await onesheet(args)).stdout.split('\n')[0]!).texts).toEqual(['TOLD']);
});

readerTest('a folder without posters is exit code 2', async () => {
  const { code, stderr } = await onesheet(['read', await temporaryFolder()]);
  expect(code).toBe(2);
  expect(stderr).toContain('posters');
});
