import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { drawSyntheticPosters, writeSyntheticPosters } from '../../src/dataset/index.ts';
import { command, onesheet } from './command.ts';

let data: string;
let poster: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onesheet-unwritable-'));
  data = join(folder, 'data');
  await writeSyntheticPosters(data, { count: 12, seed: 1, width: 40, height: 60 });
  poster = join(folder, 'poster.png');
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 2, width: 40, height: 60 }))
    await writeFile(poster, bytes);
});

/** Runs a command whose standard output or standard error goes to a disk that is full. */
function onFullDisk(args: readonly string[], full: 1 | 2): Promise<{ code: number | null; rest: string }> {
  const stdio: ('pipe' | 'ignore' | number)[] = ['ignore', 'pipe', 'pipe'];
  stdio[full] = openSync('/dev/full', 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { stdio });
    let rest = '';
    (full === 1 ? child.stderr : child.stdout)!.on('data', (chunk) => (rest += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, rest }));
  });
}

const hasFullDevice = existsSync('/dev/full');

/** The commands and those below them, as the help names them. */
async function commandsOf(...path: string[]): Promise<string[][]> {
  const { stdout } = await onesheet([...path, '--help']);
  const usage = stdout.match(/^USAGE onesheet (.*)$/m)![1]!.replace(`${path.join(' ')} `, '');
  return /^[a-z-]+(\|[a-z-]+)+$/.test(usage) ? usage.split('|').map((name) => [...path, name]) : [];
}

test.skipIf(!hasFullDevice)(
  'a full disk behind standard output is one sentence and exit code 1, whatever the command says',
  { timeout: 300_000 },
  async () => {
    const top = await commandsOf();
    const below = await commandsOf('data');
    expect(top.length).toBeGreaterThan(10);
    expect(below.length).toBe(3);
    const lines = [
      ['--version'],
      ['--help'],
      ...[...top, ...below].map((path) => [...path, '--help']),
      ['models', '--format', 'json'],
      ...['table', 'json', 'jsonl', 'csv'].map((format) => ['predict', poster, '--format', format]),
      ['data', 'check', '--data', data],
      ['data', 'synthesize', '--out', `${data}-more`, '--count', '1'],
      ['recipes', '--format', 'json'],
      ['serve', '--port', '0'],
    ];
    for (const line of lines)
      expect({ line, ...(await onFullDisk(line, 1)) }).toEqual({
        line,
        code: 1,
        rest: 'onesheet: Cannot write standard output: no space left on device.\n',
      });
  },
);

test.skipIf(!hasFullDevice)('a full disk behind standard error spoils no result', async () => {
  const { code, rest } = await onFullDisk(['predict', poster, `${poster}.missing`, '--format', 'jsonl'], 2);
  expect(code).toBe(3);
  expect(rest.trimEnd().split('\n')).toHaveLength(2);
});

test('a reader that has enough is no failure', async () => {
  const child = spawn(process.execPath, [command, 'models', '--format', 'json']);
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, said }).toEqual({ code: 0, said: '' });
});

test('a place that cannot be written to is named before the work, and nothing is left there', async () => {
  const place = join(poster, 'inside');
  const lines = [
    ['train', '--data', data, '--run', place],
    ['cross-validate', '--data', data, '--out', place],
    ['data', 'split', '--data', data, '--minimum-support', '1', '--out', join(place, 'split.csv')],
    ['data', 'synthesize', '--out', place],
    ['quantize', 'poster-genres', '--data', data, '--out', join(place, 'small.onnx')],
    ['explain', poster, '--out', join(place, 'map.png')],
    ['data', 'check', '--data', data, '--cache', join(place, 'hashes')],
  ];
  const before = await readFile(poster);
  for (const line of lines) {
    const { code, stdout, stderr } = await onesheet(line);
    expect({ line, code, stdout }).toEqual({ line, code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^onesheet: Cannot write .*inside.*: not a directory\.$/,
    );
    expect(stderr).not.toContain('looking for near-duplicates');
  }
  expect(await readFile(poster)).toEqual(before);
  expect((await readdir(data)).sort()).toEqual(['images', 'metadata.jsonl']);
});
