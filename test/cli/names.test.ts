import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { temporaryFolder, tinyMetadata, tinyModel } from '../model/fixture.ts';
import { onesheet } from './command.ts';

/** Clears the screen, rings, renames the window, forges a line and turns the direction of writing. */
const hostile = 'a\x1b[2J\x07\x1b]0;owned\x07\nonesheet: all is well\u202egpj';
const shown = 'a\\x1b[2J\\x07\\x1b]0;owned\\x07\\nonesheet: all is well\\u202egpj';

/** A table, posters and a model, all with such names. */
async function prepared(): Promise<{ folder: string; posters: string; table: string; model: string }> {
  const folder = await temporaryFolder();
  const posters = join(folder, 'posters');
  await mkdir(posters);
  const lines: string[] = [];
  let at = 0;
  for await (const { bytes } of drawSyntheticPosters({ count: 12, seed: 1, width: 16, height: 24 })) {
    const name = at === 0 ? `${hostile}.png` : `${at}.png`;
    await writeFile(join(posters, name), bytes);
    lines.push(JSON.stringify({ file_name: name, genres: ['Drama', hostile].slice(at % 2) }));
    at += 1;
  }
  await writeFile(join(posters, `${hostile}-broken.png`), 'no picture');
  lines.push(JSON.stringify({ file_name: `${hostile}-broken.png`, genres: ['Drama'] }));
  lines.push(JSON.stringify({ file_name: `${hostile}-missing.png`, genres: ['Drama'] }));
  const table = join(posters, 'metadata.jsonl');
  await writeFile(table, `${lines.join('\n')}\n`);
  const model = join(folder, `${hostile.replaceAll('/', '')}.onnx`);
  await writeFile(model, tinyModel({ ...tinyMetadata, genres: ['Drama', hostile, 'Horror'] }));
  return { folder, posters, table, model };
}

/** What a terminal would obey, but for the line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test('no name of a file, genre or poster steers the terminal or forges a line', {
  timeout: 240_000,
}, async () => {
  const { folder, posters, table, model } = await prepared();
  const run = join(folder, hostile.replaceAll('/', ''));
  const few = ['--minimum-support', '2'];
  const lines = [
    ['predict', posters, '--model', model],
    ['predict', posters, '--model', model, '--format', 'jsonl'],
    ['predict', posters, '--model', model, '--policy', hostile],
    ['predict', join(posters, `${hostile}-nowhere`), '--model', model],
    ['evaluate', model, '--data', table, '--policy', 'top=2'],
    ['explain', join(posters, `${hostile}.png`), '--model', model, '--genre', hostile, '--out', `${run}.png`],
    ['data', 'check', '--data', table, ...few],
    ['data', 'split', '--data', table, ...few, '--out', `${run}.csv`],
    ['quantize', model, '--data', table, '--out', `${run}.onnx`],
    ['train', '--data', table, ...few, '--run', run, '--recipe', hostile],
    ['train', '--data', table, ...few, '--run', run, '--recipe', 'demo', '--epochs', '1', '--no-report'],
    ['report', run, '--no-maps'],
    ['evaluate', hostile],
    [hostile],
    ['predict', `--${hostile}`],
  ];
  let escaped = 0;
  for (const line of lines) {
    const { stdout, stderr } = await onesheet(line);
    // JSON is for programs and has its own escapes.
    for (const text of line.includes('jsonl') ? [stderr] : [stdout, stderr]) {
      expect({ line, found: steering.exec(text)?.[0] }).toEqual({ line, found: undefined });
      expect({ line, forged: /^onesheet: all is well/m.test(text) }).toEqual({ line, forged: false });
    }
    if ((stdout + stderr).includes(shown)) escaped += 1;
  }
  expect(escaped).toBeGreaterThanOrEqual(lines.length - 3);
});

test('JSON and the split keep names as they are', async () => {
  const { folder, posters, table, model } = await prepared();
  const { stdout } = await onesheet(['predict', posters, '--model', model, '--format', 'jsonl']);
  const ids = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id);
  expect(ids).toContain(hostile);
  const out = join(folder, 'split.csv');
  await onesheet(['data', 'split', '--data', table, '--minimum-support', '2', '--out', out]);
  expect(await readFile(out, 'utf8')).toContain(`"${hostile}"`);
});
