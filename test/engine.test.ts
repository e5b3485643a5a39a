import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { history } from '../src/run/index.ts';
import { command, type Finished, node } from './cli/command.ts';
import { temporaryFolder, tinyModel } from './model/fixture.ts';
import { poster } from './server/fixture.ts';
import { smallDataset, tinyRecipe } from './train/fixture.ts';

/** Each test starts processes that compile WebAssembly. */
vi.setConfig({ testTimeout: 240_000 });

const moduleOf = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const hook = moduleOf(`export async function resolve(name, context, next) {
  if (name !== 'onnxruntime-node') return next(name, context);
  throw Object.assign(new Error("Cannot find package 'onnxruntime-node'"), { code: 'ERR_MODULE_NOT_FOUND' });
}`);
/** Node's words by which a package looks as if it were not installed, in every thread. */
const withoutNative = [
  '--import',
  moduleOf(`import { register } from 'node:module'; register(${JSON.stringify(hook)});`),
];

const notice =
  /^onesheet: Networks are computed by WebAssembly, about six times slower than natively, since onnxruntime-node is not installed\. To install it: npm install --ignore-scripts --prefix ".+"\n$/;

interface Line {
  readonly genres: readonly { readonly label: string; readonly probability: number }[];
}

const probabilitiesOf = (stdout: string): Record<string, number> =>
  Object.fromEntries(
    (JSON.parse(stdout) as Line).genres.map(({ label, probability }) => [label, probability]),
  );

async function posterAndModel(): Promise<string[]> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'poster.jpg'), await poster());
  await writeFile(join(folder, 'tiny.onnx'), tinyModel());
  return [join(folder, 'poster.jpg'), '--model', join(folder, 'tiny.onnx')];
}

test('without the native runtime predictions are the same, and one line names the command that brings it', async () => {
  const words = [command, 'predict', ...(await posterAndModel()), '--format', 'jsonl'];
  const [native, wasm, chosen] = await Promise.all([
    node(words),
    node([...withoutNative, ...words]),
    node(words, { ...process.env, ONESHEET_ENGINE: 'wasm' }),
  ]);
  expect([native.code, native.stderr]).toEqual([0, '']);
  expect(wasm.code).toBe(0);
  expect(wasm.stderr).toMatch(notice);
  // Who asks for it needs no telling.
  expect([chosen.code, chosen.stderr]).toEqual([0, '']);
  const expected = probabilitiesOf(native.stdout);
  for (const { stdout } of [wasm, chosen])
    for (const [label, probability] of Object.entries(probabilitiesOf(stdout)))
      expect(probability).toBeCloseTo(expected[label]!, 4);
});

test('without the native runtime a network trains, and its history is the native one within rounding', async () => {
  const { folder, data } = await smallDataset();
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(tinyRecipe({ epochs: 1 })));
  const words = ['--data', data, '--recipe', recipe, '--threads', '1', '--seed', '1', '--no-report', '--run'];
  const train = (before: readonly string[], run: string): Promise<Finished> =>
    node([...before, command, 'train', ...words, join(folder, run)]);
  const [native, wasm] = await Promise.all([train([], 'native'), train(withoutNative, 'wasm')]);
  expect([native.code, wasm.code]).toEqual([0, 0]);
  expect(wasm.stderr.split('\n').filter((line) => line.includes('WebAssembly'))).toHaveLength(1);
  const [expected, found] = await Promise.all(
    ['native', 'wasm'].map((run) => history.load(join(folder, run, 'history.csv'))),
  );
  expect(found!.at(-1)!.training_loss).toBeCloseTo(expected!.at(-1)!.training_loss, 3);
});

test('without the native runtime the service answers, logs why it is slower once, and ends when told', async () => {
  const [, , model] = await posterAndModel();
  const child = spawn(process.execPath, [
    // Only the quick compiler: a new thread ends late, when the slow one has finished what it is at.
    '--liftoff-only',
    ...withoutNative,
    command,
    'serve',
    ...['--port', '0', '--threads', '2', '--deadline', '60', '--model', model!],
  ]);
  const lines: { msg: string; address?: string }[] = [];
  let rest = '';
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      for (const part of parts) {
        lines.push(JSON.parse(part));
        const { msg, address } = lines.at(-1)!;
        if (msg.startsWith('ready')) resolve(address!);
      }
    });
    child.on('close', (code) => reject(new Error(`ended with ${code}`)));
  });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += text));
  const address = await ready;
  const response = await fetch(`${address}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: new Uint8Array(await poster()),
  });
  expect(response.status).toBe(200);
  expect(lines.filter(({ msg }) => msg.includes('WebAssembly'))).toHaveLength(1);
  child.kill('SIGTERM');
  expect([await ended, complaints]).toEqual([0, '']);
});

test('a thread that was started before the main thread imported onesheet computes by WebAssembly, and says so', async () => {
  const folder = await temporaryFolder();
  const [picture, , model] = await posterAndModel();
  const library = new URL('../dist/index.js', import.meta.url).href;
  const file = join(folder, 'thread.mjs');
  await writeFile(
    file,
    `import { isMainThread, Worker } from 'node:worker_threads';
    if (isMainThread) new Worker(new URL(import.meta.url));
    else {
      const { predict } = await import(${JSON.stringify(library)});
      for await (const { genres } of predict([${JSON.stringify(picture)}], { model: ${JSON.stringify(model)} }))
        console.log(genres.length);
    }`,
  );
  const { ORT_DISABLE_TELEMETRY, ...env } = process.env;
  const { code, stdout, stderr } = await node([file], env);
  expect([code, stdout]).toEqual([0, '3\n']);
  expect(stderr).toContain('[ONESHEET_WEBASSEMBLY]');
  expect(stderr).toContain('Import onesheet in the main thread before starting others');
  const told = await node([file], { ...env, ORT_DISABLE_TELEMETRY: '1' });
  expect([told.code, told.stdout, told.stderr]).toEqual([0, '3\n', '']);
});

test('an engine that is not known is refused with the one that is', async () => {
  const words = [command, 'predict', ...(await posterAndModel())];
  const { code, stderr } = await node(words, { ...process.env, ONESHEET_ENGINE: 'cuda' });
  expect(stderr).toBe('onesheet: Expected wasm for ONESHEET_ENGINE but received cuda.\n');
  expect(code).toBe(2);
});
